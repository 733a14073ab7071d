// A Service whose selector has changed has other endpoints a moment later, and a route that changed together with it
// must not lead to the ones before: whoever was promoted would see the old version once more. So the routes to it stay
// as they were until its endpoints have come, a second at most.
import type { Stopwatch } from '../doors/clock.ts'
import { SLICE_SERVICE } from '../kube/core.ts'
import type { EndpointSlice, Pod, Service } from '../kube/core.ts'
import { ENDPOINT_SLICE, POD, SERVICE } from '../kube/kinds.ts'
import { keyOf, sameResource } from '../kube/object.ts'
import type { Key } from '../kube/object.ts'
import type { Change, Store } from '../runtime/mirror/store.ts'
import { equal } from '../std/equal.ts'
import type { Route } from './routes/route.ts'

export interface Behind {
  note(change: Change): void
  /** The routes that are in force now; those of objects that lead to such a Service as they were. */
  held(routes: readonly Route[]): readonly Route[]
  /** Whether some were held. */
  isSo(): boolean
}

/** Our own cluster needs milliseconds; a machine that is busy, more. */
const MOST_MS = 1000

export function createBehind(store: Store, stopwatch: Stopwatch): Behind {
  const awaited = new Map<Key, { readonly service: Service; readonly untilMs: number }>()
  let before: Earlier = new Map()
  return {
    note({ kind, now, before: was }) {
      if (!sameResource(kind, SERVICE)) return
      const [service, previous] = [now, was] as [Service | undefined, Service | undefined]
      const key = keyOf((service ?? previous) as Service)
      if (service === undefined) awaited.delete(key)
      else if (previous !== undefined && !equal(service.spec.selector, previous.spec.selector))
        awaited.set(key, { service, untilMs: stopwatch() + MOST_MS })
    },
    held(routes) {
      for (const [key, { service, untilMs }] of awaited) {
        if (stopwatch() >= untilMs || !isStale(store, service)) awaited.delete(key)
      }
      const isBehind = ({ backends }: Route) =>
        backends.some(({ namespace, service }) => awaited.has(`${namespace}/${service}`))
      const behind = new Set(awaited.size === 0 ? [] : routes.filter(isBehind).map(({ from }) => from))
      const kept = behind.size === 0 ? routes : withEarlier(routes, before, behind)
      before = byObject(kept)
      return kept
    },
    isSo: () => awaited.size > 0,
  }
}

/** Routes by the object that asked for them. */
type Earlier = ReadonlyMap<string, readonly Route[]>

function byObject(routes: readonly Route[]): Earlier {
  const found = new Map<string, Route[]>()
  for (const route of routes) {
    const known = found.get(route.from)
    if (known === undefined) found.set(route.from, [route])
    else known.push(route)
  }
  return found
}

/** An object's routes stand and fall together: which is its first one may be another than before. */
function withEarlier(
  routes: readonly Route[],
  earlier: Earlier,
  behind: ReadonlySet<string>,
): readonly Route[] {
  const told = new Set<string>()
  return routes.flatMap(route => {
    const { from } = route
    const old = behind.has(from) ? earlier.get(from) : undefined
    if (old === undefined) return [route]
    if (told.has(from)) return []
    told.add(from)
    return old
  })
}

/** Slices that somebody else keeps say what they say. */
function isStale(store: Store, { metadata, spec }: Service): boolean {
  const { namespace = '', name, uid } = metadata
  const own = store
    .list<EndpointSlice>(ENDPOINT_SLICE, namespace)
    .filter(slice => slice.metadata.labels?.[SLICE_SERVICE] === name)
    .filter(slice => slice.metadata.ownerReferences?.some(owner => owner.uid === uid))
  const pods = own.flatMap(slice => (slice.endpoints ?? []).map(one => one.targetRef?.name ?? ''))
  const selected = Object.entries(spec.selector ?? {})
  return pods.some(pod => {
    const labels = store.get<Pod>({ kind: POD, namespace, name: pod })?.metadata.labels
    return labels !== undefined && selected.some(([label, value]) => labels[label] !== value)
  })
}
