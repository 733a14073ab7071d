// One host and path of an Ingress, and where it leads.
import type { Ingress, IngressBackend } from '../../kube/networking.ts'
import type { Route } from './route.ts'

export interface Place {
  readonly host: string
  readonly path: Route['path']
  readonly backend: IngressBackend
}

/** Canary and main Ingress are of one namespace, and meet at a host and path. */
export function placeKey({ metadata }: Ingress, { host, path }: Place): string {
  return JSON.stringify([metadata.namespace, host, path.value])
}
