// One host and path of an Ingress, and where it leads.
import type { Ingress, IngressBackend, IngressPath } from '../../kube/networking.ts'
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

/** Every host and path that it names; its default backend for whatever else comes. */
export function placesOf({ spec }: Ingress): readonly Place[] {
  const fallback = spec.defaultBackend
  return [
    ...(spec.rules ?? []).flatMap(({ host = '', http }) =>
      (http?.paths ?? []).map(path => ({ host: hostOf(host), path: pathOf(path), backend: path.backend })),
    ),
    ...(fallback ? [{ host: '', path: { how: 'prefix' as const, value: '/' }, backend: fallback }] : []),
  ]
}

function hostOf(host: string): string {
  return host === '*' ? '' : host.toLowerCase()
}

function pathOf({ path = '/', pathType }: IngressPath): Route['path'] {
  if (pathType === 'Exact') return { how: 'exact', value: path }
  return { how: pathType === 'Prefix' ? 'prefix' : 'text-prefix', value: path }
}
