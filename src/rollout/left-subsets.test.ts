// Subsets of a router that was left: they let go of a revision before its pods do.
import { expect, test } from 'vitest'
import {
  BY_SUBSETS,
  destinationRule,
  halfway,
  istio,
  podsOf,
  routesOf,
  subset,
  subsetHashes,
  V1,
  V2,
  virtualService,
  withoutRouter,
} from './halfway.suite.ts'
import { REPLICA_SET } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { hashOf, rest } from './model.suite.ts'
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
  const route = { name: 'a', route: [subset('stable', 100), subset('canary', 0)] }
  const routes = [virtualService([route]), destinationRule('stable', 'canary')]
  const canary = { steps: [{ setWeight }, { pause: {} }] }
  const model = halfway({ trafficRouting: istio(['a'], BY_SUBSETS), routes, canary })
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
