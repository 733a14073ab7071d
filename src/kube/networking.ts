// The fields that we use of Ingresses and of the Gateway API's HTTPRoutes.
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

export interface BackendRef {
  /** Absent: the core group. */
  readonly group?: string
  /** Absent: Service. */
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  /** Absent: 1. */
  readonly weight?: number
}

export interface HttpRouteRule {
  readonly name?: string
  readonly matches?: readonly { readonly [field: string]: unknown }[]
  readonly filters?: readonly { readonly [field: string]: unknown }[]
  readonly backendRefs?: readonly BackendRef[]
}

export interface HttpRoute extends KubeObject {
  readonly spec: {
    readonly hostnames?: readonly string[]
    readonly parentRefs?: readonly { readonly [field: string]: unknown }[]
    readonly rules?: readonly HttpRouteRule[]
  }
}
