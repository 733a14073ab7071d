// The fields that we use of Ingresses.
import type { KubeObject } from './object.ts'

export interface IngressBackend {
  readonly service?: {
    readonly name: string
    readonly port?: { readonly number?: number; readonly name?: string }
  }
  readonly resource?: { readonly [field: string]: unknown }
}

export interface IngressPath {
  readonly path?: string
  readonly pathType?: string
  readonly backend: IngressBackend
}

export interface IngressRule {
  readonly host?: string
  readonly http?: { readonly paths: readonly IngressPath[] }
}

export interface Ingress extends KubeObject {
  readonly spec: {
    readonly ingressClassName?: string
    readonly defaultBackend?: IngressBackend
    readonly rules?: readonly IngressRule[]
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[]
  }
}
