// Keeps the store in step with a server: one reflector a kind, played against a Client, and a lookout for
// kinds that the server does not have yet. The small asynchronous part of station a.
import { CUSTOM_RESOURCE_DEFINITION } from '../../kube/kinds.ts'
import { sameResource } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { createReflector } from './reflecting.ts'
import type { Reflector, ReflectingOptions } from './reflecting.ts'
import { createStore } from './store.ts'
import type { Change } from './store.ts'
import type { PlannedWatch } from './watches.ts'

export interface MirrorOptions extends ReflectingOptions {
  readonly watches: readonly PlannedWatch[]
}

export interface Mirror {
  /**
   * Resolves when every kind is complete, or when `signal` aborts. Optional ones may be absent, and those that are no
   * reconciler's own forbidden.
   */
  readonly ready: Promise<void>
  relist(kind: Kind): void
}

/** Discovery follows a CRD's last change by about a second. */
const DISCOVERY_LAG_MS = 2000
const ASK_AGAIN_MS = 30_000

export function startMirror(options: MirrorOptions): Mirror {
  const { store, signal, watches } = options
  const reflectors: Reflector[] = []
  let lookingOut = false
  return {
    ready: new Promise(resolve => {
      const settled = () => {
        const missing = reflectors.filter(one => watches.includes(one.watch) && !store.has(one.watch.kind))
        const mayMiss = ({ watch }: Reflector) => watch.isOwn !== true && store.isForbidden(watch.kind)
        if (missing.every(one => one.watch.optional && (one.isAbsent() || mayMiss(one)))) resolve()
        if (lookingOut || !missing.some(one => one.isAbsent())) return
        lookingOut = true
        const recheck = () => reflectors.forEach(one => one.feed({ type: 'recheck' }))
        void askAgain(options, recheck)
        // Who lives in one namespace may not watch CRDs.
        if (watches.some(({ selection }) => selection.namespace === undefined))
          reflectors.push(lookOut(options, recheck))
      }
      const stop = () => {
        for (const reflector of reflectors) reflector.stop()
        resolve()
      }
      signal.addEventListener('abort', stop, { once: true })
      for (const watch of watches) reflectors.push(createReflector(options, watch, settled))
      for (const reflector of reflectors) reflector.feed({ type: 'start' })
      if (watches.length === 0 || signal.aborted) resolve()
    }),
    relist(kind) {
      reflectors.find(one => sameResource(one.watch.kind, kind))?.feed({ type: 'relist' })
    },
  }
}

/** Kinds come and go without a CRD that changes: as an API server starts, or behind an aggregated one. */
async function askAgain({ clock, signal }: MirrorOptions, changed: () => void): Promise<void> {
  while (!signal.aborted) {
    await clock.sleepUntil(clock.now() + ASK_AGAIN_MS, signal)
    changed()
  }
}

/** Calls `changed` after changes of CRDs of the kinds in question. */
function lookOut(options: MirrorOptions, changed: () => void): Reflector {
  const { clock, signal, watches } = options
  const names = new Set(watches.map(({ kind }) => `${kind.plural}.${kind.group}`))
  let pending = false
  const soon = async (): Promise<void> => {
    changed()
    if (pending) return
    pending = true
    await clock.sleepUntil(clock.now() + DISCOVERY_LAG_MS, signal)
    pending = false
    changed()
  }
  const own = {
    ...options,
    store: createStore({ trims: [{ of: CUSTOM_RESOURCE_DEFINITION, trim: nameOnly }] }),
    onChange: ({ now, before }: Change) => {
      if (names.has((now ?? before)?.metadata.name ?? '')) void soon()
    },
    onKind: () => {},
    onTrouble: changed,
  }
  const watch = { kind: CUSTOM_RESOURCE_DEFINITION, selection: { metadataOnly: true }, optional: true }
  const reflector = createReflector(own, { ...watch, trim: undefined }, () => {})
  reflector.feed({ type: 'start' })
  return reflector
}

function nameOnly({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, resourceVersion = '' } = metadata
  return { apiVersion, kind, metadata: { name, resourceVersion } }
}
