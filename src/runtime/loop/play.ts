// Plays a list of reconcilers against a Client: store, mirror, loop and driver put together. What `crossfade
// controller`, the embedded cluster's controllers and tests all start.
import type { Clock } from '../../doors/clock.ts'
import type { Log } from '../../doors/log.ts'
import type { Random } from '../../doors/random.ts'
import type { Client } from '../network/client.ts'
import { createDriver } from './driver.ts'
import type { Answerer } from './driver.ts'
import type { Effect } from './effects.ts'
import { following } from '../../doors/following.ts'
import { createLoop } from './loop.ts'
import type { Loop } from './loop.ts'
import { startMirror } from '../mirror/mirror.ts'
import { createStore } from '../mirror/store.ts'
import type { Store } from '../mirror/store.ts'
import { plannedWatches } from '../mirror/watches.ts'
import type { AnyReconciler } from '../mirror/watches.ts'

export interface PlayOptions {
  readonly client: Client
  readonly reconcilers: readonly AnyReconciler[]
  /** The `source.component` of the Events that are sent. */
  readonly component: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Stops everything. */
  readonly signal: AbortSignal
  /** Decisions begin when it resolves; at once when there is no election. */
  readonly elected?: Promise<void>
  readonly answerer?: Answerer
  readonly inFlight?: number
  readonly onEffect?: (effect: Effect) => void
}

export interface Played {
  readonly store: Store
  readonly loop: Loop
  /** The store is complete; decisions begin once elected. */
  readonly ready: Promise<void>
  readonly stopped: Promise<void>
  /** No write under way and no key due. */
  isIdle(): boolean
}

export function playReconcilers(options: PlayOptions): Played {
  const { client, reconcilers, component, clock, random, log } = options
  const { signal } = following(options.signal)
  const watches = plannedWatches(reconcilers)
  const store = createStore({
    indices: reconcilers.map(reconciler => reconciler.indices),
    trims: watches.flatMap(({ kind, trim }) => (trim === undefined ? [] : [{ of: kind, trim }])),
  })
  const { inFlight, answerer, onEffect } = options
  const loop = createLoop(reconcilers, {
    cache: store,
    component,
    ...(inFlight === undefined ? {} : { inFlight }),
  })
  const driver = createDriver({
    client,
    loop,
    clock,
    log,
    signal,
    ...(answerer === undefined ? {} : { answerer }),
    ...(onEffect === undefined ? {} : { onEffect }),
    onRelist: kind => mirror.relist(kind),
  })
  const mirror = startMirror({
    client,
    store,
    watches,
    clock,
    random,
    log,
    signal,
    onChange: change => driver.feed({ type: 'seen', ...change }),
    onKind: kind => driver.feed({ type: 'kind-changed', kind }),
  })
  void Promise.all([mirror.ready, options.elected]).then(() => driver.feed({ type: 'elected' }))
  return { store, loop, ready: mirror.ready, stopped: driver.stopped, isIdle: driver.isIdle }
}
