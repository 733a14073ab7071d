// One host and path of an Ingress, and where it leads.
import type { Ingress, IngressBackend, IngressPath } from '../../../kube/networking.ts'
import { normalPath } from '../../normal-path.ts'
import type { Route } from '../route.ts'

export interface Place {
  readonly host: string
  readonly path: Route['path']
  readonly backend: IngressBackend
  /** The default backend: for what no path is for. */
  readonly isFallback: boolean
}

/** Canary and main Ingress are of one namespace, and meet at a host and path. */
export function placeKey({ metadata }: Ingress, { host, path, isFallback }: Place): string {
  return JSON.stringify([metadata.namespace, host, path.value, isFallback])
}

/** Every host and path that it names; its default backend for whatever else comes to these hosts or to none. */
export function placesOf({ spec }: Ingress): readonly Place[] {
  const rules = spec.rules ?? []
  const fallback = spec.defaultBackend
  const hosts = fallback ? new Set([...rules.map(({ host = '' }) => hostOf(host)), '']) : []
  return [
    ...rules.flatMap(({ host = '', http }) =>
      (http?.paths ?? []).map(path => {
        return { host: hostOf(host), path: pathOf(path), backend: path.backend, isFallback: false }
      }),
    ),
    ...[...hosts].map(host => {
      return { host, path: { how: 'prefix' as const, value: '/' }, backend: fallback ?? {}, isFallback: true }
    }),
  ]
}

/** Where no second Ingress can stand, of whatever namespace it is. */
export function claimKey({ host, path, isFallback }: Place): string {
  const isText = path.how !== 'regex-prefix' && path.value.startsWith('/')
  const value = isText ? (normalPath(path.value) ?? path.value) : path.value
  return JSON.stringify([host, path.how, value, isFallback])
}

function hostOf(host: string): string {
  return host === '*' ? '' : host.toLowerCase()
}

function pathOf({ path = '/', pathType }: IngressPath): Route['path'] {
  if (pathType === 'Exact') return { how: 'exact', value: path }
  return { how: pathType === 'Prefix' ? 'prefix' : 'text-prefix', value: path }
}
