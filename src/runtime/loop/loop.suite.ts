// A loop stepped by hand, for its stories: one reconciler, a store that shows what the test puts there, a clock that
// the test moves.
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP, ROLLOUT } from '../../kube/kinds.ts'
import { fromJson, keyOf, parseKey } from '../../kube/object.ts'
import type { AnyObject, KubeObject } from '../../kube/object.ts'
import type { Answer, Decision, Reconciler } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import type { Effect } from './effects.ts'
import { createLoop } from './loop.ts'
import { createStore } from '../mirror/store.ts'

export interface Snapshot {
  readonly rollout: AnyObject
  readonly answers: Readonly<Record<string, Answer>>
  readonly now: number
}

export const aRollout = (name: string, version: number, status: object = {}): KubeObject =>
  fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: String(version) },
    status: { ...status },
  })

export const aMap = (name: string): KubeObject =>
  fromJson({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } })

export const create = (name: string): Write => ({ verb: 'create', why: `create ${name}`, object: aMap(name) })
export const annotate = (name: string): Write => ({
  verb: 'patch',
  why: `annotate ${name}`,
  target: { kind: ROLLOUT, name, namespace: 'default' },
  patch: { metadata: { annotations: { a: 'b' } } },
})

export function play(
  decide: (snapshot: Snapshot) => Decision,
  more: Partial<Reconciler<Snapshot>> = {},
  inFlight = 10,
) {
  const reconciler: Reconciler<Snapshot> = {
    kind: ROLLOUT,
    indices: {},
    watches: [
      { kind: ROLLOUT, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
      { kind: CONFIG_MAP, keysFor: () => [] },
    ],
    gather(key, cache, now, answers) {
      const rollout = cache.get<AnyObject>({ kind: ROLLOUT, ...parseKey(key) })
      return rollout === undefined ? undefined : { rollout, answers, now }
    },
    decide,
    ...more,
  }
  const store = createStore()
  const loop = createLoop([reconciler], { cache: store, component: 'test', inFlight })
  let now = 1_000_000
  const step = (...args: Parameters<typeof loop.step> extends [infer I, number] ? [I] : never) =>
    loop.step(args[0], now)
  return {
    loop,
    store,
    /** The server shows an object; then whatever is due is decided. */
    see(object: KubeObject, kind = ROLLOUT): readonly Effect[] {
      const change = store.put(kind, object)
      return change === undefined ? [] : [...step({ type: 'seen', ...change }), ...step({ type: 'tick' })]
    },
    remove(object: KubeObject): readonly Effect[] {
      const change = store.remove(ROLLOUT, object)
      return change === undefined ? [] : [...step({ type: 'seen', ...change }), ...step({ type: 'tick' })]
    },
    /** Gone, and nothing is decided yet. */
    vanish(object: KubeObject): void {
      const change = store.remove(ROLLOUT, object)
      if (change !== undefined) step({ type: 'seen', ...change })
    },
    elect: () => [...step({ type: 'elected' }), ...step({ type: 'tick' })],
    tick: () => step({ type: 'tick' }),
    pass(ms: number): readonly Effect[] {
      now += ms
      return step({ type: 'tick' })
    },
    written: (effect: Effect | undefined, result: KubeObject | KubeError | undefined) =>
      effect?.type === 'write' || effect?.type === 'read'
        ? [...step({ type: 'written', id: effect.id, result }), ...step({ type: 'tick' })]
        : [],
    found: (effect: Effect | undefined, object: KubeObject | undefined) =>
      effect?.type === 'read' ? step({ type: 'found', id: effect.id, object }) : [],
    answered: (question: string, value: string) => [
      ...step({
        type: 'answered',
        controller: 'rollouts',
        key: 'default/a',
        question,
        answer: { at: now, value },
      }),
      ...step({ type: 'tick' }),
    ],
  }
}

export const writes = (effects: readonly Effect[]) => effects.filter(effect => effect.type === 'write')
export const failures = (effects: readonly Effect[]) => effects.filter(effect => effect.type === 'failed')
export const whys = (effects: readonly Effect[]) => writes(effects).map(effect => effect.write.why)
export const conflict = new KubeError('Conflict', 'modified', { status: 409 })
