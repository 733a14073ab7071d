// A Service whose selector has changed has other endpoints a moment later, and a route that changed together with it
// must not lead to the ones before: whoever was promoted would see the old version once more. So the table waits for
// them, a moment at most.
import type { Clock } from '../doors/clock.ts'
import { SLICE_SERVICE } from '../kube/core.ts'
import type { EndpointSlice, Pod, Service } from '../kube/core.ts'
import { ENDPOINT_SLICE, POD, SERVICE } from '../kube/kinds.ts'
import { refKey, refOf } from '../kube/object.ts'
import type { RefKey } from '../kube/object.ts'
import { sameKind } from '../runtime/mirror/watches.ts'
import type { Change, Store } from '../runtime/mirror/store.ts'
import { equal } from '../std/equal.ts'
import type { Instant } from '../std/instant.ts'

export interface Behind {
  note(change: Change): void
  /** Whether the endpoints of some Service are those of the selector that it had before. */
  isSo(): boolean
}

/** Many times as long as our own cluster needs; a table late by it still takes effect within 100 ms. */
const MOST_MS = 60

export function createBehind(store: Store, clock: Clock): Behind {
  const awaited = new Map<RefKey, { readonly service: Service; readonly until: Instant }>()
  return {
    note({ kind, now, before }) {
      if (!sameKind(kind, SERVICE)) return
      const [service, was] = [now, before] as [Service | undefined, Service | undefined]
      const key = refKey(refOf(SERVICE, (service ?? was) as Service))
      if (service === undefined) awaited.delete(key)
      else if (was !== undefined && !equal(service.spec.selector, was.spec.selector))
        awaited.set(key, { service, until: clock.now() + MOST_MS })
    },
    isSo() {
      for (const [key, { service, until }] of awaited) {
        if (clock.now() >= until || !isStale(store, service)) awaited.delete(key)
      }
      return awaited.size > 0
    },
  }
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
