// What a test sees of the cluster: the present state of the kinds that rollouts are about, and everything that was ever
// seen of them, in order. Fed by watches over HTTPS, like any user's `kubectl get -w`.
import type { Clock } from '../../src/doors/clock.ts'
import type { Log } from '../../src/doors/log.ts'
import type { Random } from '../../src/doors/random.ts'
import type { Cache } from '../../src/kube/cache.ts'
import {
  ANALYSIS_RUN,
  EVENT,
  INGRESS,
  POD,
  POD_DISRUPTION_BUDGET,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../../src/kube/kinds.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { startMirror } from '../../src/runtime/mirror/mirror.ts'
import { createStore } from '../../src/runtime/mirror/store.ts'
import type { Change } from '../../src/runtime/mirror/store.ts'

export interface Seen extends Change {
  readonly at: number
}

export interface Window {
  readonly cache: Cache
  readonly ready: Promise<void>
  /** All changes in a namespace so far, oldest first. */
  changes(namespace: string): readonly Seen[]
  /** Resolves at the next change in the namespace, or at that time. */
  next(namespace: string, until: number): Promise<void>
}

export interface WindowOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
}

const KINDS: readonly Kind[] = [
  ROLLOUT,
  REPLICA_SET,
  POD,
  SERVICE,
  EVENT,
  INGRESS,
  POD_DISRUPTION_BUDGET,
  ANALYSIS_RUN,
]

export function openWindow(options: WindowOptions): Window {
  const store = createStore()
  const seen = new Map<string, Seen[]>()
  const waiting = new Map<string, AbortController>()
  const mirror = startMirror({
    ...options,
    store,
    watches: KINDS.map(kind => ({ kind, selection: {}, optional: false, trim: undefined })),
    onChange(change) {
      const namespace = namespaceOf(change)
      const list = seen.get(namespace) ?? []
      list.push({ ...change, at: options.clock.now() })
      seen.set(namespace, list)
      waiting.get(namespace)?.abort()
      waiting.delete(namespace)
    },
    onKind: () => {},
  })
  return {
    cache: store,
    ready: mirror.ready,
    changes: namespace => seen.get(namespace) ?? [],
    next(namespace, until) {
      const wake = waiting.get(namespace) ?? new AbortController()
      waiting.set(namespace, wake)
      return options.clock.sleepUntil(until, wake.signal)
    },
  }
}

function namespaceOf({ now, before }: Change): string {
  return ((now ?? before) as KubeObject).metadata.namespace ?? ''
}
