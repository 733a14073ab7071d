// NGINX's canary Ingresses, by annotation: a header decides before a cookie, a cookie before the weight.
import type { Ingress, IngressBackend } from '../../../kube/networking.ts'
import { INGRESS } from '../../../kube/kinds.ts'
import { refKey, refOf } from '../../../kube/object.ts'
import type { RefKey } from '../../../kube/object.ts'
import { placeKey, placesOf } from './place.ts'
import type { ReadAnnotation } from './annotations.ts'
import { isKeptWithCanary } from './nginx-session.ts'
import type { HeaderMatch, Route, RouteBackend } from '../route.ts'

export interface Canary {
  readonly from: RefKey
  readonly backend: RouteBackend
  readonly weight: number
  readonly weightTotal: number
  /** What sends a request to the canary, or keeps it away, whatever the weight; in order. */
  /** Whether clients stay with it. */
  readonly isKept: boolean
  readonly decisions: readonly { readonly match: HeaderMatch; readonly isCanary: boolean }[]
}

/** NGINX reads no total below it. */
const LEAST_TOTAL = 100

export function isCanaryIngress(ingress: Ingress, read: ReadAnnotation): boolean {
  return read(ingress, 'canary') === 'true'
}

/** By place. At one place the first by name counts, as NGINX allows one canary. */
export function canariesOf(
  ingresses: readonly Ingress[],
  read: ReadAnnotation,
  backendOf: (ingress: Ingress, backend: IngressBackend) => RouteBackend | undefined,
): ReadonlyMap<string, Canary> {
  const canaries = new Map<string, Canary>()
  const sorted = ingresses
    .filter(ingress => isCanaryIngress(ingress, read))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0))
  for (const ingress of sorted) {
    for (const place of placesOf(ingress)) {
      const key = placeKey(ingress, place)
      const backend = backendOf(ingress, place.backend)
      if (backend !== undefined && !canaries.has(key)) canaries.set(key, canaryOf(ingress, backend, read))
    }
  }
  return canaries
}

/**
 * The route and, before it, those for requests that say where they belong: each says it for itself, and nobody is kept
 * there. A canary that nobody is behind takes none of them: they go to the stable Service.
 */
export function canaryRoutes(main: Route, stable: RouteBackend, canary: Canary): readonly Route[] {
  const { weight, weightTotal, decisions, isKept } = canary
  const { session: _session, ...route } = main
  const isEmpty = canary.backend.endpoints.length === 0
  const backends = isEmpty
    ? [stable]
    : [
        { ...canary.backend, weight },
        { ...stable, weight: Math.max(0, weightTotal - weight) },
      ]
  const decided = decisions.map(({ match, isCanary }, i) => ({
    ...route,
    id: `${route.id}/${i}`,
    from: canary.from,
    headers: [match],
    backends: [isCanary && !isEmpty ? canary.backend : stable],
  }))
  const weighed = { ...(isKept ? main : route), id: `${route.id}/weight`, backends }
  return [...decided, weighed]
}

function canaryOf(ingress: Ingress, backend: RouteBackend, readOf: ReadAnnotation): Canary {
  // An empty one is as good as none.
  const read = (name: string) => readOf(ingress, name) || undefined
  const weightTotal = Math.max(LEAST_TOTAL, positive(read('canary-weight-total')) ?? 0)
  const weight = Math.min(weightTotal, positive(read('canary-weight')) ?? 0)
  const header = read('canary-by-header')?.toLowerCase()
  const cookie = read('canary-by-cookie')
  return {
    from: refKey(refOf(INGRESS, ingress)),
    backend,
    weight,
    weightTotal,
    isKept: isKeptWithCanary(ingress, readOf),
    decisions: [
      ...(header === undefined ? [] : headerDecisions(header, read)),
      ...(cookie === undefined ? [] : alwaysOrNever(cookie, 'cookie')),
    ],
  }
}

function headerDecisions(
  name: string,
  read: (name: string) => string | undefined,
): readonly Canary['decisions'][number][] {
  const value = read('canary-by-header-value')
  if (value !== undefined) return [{ match: { name, how: 'exact', value }, isCanary: true }]
  const pattern = read('canary-by-header-pattern')
  if (pattern !== undefined) return [{ match: { name, how: 'regex-search', value: pattern }, isCanary: true }]
  return alwaysOrNever(name, 'exact')
}

function alwaysOrNever(name: string, how: 'exact' | 'cookie') {
  return [
    { match: { name, how, value: 'always' }, isCanary: true },
    { match: { name, how, value: 'never' }, isCanary: false },
  ]
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text)
  return text !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined
}
