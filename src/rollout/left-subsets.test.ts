// Subsets of a router that was left: they let go of a revision before its pods do.
import { expect, test } from 'vitest'
import type { CanaryStrategy, RolloutSpec } from '../api/rollout.ts'
import { REPLICA_SET } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { objects } from '../std/json-parts.ts'
import { ROUTING } from './any-state.suite.ts'
import { becomes } from './canary/canary.suite.ts'
import {
  bySubsets,
  edit,
  podsOf,
  putSpec,
  routesOf,
  specIn,
  subset,
  subsetHashes,
  V1,
  V2,
  withoutRouter,
} from './halfway.suite.ts'
import { hashOf, rest, template } from './model.suite.ts'
import type { Model } from './model.suite.ts'

/** Where users go of whom no pod is there. */
function unserved(model: Model): readonly string[] {
  const hashes = subsetHashes(model)
  return (routesOf(model)[0] ?? []).filter(to => {
    const [name = '', weight] = to.split(' ')
    const image = [V1, V2].find(one => hashOf(one) === hashes[name])
    const set = image === undefined ? undefined : model.replicaSet(image)
    return Number(weight) > 0 && set !== undefined && Math.min(set.spec.replicas ?? 0, availableIn(set)) === 0
  })
}

const availableIn = (set: ReturnType<Model['replicaSet']>) => set?.status?.availableReplicas ?? 0

function leftAt(setWeight: number): Model {
  const model = bySubsets({ steps: [{ setWeight }, { pause: {} }] })
  withoutRouter(model)
  return model
}

test.each([100, 40])(
  'left at setWeight %i, all that a subset leads to has pods after each write',
  setWeight => {
    const model = leftAt(setWeight)
    rest(model, write => () => expect(unserved(model), write.why).toEqual([]))
    expect(subsetHashes(model)).toEqual({ stable: '', canary: '' })
    expect(podsOf(model)).toEqual(setWeight === 100 ? [0, 5] : [3, 2])
  },
)

test('a subset that can not be given back adds nothing to the surge', () => {
  const model = leftAt(100)
  const rule = model.objects().find(one => one.kind === 'DestinationRule') as KubeObject
  model.pass()
  model.remove(refOf(REPLICA_SET, model.replicaSet(V2) as KubeObject))
  for (let pass = 0; pass < 5; pass++) {
    model.put(rule)
    model.pass()
    model.pods()
    expect(podsOf(model)[0]).toBe(5)
    expect(podsOf(model)[1]).toBeLessThanOrEqual(2)
  }
  rest(model)
  expect(podsOf(model)).toEqual([0, 5])
})

const steps = [{ setWeight: 40 }, { pause: {} }]
const byNginx: CanaryStrategy = {
  steps,
  stableService: 'stable',
  canaryService: 'canary',
  trafficRouting: ROUTING.nginx,
}

test('an exchange at the whole weight keeps the stable pods until their subset has let go', () => {
  const model = bySubsets({ dynamicStableScale: true, steps: [{ setWeight: 100 }, { pause: {} }] })
  const { canary = {} } = model.rollout().spec.strategy ?? {}
  edit(model, { strategy: { canary: { ...canary, trafficRouting: ROUTING.nginx } } })
  rest(model, write => () => expect(unserved(model), write.why).toEqual([]))
  expect(subsetHashes(model)).toEqual({ stable: '', canary: '' })
})

test.each<[string, NonNullable<RolloutSpec['strategy']>]>([
  ['NGINX', { canary: byNginx }],
  ['blue/green', { blueGreen: { activeService: 'stable', autoPromotionEnabled: false } }],
])('another image with %s keeps the pods that a subset leads to', (_what, strategy) => {
  const model = bySubsets({ canaryService: '' })
  becomes(model, V1, { replicas: 5, available: 3 })
  edit(model, { template: template('demo:v3'), strategy })
  for (let pass = 0; pass < 6; pass++) {
    model.pass(write => () => expect(unserved(model), write.why).toEqual([]))
    model.now += 60_000
  }
})

test('pods behind a broken route of a router that was exchanged stay as long as that leads to them', () => {
  const model = bySubsets({ canaryService: '' }, ['a', 'b'])
  const [a = {}] = objects(specIn(model, 'VirtualService')['http'])
  putSpec(model, 'VirtualService', { http: [a, { name: 'b', route: [subset('canary', 40)] }] })
  edit(model, { template: template('demo:v3'), strategy: { canary: byNginx } })
  for (let hour = 0; hour < 5; hour++) {
    rest(model)
    model.now += 3_600_000
  }
  expect(podsOf(model)[1]).toBe(2)
})
