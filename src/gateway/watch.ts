// Follows the objects that routes are made of and gives out a new table, whole, after each change that matters.
import type { Clock, Stopwatch } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import type { Random } from '../doors/random.ts'
import type { EndpointSlice, Pod, Service } from '../kube/core.ts'
import { ENDPOINT_SLICE, EXPERIMENT, POD, ROLLOUT, SERVICE } from '../kube/kinds.ts'
import { refKey, refOf, sameResource } from '../kube/object.ts'
import type { KubeObject, RefKey } from '../kube/object.ts'
import type { Subject } from '../runtime/loop/recorder.ts'
import type { Client } from '../runtime/network/client.ts'
import { startMirror } from '../runtime/mirror/mirror.ts'
import { createStore } from '../runtime/mirror/store.ts'
import type { Change, Store } from '../runtime/mirror/store.ts'
import type { PlannedWatch } from '../runtime/mirror/watches.ts'
import { equal } from '../std/equal.ts'
import { createBehind } from './behind.ts'
import { complaints } from './complaints.ts'
import type { RouteInput } from './routes/endpoints.ts'
import { conflicts } from './routes/conflicts.ts'
import { ROUTE_KINDS, routesOf } from './routes/families.ts'
import { patternNotice, withPatternsChecked } from './routes/patterns.ts'
import type { Made } from './routes/route-family.ts'
import type { RouteTable } from './routes/route.ts'
import { routeTable } from './routes/table.ts'

export interface RouteWatchOptions {
  readonly client: Client
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
  readonly resolve: RouteInput['resolve']
  readonly onTable: (table: RouteTable) => void
}

export interface RouteWatch {
  /** Resolves when every kind is complete; the first table has been given out by then. */
  readonly ready: Promise<void>
  /** Real addresses have changed: the table is made anew. */
  refresh(): void
}

/** Changes that come together make one table. Far below the 100 ms in which a write must take effect. */
const TOGETHER_MS = 5
/** How often is looked whether endpoints have come that something waits for: their change makes a table anyway. */
const BEHIND_MS = 20

export function watchRoutes(options: RouteWatchOptions): RouteWatch {
  const { clock, signal } = options
  const store = createStore({ trims: [{ of: POD, trim: identityOnly }] })
  let isComplete = false
  let isPending = false
  const complain = complaints({ ...options, find: from => subjectOf(store, from) })
  const behind = createBehind(store, options.stopwatch)
  const make = () => {
    const { routes, notices } = madeOf(store, options.resolve)
    const { table, refused } = withPatternsChecked(routeTable(behind.held(routes)))
    options.onTable(table)
    complain([...refused.map(patternNotice), ...notices, ...conflicts(table)])
    if (behind.isSo()) refresh(BEHIND_MS)
  }
  const refresh = (afterMs = TOGETHER_MS): void => {
    if (isPending || !isComplete) return
    isPending = true
    void clock.sleepUntil(clock.now() + afterMs, signal).then(() => {
      isPending = false
      if (!signal.aborted) make()
    })
  }
  const mirror = startMirror({
    ...options,
    store,
    watches: WATCHES,
    onChange: change => {
      behind.note(change)
      if (matters(change)) refresh()
    },
    onKind: () => refresh(),
  })
  const ready = mirror.ready.then(() => {
    isComplete = true
    if (!signal.aborted) make()
  })
  return { ready, refresh: () => refresh() }
}

const WATCHES: readonly PlannedWatch[] = [
  ...[SERVICE, ENDPOINT_SLICE, POD].map(kind => ({ kind, optional: false })),
  ...[ROLLOUT, EXPERIMENT, ...ROUTE_KINDS].map(kind => ({ kind, optional: true })),
].map(watch => ({ ...watch, selection: {}, trim: undefined }))

function madeOf(store: Store, resolve: RouteInput['resolve']): Made {
  const input: RouteInput = {
    services: store.list<Service>(SERVICE),
    slices: store.list<EndpointSlice>(ENDPOINT_SLICE),
    pods: store.list<Pod>(POD),
    rollouts: store.list(ROLLOUT),
    experiments: store.list(EXPERIMENT),
    resolve,
  }
  return routesOf(input, kind => store.list(kind))
}

/** The object of a route's name. */
function subjectOf(store: Store, from: RefKey): Subject | undefined {
  for (const kind of ROUTE_KINDS) {
    const object = store.list(kind).find(one => refKey(refOf(kind, one)) === from)
    if (object !== undefined) return { ref: refOf(kind, object), object }
  }
  return undefined
}

/** Of pods only who they are is asked; whether they are ready stands in the slices. Their status moves often. */
function matters({ kind, now, before }: Change): boolean {
  if (!sameResource(kind, POD)) return true
  return now !== undefined && !equal(parts(now), parts(before))
}

function parts(pod: KubeObject | undefined): unknown {
  const { metadata, spec } = (pod ?? {}) as Partial<Pod>
  return { labels: metadata?.labels, spec }
}

function identityOnly(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, spec } = object as Pod
  const { name, namespace, uid, resourceVersion, labels } = metadata
  const kept = { name, namespace, uid, resourceVersion, labels }
  const containers = spec.containers.map(container => ({ name: container.name, image: container.image }))
  return { apiVersion, kind, metadata: kept, spec: { containers } } as Pod
}
