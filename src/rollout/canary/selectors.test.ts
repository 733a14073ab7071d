// Where the Services of a canary go, as stories.
import { describe, expect, test } from 'vitest'
import { REPLICA_SET } from '../../kube/kinds.ts'
import { hashOf, NOW } from '../model.suite.ts'
import { awaited, becomes, routedCanary, V0, V1, V2, whys } from './canary.suite.ts'

const switches = (model: Parameters<typeof whys>[0]) => whys(model).filter(why => why.startsWith('switch'))

describe('the canary Service', () => {
  test('that was never ours is taken over when all pods are there', () => {
    const steps = [{ setWeight: 40 }, { pause: {} }]
    const canary = { replicas: 2, available: 1 }
    const model = routedCanary({ stable: { replicas: 5 }, canary, steps, canarySelects: null })
    expect(switches(model)).toEqual([])
    expect(awaited(model)).toContain('pods of ReplicaSet demo-v2: 1 of 2 available')
    becomes(model, V2, { replicas: 2 })
    expect(switches(model)).toEqual(['switch service canary to v2'])
  })

  test('does not move to pods that can not carry its weight while none can be taken away', () => {
    const model = routedCanary({
      older: { replicas: 2 },
      stable: { replicas: 5, available: 1 },
      canary: { replicas: 2, available: 1 },
      weight: 30,
      weighs: V0,
      canarySelects: V0,
    })
    expect(whys(model)).toEqual([])
    expect(awaited(model)).toContain('pods of ReplicaSet demo-v2: 1 of 2 available')
    becomes(model, V2, { replicas: 2 })
    expect(switches(model)).toEqual(['switch service canary to v2'])
  })

  test('stays with the pods that carry its weight after an abort with dynamicStableScale', () => {
    const model = routedCanary({
      replicas: 10,
      stable: { replicas: 10, available: 8 },
      canary: { replicas: 6 },
      steps: [{ setWeight: 20 }, { setWeight: 60 }, { pause: {} }],
      weight: 60,
      strategy: { dynamicStableScale: true },
      status: { abort: true },
    })
    expect(switches(model)).toEqual([])
  })

  test.each([
    ['back to the pods that the status names', {}, V0],
    ['to stable after an abort', { abort: true }, V1],
  ])('that a hand has moved to no pod while a person holds the Rollout goes %s', (_, status, image) => {
    const weights = {
      canary: { weight: 40, serviceName: 'canary', podTemplateHash: hashOf(V0) },
      stable: { weight: 60, serviceName: 'stable', podTemplateHash: hashOf(V1) },
    }
    const model = routedCanary({
      older: { replicas: 2 },
      stable: { replicas: 5 },
      canary: { replicas: 0 },
      weight: 40,
      spec: { paused: true },
      status: { ...status, canary: { weights } },
    })
    expect(switches(model)).toContain(`switch service canary to ${image.slice(5)}`)
  })

  test('whose revision somebody has deleted after an abort leads to the pods that there are', () => {
    const weights = {
      canary: { weight: 75, serviceName: 'canary', podTemplateHash: hashOf(V2) },
      stable: { weight: 25, serviceName: 'stable', podTemplateHash: hashOf(V1) },
    }
    const model = routedCanary({
      stable: { replicas: 2 },
      canary: { replicas: 2 },
      weight: 75,
      canarySelects: V1,
      status: { abort: true, canary: { weights } },
    })
    model.remove({ kind: REPLICA_SET, namespace: 'shop', name: `demo-${hashOf(V1)}` })
    expect(switches(model)).toEqual(['switch service canary to v2'])
  })

  test('that a hand has moved to no pod just as another image is asked for goes back to the pods that it had', () => {
    const model = routedCanary({
      older: { replicas: 2 },
      stable: { replicas: 5, available: 0 },
      canary: { replicas: 0 },
      weight: 40,
      weighs: V0,
      canarySelects: 'demo:gone',
      spec: { paused: true },
      status: { currentPodHash: hashOf(V0) },
    })
    model.pass()
    expect(model.rollout().status?.canary?.weights?.canary.podTemplateHash).toBe(hashOf(V0))
    expect(switches(model)).toEqual(['switch service canary to v0'])
  })

  test('stays with the users of the revision before while somebody holds the canary', () => {
    const model = routedCanary({
      older: { replicas: 1 },
      stable: { replicas: 1 },
      canary: { replicas: 1 },
      replicas: 2,
      weight: 50,
      weighs: V0,
      canarySelects: V0,
      strategy: { dynamicStableScale: true },
      spec: { paused: true },
    })
    expect(switches(model)).toEqual([])
    const rollout = model.rollout()
    model.put({ ...rollout, spec: { ...rollout.spec, paused: false } } as never)
    expect(switches(model)).toEqual(['switch service canary to v2'])
  })

  test('goes to stable with its weight gone first, when stable can not carry it', () => {
    const model = routedCanary({
      stable: { replicas: 5, available: 4 },
      canary: { replicas: 5 },
      step: 2,
      weight: 100,
      status: { abort: true },
    })
    expect(whys(model).slice(0, 2)).toEqual([
      'set the weight of canary Ingress demo-demo-canary to 0',
      'switch service canary to v1',
    ])
  })
})

test('without a router the canary Service leaves an older revision whose pod takes the room of the new one', () => {
  const of = { replicas: 3, older: { replicas: 1 }, stable: { replicas: 3 }, canarySelects: V0 }
  const strategy = { trafficRouting: undefined } as never
  const at = (setWeight: number) =>
    routedCanary({ ...of, strategy, canary: { replicas: 0 }, steps: [{ setWeight }] })
  const model = at(20)
  expect(switches(model)).toEqual(['switch service canary to v1'])
  expect(switches(at(0))).toEqual(['switch service canary to v1'])
  becomes(model, V2, { replicas: 1 })
  expect(switches(model)).toEqual(['switch service canary to v2'])
})

test('without a router the canary Service, which has no share, goes back after an abort when stable has a pod', () => {
  const of = { replicas: 3, older: { replicas: 1 }, canary: { replicas: 1 }, canarySelects: V0 }
  const strategy = { trafficRouting: undefined } as never
  const model = routedCanary({ ...of, strategy, stable: { replicas: 2 }, status: { abort: true } })
  expect(switches(model)).toEqual(['switch service canary to v1'])
})

describe('the stable Service', () => {
  test('that was moved by hand to an aborted revision: its pods get their delay anew when it has gone back', () => {
    const canary = { replicas: 5, deadline: NOW + 5000 }
    const of = { stable: { replicas: 5 }, canary, canarySelects: V1, stableSelects: V2 }
    const model = routedCanary({ ...of, status: { abort: true } })
    expect(whys(model).slice(0, 2)).toEqual([
      'take the scale-down deadline off ReplicaSet demo-v2',
      'switch service stable to v1',
    ])
  })

  test('of a Rollout without pods waits for none', () => {
    const sets = { older: { replicas: 2 }, stable: { replicas: 0 }, canary: { replicas: 0 } }
    const model = routedCanary({ ...sets, replicas: 0, stableSelects: V0 })
    expect(switches(model)).toEqual(['switch service stable to v1'])
  })

  test('that was moved by hand goes back when stable serves as many as the revision that serves now', () => {
    const model = routedCanary({
      stable: { replicas: 5, available: 1 },
      canary: { replicas: 2 },
      stableSelects: V2,
    })
    expect(switches(model)).toEqual([])
    expect(awaited(model)).toContain('pods of ReplicaSet demo-v1: 1 of 2 available')
    becomes(model, V1, { replicas: 5, available: 2 })
    expect(switches(model)).toEqual(['switch service stable to v1'])
  })
})

test('a stable Service that a hand has moved goes back to as many pods as its share of the users needs', () => {
  const stable = { replicas: 1, available: 0 }
  const of = { replicas: 4, canary: { replicas: 4 }, step: 2, weight: 80, stableSelects: V2 }
  const model = routedCanary({ ...of, stable, strategy: { dynamicStableScale: true } })
  expect(switches(model)).toEqual([])
  becomes(model, V1, { replicas: 1 })
  expect(switches(model)).toEqual(['switch service stable to v1'])
})

test('a stable Service without users follows the promoted revision, though some of its pods are missing', () => {
  const canary = { replicas: 5, available: 3 }
  const of = { step: 4, weight: 100, stable: { replicas: 5 }, canary }
  const strategy = { replicaProgressThreshold: { type: 'Percent', value: 20 } as const }
  const byThreshold = routedCanary({ ...of, strategy })
  byThreshold.pass()
  expect(switches(byThreshold)).toEqual(['switch service stable to v2'])
  expect(switches(routedCanary({ ...of, status: { stableRS: hashOf(V2) } }))).toEqual([
    'switch service stable to v2',
  ])
})

test('a stable Service with users stays with the old pods while the promoted revision misses some', () => {
  const canary = { replicas: 5, available: 3 }
  const status = { stableRS: hashOf(V2) }
  const model = routedCanary({ step: 4, weight: 100, routed: 60, stable: { replicas: 5 }, canary, status })
  expect(switches(model)).toEqual([])
})

test.each([
  ['an old revision without pods', { older: { replicas: 0 } }],
  ['a revision that has gone', {}],
])(
  'with a mistake in the spec a canary Service that leads to %s goes to stable, which grows for it',
  (_, sets) => {
    const of = { weight: 80, replicas: 5, step: 2, strategy: { dynamicStableScale: true } }
    const model = routedCanary({
      ...of,
      ...sets,
      stable: { replicas: 1 },
      canary: { replicas: 4 },
      canarySelects: V0,
      spec: { minReadySeconds: -1 },
    })
    expect(whys(model)).toEqual(['switch service canary to v1', 'scale ReplicaSet demo-v1 from 1 to 5'])
  },
)

test.each([
  ['an abort', { status: { abort: true } }, ['switch service stable to v1']],
  ['a canary that has users', {}, ['switch service stable to v1']],
  ['an update that nobody comes to yet', { weight: 0 }, []],
])('a stable Service that was made again, for %s, with a stable pod missing', (_, more, wanted) => {
  const pods = { stable: { replicas: 10, available: 9 }, canary: { replicas: 4 } }
  const model = routedCanary({ replicas: 10, ...pods, weight: 40, stableSelects: null, ...more })
  expect(switches(model).filter(why => why.includes('stable to'))).toEqual(wanted)
})
