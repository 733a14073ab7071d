// Each law of safety with a write that it must allow, and one that it must refuse.
import { describe, expect, test } from 'vitest'
import { anHttpRoute, canaryIngress, podsOfExperiment } from '../../rollout/any-state.suite.ts'
import { aPod, aReplicaSet, aRollout, aService, hashOf } from '../../rollout/model.suite.ts'
import { HTTP_ROUTE, INGRESS, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import type { Json } from '../../std/json.ts'
import { abortRaises, broken, LAWS, shrinksAhead, takesFromUsers } from './judge.ts'
import { SPOILT } from './furniture.ts'
import type { LifeSpec } from './scenario.ts'
import { sightWith } from './sight.suite.ts'
import { after } from './sight.ts'
import type { Sight } from './sight.ts'

const SPEC: LifeSpec = {
  strategy: 'routed',
  router: 'nginx',
  replicas: 4,
  steps: [{ setWeight: 50 }],
  hasServices: true,
  isAutomatic: true,
  isAnalysed: false,
}
const [V1, V2] = ['demo:v1', 'demo:v2'] as const
const UNDELAYED: LifeSpec = { ...SPEC, abortScaleDownDelaySeconds: 0 }
const BASIC: LifeSpec = { ...SPEC, strategy: 'basic', hasServices: false }

interface Stand {
  readonly spec?: LifeSpec
  readonly weight?: number
  readonly old?: number
  readonly fresh?: number
  readonly ready?: number
  readonly isSpoiled?: boolean
  readonly abort?: boolean
  /** The pods of an experiment, behind the Service `tried`. */
  readonly tried?: number
  /** Of the stable revision: how many are ready. */
  readonly pods?: number
}

function standing({
  spec = SPEC,
  weight = 0,
  old = 4,
  fresh = 2,
  ready = fresh,
  isSpoiled = false,
  abort = false,
  tried = 0,
  pods = 0,
}: Stand): Sight {
  const strategy = { canary: { steps: spec.steps, maxSurge: 1, maxUnavailable: 0 } }
  const status = { stableRS: hashOf(V1), currentPodHash: hashOf(V2), abort }
  const stable = aReplicaSet({ image: V1, revision: 1, replicas: old })
  const objects: readonly KubeObject[] = [
    aRollout(V2, { replicas: 4, strategy, ...(isSpoiled ? SPOILT : {}) }, status),
    stable,
    ...Array.from({ length: old }, (_, nth) => aPod(`pod-${nth}`, { of: stable, ready: nth < pods })),
    aReplicaSet({ image: V2, revision: 2, replicas: fresh, available: ready }),
    aService('stable', hashOf(V1)),
    aService('canary', hashOf(V2)),
    podsOfExperiment('try', TRIED, tried),
    aService('tried', TRIED),
    spec.router === 'nginx' ? canaryIngress(weight) : anHttpRoute(weight),
  ]
  return sightWith(objects)
}

const TRIED = 'f00d'

const at = (kind: Kind, name: string) => ({ kind, namespace: 'shop', name })

function patch(target: Extract<Write, { verb: 'patch' }>['target'], change: Json): Write {
  return { verb: 'patch', target, patch: change, why: 'a write' }
}

const weigh = (weight: number) =>
  patch(at(INGRESS, 'demo-demo-canary'), {
    metadata: { annotations: { 'nginx.ingress.kubernetes.io/canary-weight': String(weight) } },
  })
const share = (stable: number, canary: number, tried = 0) => {
  const refs = [
    { name: 'stable', port: 80, weight: stable },
    { name: 'canary', port: 80, weight: canary },
    ...(tried === 0 ? [] : [{ name: 'tried', port: 80, weight: tried }]),
  ]
  return patch(at(HTTP_ROUTE, 'demo'), { spec: { rules: [{ backendRefs: refs }] } })
}
const select = (service: string, hash: string) =>
  patch(at(SERVICE, service), { spec: { selector: { 'rollouts-pod-template-hash': hash } } })
const scale = (image: string, replicas: number) =>
  patch(at(REPLICA_SET, `demo-${hashOf(image)}`), { spec: { replicas } })
const report = (status: Json) =>
  ({ ...patch(at(ROLLOUT, 'demo'), { status }), subresource: 'status' }) as Write
const evict = (pod: string): Write => ({ verb: 'evict', target: at(POD, pod), why: 'a write' })
const make = (image: string): Write => ({
  verb: 'create',
  object: aReplicaSet({ image, revision: 3, replicas: 0 }),
  why: 'a write',
})

const ROUTE: LifeSpec = { ...SPEC, router: 'httpRoute' }

/** Law, how things stand, a write that it allows, one that it refuses. */
const EXAMPLES: readonly (readonly [law: string, stand: Stand, allowed: Write, refused: Write])[] = [
  ['traffic only to revisions that can carry it', {}, weigh(50), weigh(80)],
  ['traffic only to revisions that can carry it', { fresh: 2, ready: 0 }, weigh(0), weigh(10)],
  ['weights add up', { spec: ROUTE }, share(60, 40), share(60, 30)],
  ['weights add up', { spec: ROUTE, tried: 1 }, share(60, 30, 10), share(60, 40, 10)],
  ['experiments get users only when their pods are there', { spec: ROUTE }, share(90, 10), share(90, 0, 10)],
  [
    'adopted Services select a revision that exists',
    {},
    select('canary', hashOf(V1)),
    select('canary', 'gone'),
  ],
  ['nothing is removed that still gets traffic', { weight: 50 }, scale(V2, 3), scale(V2, 1)],
  ['nothing is removed that still gets traffic', { weight: 50 }, scale(V1, 2), scale(V1, 1)],
  ['a canary without a router stays available', { spec: BASIC, fresh: 1 }, scale(V1, 3), scale(V1, 2)],
  ['a canary without a router stays within its surge', { spec: BASIC, fresh: 0 }, scale(V2, 1), scale(V2, 2)],
  ['no revision has two ReplicaSets', {}, make('demo:v3'), make(V2)],
  ['a restart takes no more pods than may be missing', { pods: 3 }, evict('pod-3'), evict('pod-0')],
  [
    'a restart takes no more pods than may be missing',
    { spec: BASIC, pods: 2, fresh: 0 },
    evict('pod-3'),
    evict('pod-0'),
  ],
  ['what was given up does not grow', { abort: true }, scale(V2, 1), scale(V2, 3)],
  ['what was given up does not grow', { spec: UNDELAYED, abort: true }, scale(V2, 2), scale(V2, 3)],
  [
    'with a mistake in the spec only what leads back goes on',
    { isSpoiled: true, fresh: 1 },
    scale(V1, 5),
    scale(V2, 2),
  ],
  [
    'with a mistake in the spec only what leads back goes on',
    { isSpoiled: true, fresh: 1 },
    scale(V1, 5),
    make('demo:v3'),
  ],
]

describe('a law of safety', () => {
  test.each(EXAMPLES)('%s %o', (law, stand, allowed, refused) => {
    const { spec = SPEC } = stand
    const before = standing(stand)
    const judged = (write: Write) => broken({ spec, write, before, after: after(before, write) })?.law
    expect(judged(allowed)).toBeUndefined()
    expect(judged(refused)).toBe(law)
  })

  test('each has an example', () => {
    expect(new Set(EXAMPLES.map(([law]) => law))).toEqual(new Set(Object.keys(LAWS)))
  })

  test('whoever says how many canary pods there are gives them the weights of their steps alone', () => {
    const spec: LifeSpec = { ...SPEC, steps: [{ setCanaryScale: { replicas: 1 } }, { setWeight: 80 }] }
    const judged = (currentStepIndex: number, weight: number, ready = 1) => {
      const before = after(standing({ spec, fresh: 1, ready }), report({ currentStepIndex }))
      return broken({ spec, write: weigh(weight), before, after: after(before, weigh(weight)) })?.law
    }
    const law = 'traffic only to revisions that can carry it'
    expect([judged(0, 80), judged(1, 80)]).toEqual([undefined, undefined])
    expect([judged(1, 80, 0), judged(1, 100), judged(2, 80)]).toEqual([law, law, law])
  })

  test('back to the stable revision a pod may be missing, and no more', () => {
    const judged = (old: number) => {
      const before = standing({ weight: 50, old })
      return broken({ spec: SPEC, write: weigh(0), before, after: after(before, weigh(0)) })?.law
    }
    expect(judged(3)).toBeUndefined()
    expect(judged(1)).toBe('traffic only to revisions that can carry it')
  })

  test('a restart takes one pod of a revision that is whole, and not two', () => {
    const before = standing({ pods: 4 })
    const left = after(before, evict('pod-0'))
    const judged = (sight: Sight, pod: string) =>
      broken({ spec: SPEC, write: evict(pod), before: sight, after: after(sight, evict(pod)) })?.law
    expect(judged(before, 'pod-0')).toBeUndefined()
    expect(judged(left, 'pod-1')).toBe('a restart takes no more pods than may be missing')
  })

  test('with a mistake in the spec a pass shrinks only what it goes back from', () => {
    const before = standing({ isSpoiled: true })
    const shrunk = after(before, scale(V2, 1))
    const told = (status: Json) =>
      ({ ...patch(at(ROLLOUT, 'demo'), { status }), subresource: 'status' }) as Write
    const judged = (status: Json) => shrinksAhead({ before, after: after(shrunk, told(status)) })
    expect(judged({ abort: true })).toBeUndefined()
    expect(judged({ currentPodHash: hashOf(V1) })).toBeUndefined()
    expect(judged({ phase: 'Degraded' })).toContain('shrinks')
  })

  test('an old revision that the canary Service selects keeps its pod beside the surge', () => {
    const spec: LifeSpec = { ...BASIC, hasServices: true }
    const before = standing({ spec, fresh: 1 })
    const third = after(before, report({ currentPodHash: 'third' }))
    const judged = (sight: Sight) =>
      broken({ spec, write: scale(V1, 5), before: sight, after: after(sight, scale(V1, 5)) })?.law
    expect(judged(before)).toBe('a canary without a router stays within its surge')
    expect(judged(third)).toBeUndefined()
  })

  test('an experiment keeps its pods and its Service while a route leads there', () => {
    const less = patch(at(REPLICA_SET, `of-try-${TRIED}`), { spec: { replicas: 0 } })
    const gone: Write = { verb: 'delete', target: at(SERVICE, 'tried'), why: 'a write' }
    const judged = (write: Write, weight: number) => {
      const before = after(standing({ spec: ROUTE, tried: 1 }), share(100 - weight, 0, weight))
      return takesFromUsers({ spec: ROUTE, write, before, after: after(before, write) })
    }
    expect([judged(less, 0), judged(gone, 0)]).toEqual([undefined, undefined])
    expect(judged(less, 10)).toContain('the pods of tried go')
    expect(judged(gone, 10)).toContain('tried goes')
  })

  test('no weight rises in a pass that reports an abort', () => {
    const before = standing({ weight: 20 })
    const raised = (write: Write) => abortRaises(SPEC, { before, after: after(before, write) })
    expect(raised(weigh(0))).toBeUndefined()
    expect(raised(weigh(30))).toContain('after an abort')
  })
})
