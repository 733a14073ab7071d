// How many pods the revisions of a canary get in a pass, as stories: one side at a time, and none goes that is needed.
import { describe, expect, test } from 'vitest'
import type { CanaryStep } from '../../api/rollout.ts'
import { bySubsets, edit, podsOf, subsetHashes } from '../halfway.suite.ts'
import { aService, hashOf, NOW, rest, template } from '../model.suite.ts'
import { awaited, basicCanary, becomes, reported, routedCanary, V0, V1, V2, whys } from './canary.suite.ts'

const scaled = (model: Parameters<typeof whys>[0]) => whys(model).filter(why => why.startsWith('scale'))

test('stable gets its pods before the canary does', () => {
  const model = routedCanary({ stable: { replicas: 4 }, canary: { replicas: 1 } })
  expect(scaled(model)).toEqual(['scale ReplicaSet demo-v1 from 4 to 5'])
  becomes(model, V1, { replicas: 5 })
  expect(scaled(model)).toEqual(['scale ReplicaSet demo-v2 from 1 to 2'])
})

test('a canary that a person holds is not scaled on', () => {
  const model = routedCanary({ stable: { replicas: 5 }, canary: { replicas: 1 }, spec: { paused: true } })
  expect(scaled(model)).toEqual([])
})

test('without a router nothing is left of a Rollout that is asked for no pods, though Services select it', () => {
  const strategy = { trafficRouting: undefined } as never
  const of = { replicas: 0, image: V1, step: 4, strategy, canarySelects: V1 }
  expect(scaled(routedCanary({ ...of, stable: { replicas: 2 } }))).toEqual([
    'scale ReplicaSet demo-v1 from 2 to 0',
  ])
})

test('a scale holds for the weight of its step, not for a larger one that the canary still has', () => {
  const steps = [{ setCanaryScale: { replicas: 1 } }, { pause: {} }, { setWeight: 100 }]
  const strategy = { dynamicStableScale: true }
  const of = { replicas: 4, steps, strategy, canary: { replicas: 4 }, weight: 100 }
  const model = routedCanary({ ...of, stable: { replicas: 4, available: 0 } })
  expect(scaled(model)).toEqual([])
})

test('recorded weights of another unit ask for no more pods than there are', () => {
  const side = (serviceName: string, image: string) => ({
    weight: 500,
    serviceName,
    podTemplateHash: hashOf(image),
  })
  const model = routedCanary({
    replicas: 10,
    stable: { replicas: 5 },
    canary: { replicas: 5 },
    routed: 50,
    steps: [{ setWeight: 50 }, { pause: {} }],
    step: 1,
    strategy: { dynamicStableScale: true },
    status: { canary: { weights: { canary: side('canary', V2), stable: side('stable', V1) } } },
  })
  model.pass()
  expect(model.replicaSet(V1)?.spec.replicas).toBeLessThanOrEqual(10)
})

test('what was given up gets no more pods when the stable ReplicaSet has gone', () => {
  const of = { canary: { replicas: 2 }, step: 1, canarySelects: V1, status: { abort: true } }
  expect(scaled(routedCanary(of))).toEqual([])
})

describe('while a person holds a canary', () => {
  const spec = { paused: true }

  test('its users get back the pods that somebody has taken from them', () => {
    const of = { step: 1, weight: 40, spec }
    const model = routedCanary({ ...of, stable: { replicas: 0 }, canary: { replicas: 0 } })
    expect(scaled(model)).toEqual([
      'scale ReplicaSet demo-v1 from 0 to 3',
      'scale ReplicaSet demo-v2 from 0 to 2',
    ])
    const basic = basicCanary({ spec, stable: { replicas: 0 }, canary: { replicas: 1 } })
    expect(scaled(basic)).toEqual(['scale ReplicaSet demo-v1 from 0 to 3'])
  })

  test('it goes back from an undo all the same', () => {
    const of = { image: V1, stable: { replicas: 2 }, canary: { replicas: 2 }, replicas: 4, weight: 50, spec }
    const model = routedCanary({ ...of, strategy: { dynamicStableScale: true } })
    model.pass()
    expect(model.replicaSet(V1)?.spec.replicas).toBe(4)
  })

  test('it goes back from an abort all the same', () => {
    const of = { stable: { replicas: 1 }, canary: { replicas: 4 }, spec, status: { abort: true } }
    const model = routedCanary({ ...of, step: 2, weight: 80, strategy: { dynamicStableScale: true } })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v1 from 1 to 5'])
    expect(scaled(basicCanary(of))).toEqual(['scale ReplicaSet demo-v1 from 1 to 3'])
  })
})

test('a stable side that somebody has emptied keeps the pod of its Service, as far as the surge allows', () => {
  const of = {
    replicas: 2,
    stable: { replicas: 0 },
    steps: [{ setWeight: 100 }, { pause: {} }],
    step: 1,
    strategy: { stableService: 'stable', canaryService: 'canary', maxSurge: 1, maxUnavailable: 0 },
  }
  const emptied = (pods: number) => {
    const model = basicCanary({ ...of, canary: { replicas: pods } })
    model.put(aService('stable', hashOf(V1)))
    model.put(aService('canary', hashOf(V2)))
    return model
  }
  expect(scaled(emptied(2))).toEqual(['scale ReplicaSet demo-v1 from 0 to 1'])
  expect(scaled(emptied(3))).toEqual(['scale ReplicaSet demo-v2 from 3 to 2'])
})

test.each([
  [
    'behind a router gets them back',
    routedCanary({ stable: { replicas: 0 }, spec: { minReadySeconds: -1 } }),
    5,
  ],
  [
    'gets as many as others leave room for',
    basicCanary({ stable: { replicas: 0 }, canary: { replicas: 1 }, spec: { minReadySeconds: -1 } }),
    4,
  ],
])('with a mistake in the spec a stable revision whose pods somebody has taken %s', (_, model, pods) => {
  expect(scaled(model)).toEqual([`scale ReplicaSet demo-v1 from 0 to ${pods}`])
})

describe('old pods', () => {
  test('stay until enough others are available, and that is told', () => {
    const model = routedCanary({
      older: { replicas: 3 },
      stable: { replicas: 5, available: 1 },
      canary: { replicas: 2, available: 1 },
      strategy: { maxUnavailable: 0 },
    })
    expect(scaled(model)).toEqual([])
    expect(awaited(model)).toContain('available pods, before old ones may go')
    becomes(model, V1, { replicas: 5 })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v0 from 3 to 0'])
  })

  test('stay in the pass in which a recorded weight still names them', () => {
    const model = routedCanary({
      older: { replicas: 2 },
      stable: { replicas: 5 },
      canary: { replicas: 2 },
      step: 1,
      weight: 40,
      weighs: V0,
    })
    expect(scaled(model)).toEqual([])
    model.pass()
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v0 from 2 to 0'])
  })

  test('keep their deadline when an undo with a mistake in the spec has left them to the status alone', () => {
    const left = { stable: { replicas: 5 }, canary: { replicas: 2, deadline: NOW + 5000 }, canarySelects: V1 }
    const status = { currentPodHash: hashOf(V2) }
    const model = routedCanary({ ...left, image: V1, weighs: V1, spec: { minReadySeconds: -1 }, status })
    expect(whys(model)).toEqual([])
  })

  test.each([
    ['a person holds the Rollout', { spec: { paused: true }, status: { abort: true } }],
    ['the spec has a mistake', { spec: { minReadySeconds: -1 } }],
    ['stable has to grow first', { stable: { replicas: 3 } }],
  ])('lose a deadline of an earlier time with the users that somebody sent to them, while %s', (_, of) => {
    const pods = { replicas: 2, deadline: NOW + 5000 }
    const model = routedCanary({
      older: pods,
      stable: { replicas: 5 },
      canary: pods,
      canarySelects: V1,
      stableSelects: V2,
      ...of,
    })
    model.put(aService('canary', hashOf(V0)))
    expect(whys(model)).toContain('take the scale-down deadline off ReplicaSet demo-v2')
    model.put(aService('stable', hashOf(V0)))
    expect(whys(model)).toContain('take the scale-down deadline off ReplicaSet demo-v0')
  })

  test.each([{ replicas: 0 }, { replicas: 0, deadline: NOW - 5000 }])(
    'of a canary that was replaced go at once, whatever deadline an empty ReplicaSet still has: %j',
    older => {
      const strategy = { scaleDownDelaySeconds: 3600 }
      const of = { older, stable: { replicas: 5 }, canary: { replicas: 2 }, weight: 40, strategy, step: 1 }
      const model = routedCanary(of)
      const rollout = model.rollout()
      model.put({ ...rollout, spec: { ...rollout.spec, template: template('demo:v3') } } as never)
      rest(model)
      expect(model.replicaSet(V2)?.spec.replicas).toBe(0)
    },
  )

  test('without a router go as far as the pods that stay allow, and none that is to end is one', () => {
    const model = basicCanary({
      older: { replicas: 2 },
      stable: { replicas: 0, available: 3 },
      canary: { replicas: 5, available: 3 },
    })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v0 from 2 to 1'])
  })

  test('without a router hold the step up while they get traffic', () => {
    const model = basicCanary({
      older: { replicas: 1 },
      stable: { replicas: 3 },
      canary: { replicas: 2 },
    })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v0 from 1 to 0'])
    expect(awaited(model)).toContain('pods of older revisions to end')
    const early = basicCanary({
      older: { replicas: 2, available: 0 },
      stable: { replicas: 5 },
      canary: { replicas: 0 },
    })
    expect(awaited(early)).toContain('pods of older revisions to end')
    expect(reported(model).currentStepIndex).toBe(0)
    becomes(model, V0, { replicas: 0 })
    expect(reported(model).currentStepIndex).toBe(1)
  })
})

test('aborted pods that never came make room for stable ones, while older pods wait for those', () => {
  const model = basicCanary({
    replicas: 4,
    older: { replicas: 2 },
    stable: { replicas: 2 },
    canary: { replicas: 1, available: 0 },
    strategy: { maxSurge: 1, maxUnavailable: 0 },
    status: { abort: true },
  })
  expect(scaled(model)).toEqual(['scale ReplicaSet demo-v2 from 1 to 0'])
  becomes(model, V2, { replicas: 0 })
  expect(scaled(model)).toEqual(['scale ReplicaSet demo-v1 from 2 to 3'])
  becomes(model, V1, { replicas: 3 })
  expect(scaled(model)).toEqual(['scale ReplicaSet demo-v0 from 2 to 1'])
})

describe('with a mistake in the spec a revision that is not made', () => {
  const replaced = (abort: boolean) => {
    const model = basicCanary({
      image: 'demo:v3',
      replicas: 3,
      stable: { replicas: 1 },
      canary: { replicas: 3 },
      steps: [{ setCanaryScale: { replicas: 1 } }],
      strategy: { stableService: 'stable', canaryService: 'canary', maxSurge: 1, maxUnavailable: 0 },
      status: { currentPodHash: hashOf(V2), abort },
    })
    model.put(aService('stable', hashOf(V1)))
    model.put(aService('canary', hashOf(V2)))
    return model
  }

  test('makes no stable pod beside those that take the surge, though a Service keeps one of them', () => {
    expect(scaled(replaced(false))).toEqual([])
  })

  test('and is an old one again leaves stable within the surge', () => {
    const model = basicCanary({
      image: V0,
      replicas: 2,
      older: { replicas: 0 },
      stable: { replicas: 1 },
      canary: { replicas: 2 },
      steps: [{ pause: {} }, { setCanaryScale: { replicas: 0 } }],
      step: 1,
      strategy: { stableService: 'stable', canaryService: 'canary', maxSurge: 1, maxUnavailable: 0 },
      status: { currentPodHash: hashOf(V2) },
    })
    model.put(aService('stable', hashOf(V1)))
    model.put(aService('canary', hashOf(V2)))
    expect(scaled(model)).toEqual([])
  })

  test('is aborted within the surge, down to the pod that its Service keeps', () => {
    const model = replaced(true)
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v2 from 3 to 2'])
    becomes(model, V2, { replicas: 2 })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v1 from 1 to 2'])
    becomes(model, V1, { replicas: 2 })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v2 from 2 to 1'])
    becomes(model, V2, { replicas: 1 })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v1 from 2 to 3'])
  })
})

test('stable keeps the pods that carry everybody, though a smaller share is asked of it', () => {
  const model = routedCanary({
    stable: { replicas: 5 },
    canary: { replicas: 2, available: 0 },
    step: 1,
    weight: 40,
    canarySelects: V1,
    strategy: { dynamicStableScale: true },
  })
  expect(scaled(model)).toEqual([])
})

test.each([{}, { dynamicStableScale: true }])(
  'broken pods of a canary that was replaced go, though the stable side misses pods: %j',
  strategy => {
    const pods = { stable: { replicas: 10, available: 7 }, older: { replicas: 3, available: 1 } }
    const model = routedCanary({ replicas: 10, ...pods, canary: { replicas: 4, available: 0 }, strategy })
    expect(scaled(model)).toEqual(['scale ReplicaSet demo-v0 from 3 to 1'])
    expect(awaited(model)).toContain('available pods, before old ones may go')
    const used = routedCanary({
      replicas: 10,
      ...pods,
      canary: { replicas: 4, available: 0 },
      strategy,
      canarySelects: V0,
    })
    expect(scaled(used)).toEqual([])
  },
)

test.each<[CanaryStep, number]>([
  [{ setCanaryScale: { replicas: 1 } }, 5],
  [{ setWeight: 20 }, 4],
])(
  'an undo just after a full promotion at %j takes no pods from users whom the stable subset leads to them',
  (step, pods) => {
    const alone = { stableService: undefined, canaryService: undefined } as object
    const model = bySubsets({ ...alone, steps: [step, { pause: {} }] })
    model.put({ ...model.rollout(), status: { ...model.rollout().status, promoteFull: true } } as never)
    for (let n = 0; n < 30 && model.rollout().status?.stableRS !== hashOf(V2); n++) {
      model.pass()
      model.pods()
    }
    edit(model, { template: template(V1) })
    becomes(model, V2, { replicas: 5, available: 0 })
    for (let n = 0; n < 8; n++) model.pass()
    expect(subsetHashes(model)['stable']).toBe(hashOf(V1))
    expect(podsOf(model)).toEqual([pods, 5])
  },
)

test('pods of an old revision to which a hand has led the stable subset back stay after their delay', () => {
  const alone = { stableService: undefined, canaryService: undefined } as object
  const model = bySubsets({ ...alone, maxUnavailable: 1 })
  model.put({ ...model.rollout(), status: { ...model.rollout().status, promoteFull: true } } as never)
  rest(model)
  expect(subsetHashes(model)['stable']).toBe(hashOf(V2))
  const rule = model.objects().find(one => one.kind === 'DestinationRule')
  model.put(JSON.parse(JSON.stringify(rule).replace(hashOf(V2), hashOf(V1))) as never)
  becomes(model, V2, { replicas: 5, available: 0 })
  model.pass()
  model.now += 60_000
  for (let n = 0; n < 5; n++) model.pass()
  expect(subsetHashes(model)['stable']).toBe(hashOf(V1))
  expect(podsOf(model)).toEqual([5, 5])
})
