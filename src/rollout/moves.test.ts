// Writes, and what they leave alone.
import { describe, expect, test } from 'vitest'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { INGRESS, POD, REPLICA_SET } from '../kube/kinds.ts'
import { withAntiAffinity } from '../workload/anti-affinity.ts'
import { basicCanary, routedCanary, V0, V1, V2, whys } from './canary/canary.suite.ts'
import { aModel, aPod, aReplicaSet, aRollout, aService, hashOf } from './model.suite.ts'

const deleted = (model: Parameters<typeof whys>[0]) =>
  model.decide().writes.filter(write => write.verb === 'delete')

describe('an old revision beyond the history limit', () => {
  const pods = { older: { replicas: 0 }, stable: { replicas: 5 }, canary: { replicas: 0 } }
  const spec = { revisionHistoryLimit: 0 }

  test('is deleted, and none that has its name by then', () => {
    const model = basicCanary({ ...pods, spec })
    expect(deleted(model)).toMatchObject([{ target: { kind: REPLICA_SET }, ifUid: `set-${V0}` }])
  })

  test('stays in a pass that begins an update: it may be the one that is gone back to', () => {
    const model = basicCanary({ ...pods, spec, status: { currentPodHash: 'another' } })
    expect(deleted(model)).toEqual([])
  })
})

describe('the rule that keeps a new revision off the nodes of stable pods', () => {
  const required = { requiredDuringSchedulingIgnoredDuringExecution: {} }
  const pods = { stable: { replicas: 5 }, canary: { replicas: 2 } }
  const ruleOf = (model: ReturnType<typeof basicCanary>, image: string) =>
    JSON.stringify(model.replicaSet(image)?.spec.template.spec.affinity ?? {})
  const ruled = (antiAffinity: object | undefined, image: string = V2) =>
    basicCanary({ ...pods, image, strategy: antiAffinity === undefined ? {} : { antiAffinity } })

  test('comes into a ReplicaSet that was made before it, and is written once', () => {
    const model = ruled(required)
    model.pass()
    expect(ruleOf(model, V2)).toContain(hashOf(V1))
    expect(whys(model).filter(why => why.startsWith('keep ReplicaSet'))).toEqual([])
  })

  test.each([
    ['it is taken out of the spec', undefined, V2],
    ['its revision is stable', required, V1],
  ])('goes when %s', (_, antiAffinity, image) => {
    const model = ruled(antiAffinity, image)
    const set = model.replicaSet(image) as ReplicaSet
    const target = { hashLabel: POD_TEMPLATE_HASH, stableHash: hashOf(V1), namespace: 'shop' }
    const spec = withAntiAffinity(set.spec.template.spec, required, target)
    model.put({ ...set, spec: { ...set.spec, template: { ...set.spec.template, spec } } } as never)
    expect(ruleOf(model, image)).toContain(hashOf(V1))
    model.pass()
    expect(ruleOf(model, image)).toBe('{}')
  })
})

test('a route is written on the version that was looked at: tools write there, too', () => {
  const model = routedCanary({ stable: { replicas: 5 }, canary: { replicas: 2 }, weight: 20 })
  const ingress = model.objects().find(one => one.metadata.name === 'demo-demo-canary')
  const write = model.decide().writes.find(one => one.verb === 'patch' && one.target.kind === INGRESS)
  expect(write).toMatchObject({ ifVersion: ingress?.metadata.resourceVersion })
})

test('a Service that is switched says who manages it, so that it can be given back', () => {
  const model = routedCanary({ stable: { replicas: 5 }, canary: { replicas: 2 }, canarySelects: null })
  model.pass()
  expect(model.service('canary')?.metadata.annotations).toEqual({
    'argo-rollouts.argoproj.io/managed-by-rollouts': 'demo',
  })
})

test('a Rollout that a person holds says what it waits for, at rest as well', () => {
  const hash = hashOf(V1)
  const status = { currentPodHash: hash, stableRS: hash, observedGeneration: '1' }
  const strategy = { blueGreen: { activeService: 'active' } }
  const model = aModel([
    aRollout(V1, { strategy, paused: true }, { ...status, blueGreen: { activeSelector: hash } }),
    aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
    aService('active', hash),
  ])
  expect(model.decide().waits).toMatchObject([
    { for: 'somebody to unpause it (spec.paused)', cure: 'Set spec.paused to false.' },
  ])
})

describe('a restart', () => {
  const set = aReplicaSet({ image: V2, revision: 1, replicas: 2 })
  const hash = hashOf(V2)
  const status = {
    currentPodHash: hash,
    stableRS: hash,
    currentStepHash: '5ffbfbbd64',
    observedGeneration: '1',
  }
  const evicted = (restartAt: string, pods: readonly ReturnType<typeof aPod>[], of = set) => {
    const spec = { strategy: { canary: {} }, restartAt, replicas: of.spec.replicas ?? 0 }
    const model = aModel([aRollout(V2, spec, status), of, ...pods])
    return model
      .decide()
      .writes.filter(write => write.verb === 'evict')
      .map(write => write.target)
  }

  test('waits for its time', () => {
    const pods = ['a', 'b'].map(name => aPod(name, { of: set, ready: true }))
    expect(evicted('2026-08-01T12:00:01Z', pods)).toEqual([])
    expect(evicted('2026-08-01T12:00:00Z', pods)).toMatchObject([{ kind: POD, name: 'a' }])
  })

  const going = (name: string) => {
    const pod = aPod(name, { of: set, ready: true })
    return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-08-01T11:59:59Z' } }
  }

  test('leaves alone what is going already', () => {
    const pods = [going('a'), aPod('b', { of: set, ready: true }), aPod('c', { of: set, ready: true })]
    expect(evicted('2026-08-01T11:59:00Z', pods)).toMatchObject([{ name: 'b' }])
  })

  test('counts a pod that is going or not ready as missing, whatever the ReplicaSet still says', () => {
    const ready = aPod('b', { of: set, ready: true })
    expect(evicted('2026-08-01T11:59:00Z', [going('a'), ready])).toEqual([])
    const three = aReplicaSet({ image: V2, revision: 1, replicas: 3 })
    const other = aPod('c', { of: three, ready: true })
    expect(evicted('2026-08-01T11:59:00Z', [going('a'), ready, other], three)).toEqual([])
    const unready = aPod('a', { of: set, ready: false })
    expect(evicted('2026-08-01T11:59:00Z', [unready, ready])).toMatchObject([{ name: 'a' }])
  })
})
