// A local copy of some kinds, kept in step with the server, for commands that go on (`--watch`); and a way to
// sleep until it changes.
import type { Kind } from '../kube/object.ts'
import { seededRandom } from '../doors/random.ts'
import { following } from '../doors/following.ts'
import { SILENT } from '../doors/silent-log.ts'
import { startMirror } from '../runtime/mirror/mirror.ts'
import { createStore } from '../runtime/mirror/store.ts'
import type { Store } from '../runtime/mirror/store.ts'
import type { PlannedWatch } from '../runtime/mirror/watches.ts'
import type { Instant } from '../std/instant.ts'
import type { CallWorld, Connection } from './command.ts'

export interface Live {
  readonly cache: Store
  /** Resolves when the copy is complete. */
  readonly ready: Promise<void>
  /**
   * Resolves at the next change, at that time, or when interrupted; at once for a change since the last call.
   */
  sleep(until: Instant): Promise<void>
  stop(): void
}

/** A failing watch is tried again for ever, and said once. */
export function openLive(world: CallWorld, { client }: Connection, watches: readonly PlannedWatch[]): Live {
  const stop = following(world.interrupted)
  const cache = createStore()
  let wake = following(stop.signal)
  let told = false
  const mirror = startMirror({
    client,
    store: cache,
    clock: world.clock,
    random: seededRandom(world.clock.now()),
    log: SILENT,
    signal: stop.signal,
    watches,
    onChange: () => wake.abort(),
    onKind: () => wake.abort(),
    onTrouble: (kind, error) => {
      if (!told) world.stderr.write(`Warning: watching ${kind.plural}: ${error.message}; trying again\n`)
      told = true
    },
  })
  return {
    cache,
    ready: mirror.ready,
    async sleep(until) {
      await world.clock.sleepUntil(until, wake.signal)
      wake.abort()
      wake = following(stop.signal)
    },
    stop: () => stop.abort(),
  }
}

/** The named object alone. Where the server does not have the kind, the object is not there. */
export function watchOne(kind: Kind, namespace: string, name: string): PlannedWatch {
  return { kind, selection: { namespace, fields: `metadata.name=${name}` }, optional: true, trim: undefined }
}

/** All of a kind in a namespace; a server that does not have the kind is no trouble. */
export function watchAll(kind: Kind, namespace: string): PlannedWatch {
  return { kind, selection: { namespace }, optional: true, trim: undefined }
}
