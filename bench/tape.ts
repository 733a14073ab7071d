// A life of the controller on tape: what its watches brought, as text, and where its passes began. Played again
// without the cluster around it, as often as one likes: each time every object is new, as from a wire.
import { reconcilers } from '../src/controller/reconcilers.ts'
import { ROLLOUT } from '../src/kube/kinds.ts'
import type { Key, Kind, KubeObject } from '../src/kube/object.ts'
import type { Answer, Decision } from '../src/kube/reconciler.ts'
import type { Client } from '../src/runtime/network/client.ts'
import { createStore } from '../src/runtime/mirror/store.ts'
import type { Store } from '../src/runtime/mirror/store.ts'
import { plannedWatches } from '../src/runtime/mirror/watches.ts'
import type { AnyReconciler } from '../src/runtime/mirror/watches.ts'
import type { Instant } from '../src/std/instant.ts'
import { readScenario } from '../test/golden-lives/recording.ts'
import { playInWorld } from '../test/golden-lives/virtual-life.ts'

type Piece =
  | { readonly kind: Kind; readonly text: string; readonly isGone: boolean }
  | {
      readonly key: Key
      readonly now: Instant
      readonly answers: Readonly<Record<string, Answer>>
      decision: Decision<unknown> | undefined
    }

export type Tape = readonly Piece[]

export async function recorded(life: string): Promise<Tape> {
  const tape: Piece[] = []
  const watched = reconcilers().map(one => (one.kind === ROLLOUT ? withPasses(one, tape) : one))
  await playInWorld(readScenario(life), { reconcilers: watched, wire: client => withObjects(client, tape) })
  return tape
}

function withPasses(one: AnyReconciler, tape: Piece[]): AnyReconciler {
  return {
    ...one,
    gather(key, cache, now, answers) {
      tape.push({ key, now, answers, decision: undefined })
      return one.gather(key, cache, now, answers)
    },
    decide(snapshot) {
      const decision = one.decide(snapshot)
      const pass = tape.findLast(piece => 'key' in piece)
      if (pass !== undefined && 'key' in pass) pass.decision ??= decision
      return decision
    },
  }
}

function withObjects(client: Client, tape: Piece[]): Client {
  const keep = (kind: Kind, object: KubeObject, isGone = false) =>
    tape.push({ kind, text: JSON.stringify(object), isGone })
  return {
    ...client,
    async list(kind, ...more) {
      const page = await client.list(kind, ...more)
      for (const object of page.items) keep(kind, object)
      return page
    },
    async *watch(kind, ...more) {
      for await (const event of client.watch(kind, ...more)) {
        if ('object' in event) keep(kind, event.object, event.type === 'DELETED')
        yield event
      }
    },
  }
}

/** One pass, played again. */
export interface Played {
  readonly snapshot: unknown
  readonly gatherUs: number
  readonly decideUs: number
  readonly decision: Decision<unknown>
  /** As it was decided when it was recorded. */
  readonly recorded: Decision<unknown>
}

/** All passes in which there was something to decide. */
export function played(tape: Tape): readonly Played[] {
  const store = storeOf(reconcilers())
  const rollouts = reconcilers().find(one => one.kind === ROLLOUT) as AnyReconciler
  return tape.flatMap(piece => {
    if ('text' in piece) {
      const object = JSON.parse(piece.text) as KubeObject
      if (piece.isGone) store.remove(piece.kind, object)
      else store.put(piece.kind, object)
      return []
    }
    const began = performance.now()
    const snapshot = rollouts.gather(piece.key, store, piece.now, piece.answers)
    const gathered = performance.now()
    if (snapshot === undefined || piece.decision === undefined) return []
    const decision = rollouts.decide(snapshot)
    const decided = performance.now()
    const [gatherUs, decideUs] = [(gathered - began) * 1000, (decided - gathered) * 1000]
    return [{ snapshot, gatherUs, decideUs, decision, recorded: piece.decision }]
  })
}

function storeOf(all: readonly AnyReconciler[]): Store {
  return createStore({
    indices: all.map(one => one.indices),
    trims: plannedWatches(all).flatMap(({ kind, trim }) => (trim === undefined ? [] : [{ of: kind, trim }])),
  })
}
