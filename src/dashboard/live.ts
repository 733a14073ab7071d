// Local copies of what the page shows, one a namespace, kept while somebody looks and for a moment longer: streams of
// the same namespace share one set of watches.
import type { Clock } from '../doors/clock.ts'
import type { Random } from '../doors/random.ts'
import { SILENT } from '../doors/silent-log.ts'
import type { Cache } from '../kube/cache.ts'
import type { Kind } from '../kube/object.ts'
import type { IndexDeclaration, Selection } from '../kube/reconciler.ts'
import type { Client } from '../runtime/network/client.ts'
import { startMirror } from '../runtime/mirror/mirror.ts'
import { createStore } from '../runtime/mirror/store.ts'
import type { PlannedWatch } from '../runtime/mirror/watches.ts'
import { SHOWABLE } from './showable.ts'

export interface Live {
  readonly cache: Cache
  /** Resolves when the copy is complete, as far as whoever looks may read it. */
  readonly ready: Promise<void>
  /** Calls at each change, until `signal` aborts. */
  onChange(listener: () => void, signal: AbortSignal): void
}

export interface LiveOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  /** What is copied. */
  readonly watches: (selection: Selection) => readonly PlannedWatch[]
  readonly indices?: readonly Readonly<Record<string, IndexDeclaration>>[]
}

/** Of these kinds all that is selected; what somebody may not read, or the server has not, is left out. */
export function wholeWatches(kinds: readonly Kind[], selection: Selection): readonly PlannedWatch[] {
  return kinds.map(kind => ({ kind, selection, optional: true, trim: undefined }))
}

export interface LiveCopies {
  /** `''`: of all namespaces. Held until `signal` aborts; undefined: too many are held already. */
  hold(namespace: string, signal: AbortSignal): Live | undefined
}

/** Each costs watches and memory; more namespaces at a time nobody looks at. */
const COPIES_MAX = 20

interface Copy {
  readonly live: Live
  readonly stop: AbortController
  holders: number
}

export function liveCopies(options: LiveOptions): LiveCopies {
  const copies = new Map<string, Copy>()
  const release = (namespace: string, copy: Copy) => {
    copy.holders--
    if (copy.holders > 0) return
    copies.delete(namespace)
    copy.stop.abort()
  }
  options.signal.addEventListener('abort', () => {
    for (const { stop } of copies.values()) stop.abort()
  })
  return {
    hold(namespace, signal) {
      const known = copies.get(namespace)
      if (signal.aborted || (known === undefined && copies.size >= COPIES_MAX)) return undefined
      const copy = known ?? startCopy(namespace, options)
      copies.set(namespace, copy)
      copy.holders++
      signal.addEventListener('abort', () => release(namespace, copy), { once: true })
      return copy.live
    },
  }
}

function startCopy(namespace: string, { client, clock, random, watches, indices }: LiveOptions): Copy {
  const stop = new AbortController()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const store = createStore({ trims: SHOWABLE, ...(indices === undefined ? {} : { indices }) })
  const planned = watches(namespace === '' ? {} : { namespace })
  const troubled = new Set<string>()
  let settle: () => void = () => {}
  const known = new Promise<void>(resolve => {
    settle = () => {
      if (planned.every(({ kind }) => store.has(kind) || troubled.has(kind.plural))) resolve()
    }
  })
  const mirror = startMirror({
    client,
    store,
    clock,
    random,
    log: SILENT,
    signal: stop.signal,
    watches: planned,
    onChange: tell,
    onKind() {
      settle()
      tell()
    },
    onTrouble(kind) {
      troubled.add(kind.plural)
      settle()
    },
  })
  const onChange = (listener: () => void, signal: AbortSignal) => {
    listeners.add(listener)
    signal.addEventListener('abort', () => listeners.delete(listener), { once: true })
  }
  const ready = Promise.race([mirror.ready, known])
  return { live: { cache: store, ready, onChange }, stop, holders: 0 }
}
