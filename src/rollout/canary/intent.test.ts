// What share of the traffic a canary gets, as stories: weight only goes to pods that are there, and comes back first.
import { describe, expect, test } from 'vitest'
import { rest } from '../model.suite.ts'
import { awaited, becomes, reported, routedCanary, V0, V1, V2, whys } from './canary.suite.ts'

const weightTo = (weight: number) => `set the weight of canary Ingress demo-demo-canary to ${weight}`

describe('a weight is raised', () => {
  test('when the stable pods can carry the rest, and the step waits for that', () => {
    const model = routedCanary({ stable: { replicas: 5, available: 2 }, canary: { replicas: 2 } })
    expect(whys(model)).toEqual([])
    expect(awaited(model)).toContain('pods of ReplicaSet demo-v1: 2 of 3 available')
    expect(reported(model).currentStepIndex).toBe(0)
    becomes(model, V1, { replicas: 5, available: 3 })
    expect(whys(model)).toEqual([weightTo(40)])
    expect(reported(model).currentStepIndex).toBe(1)
  })

  test('when the canary pods are there', () => {
    const model = routedCanary({ stable: { replicas: 5 }, canary: { replicas: 2, available: 1 } })
    expect(whys(model)).toEqual([weightTo(0)])
    becomes(model, V2, { replicas: 2 })
    expect(whys(model)).toEqual([weightTo(40)])
  })

  test('when the stable side has its size', () => {
    const model = routedCanary({ stable: { replicas: 4 }, canary: { replicas: 2 } })
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v1 from 4 to 5'])
    expect(awaited(model)).toContain('the stable ReplicaSet to have 5 pods (it has 4)')
  })

  test('when the canary Service selects the new revision', () => {
    const steps = [{ setWeight: 60 }, { pause: {} }]
    const strategy = { replicaProgressThreshold: { type: 'Pods', value: 2 } as const }
    const canary = { replicas: 3, available: 2 }
    const model = routedCanary({ stable: { replicas: 5 }, canary, steps, strategy, canarySelects: null })
    expect(whys(model)).toEqual([weightTo(0)])
    expect(awaited(model)).toContain('pods of ReplicaSet demo-v2: 2 of 3 available')
    becomes(model, V2, { replicas: 3 })
    expect(whys(model)).toEqual(['switch service canary to v2', weightTo(60)])
  })

  test('when the stable Service selects the stable revision', () => {
    const stable = { replicas: 5, available: 4 }
    const model = routedCanary({ stable, canary: { replicas: 2 }, stableSelects: null })
    expect(whys(model)).toEqual([])
    becomes(model, V1, { replicas: 5 })
    expect(whys(model)).toEqual(['switch service stable to v1', weightTo(40)])
  })
})

describe('a canary that a step wants no pod of', () => {
  const none = [{ setCanaryScale: { replicas: 0 } }, { setCanaryScale: { weight: 0 } }]

  test.each(none)('gives its weight back before its pods go: %j', step => {
    const steps = [{ setWeight: 40 }, step, { pause: {} }]
    const model = routedCanary({
      stable: { replicas: 5 },
      canary: { replicas: 2 },
      steps,
      step: 1,
      weight: 40,
    })
    expect(whys(model)).toEqual([weightTo(0)])
    model.pass()
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v2 from 2 to 0'])
  })

  test('has its Service not moved to its pods, which are about to go', () => {
    const steps = [{ setWeight: 40 }, { setCanaryScale: { replicas: 0 } }, { pause: {} }]
    const of = { stable: { replicas: 5 }, canary: { replicas: 2 }, steps, step: 1, weight: 40 }
    const model = routedCanary({ ...of, canarySelects: V1 })
    expect(whys(model).filter(why => why.startsWith('switch'))).toEqual([])
  })

  test('is done when its pods are gone, not with its weight', () => {
    const steps = [{ setWeight: 40 }, { setCanaryScale: { replicas: 0 } }, { pause: {} }]
    const of = { stable: { replicas: 5 }, canary: { replicas: 2 }, steps, step: 1 }
    expect(reported(routedCanary({ ...of, weight: 40 })).currentStepIndex).toBe(1)
    expect(reported(routedCanary({ ...of, canary: { replicas: 0 } })).currentStepIndex).toBe(2)
  })

  test.each(none)('has its pods taken when the stable ones can carry all: %j', step => {
    const steps = [{ setWeight: 40 }, step, { pause: {} }]
    const stable = { replicas: 5, available: 4 }
    const model = routedCanary({ stable, canary: { replicas: 2 }, steps, step: 1, weight: 40 })
    expect(whys(model)).toEqual([])
    becomes(model, V1, { replicas: 5 })
    expect(whys(model)).toEqual([weightTo(0)])
  })

  test.each(none)('passes the steps that ask for a weight without one: %j', step => {
    const steps = [step, { setWeight: 40 }, { pause: {} }]
    const model = routedCanary({ stable: { replicas: 5 }, canary: { replicas: 0 }, steps, step: 1 })
    expect(whys(model).filter(why => why !== weightTo(0))).toEqual([])
    expect(reported(model).currentStepIndex).toBe(2)
  })
})

describe('a weight is lowered', () => {
  test('at once, whatever the pods do', () => {
    const steps = [{ setWeight: 80 }, { setWeight: 20 }, { pause: {} }]
    const canary = { replicas: 4, available: 3 }
    const model = routedCanary({ stable: { replicas: 5 }, canary, steps, step: 1, weight: 80 })
    expect(whys(model)).toContain(weightTo(20))
  })

  test('to nothing when no canary pod is left', () => {
    const canary = { replicas: 2, available: 0 }
    const model = routedCanary({ stable: { replicas: 5 }, canary, step: 1, weight: 40 })
    expect(whys(model)).toContain(weightTo(0))
  })
})

describe('a route that was moved by hand', () => {
  test('is put back to what is recorded, not to more', () => {
    const canary = { replicas: 3, available: 2 }
    const model = routedCanary({ stable: { replicas: 5 }, canary, step: 2, weight: 20, routed: 60 })
    expect(whys(model)).toContain(weightTo(20))
  })

  test('downwards is not raised again before the pods are there', () => {
    const canary = { replicas: 4, available: 2 }
    const model = routedCanary({ stable: { replicas: 5 }, canary, step: 2, weight: 40, routed: 20 })
    expect(whys(model)).toEqual([])
    expect(reported(model).canary?.weights).toMatchObject({ canary: { weight: 20 }, stable: { weight: 80 } })
  })
})

test('an undo gives users back to a stable side that misses a pod', () => {
  const of = { image: V1, stable: { replicas: 5, available: 4 }, canary: { replicas: 3 }, weight: 50 }
  expect(whys(routedCanary(of))).toContain('set the weight of canary Ingress demo-demo-canary to 0')
})

describe('with dynamicStableScale', () => {
  const strategy = { dynamicStableScale: true }

  test('an abort gives the weight back step by step, as stable pods come', () => {
    const steps = [{ setWeight: 20 }, { setWeight: 60 }, { pause: {} }]
    const model = routedCanary({
      replicas: 10,
      stable: { replicas: 10, available: 4 },
      canary: { replicas: 6 },
      steps,
      weight: 60,
      strategy,
      status: { abort: true },
    })
    expect(whys(model)).toEqual([])
    becomes(model, V1, { replicas: 10, available: 8 })
    expect(whys(model)).toEqual([weightTo(20)])
  })

  test('a step gives a weight back that is less than the scale of the canary', () => {
    const steps = [{ setWeight: 80 }, { setCanaryScale: { weight: 80 } }, { setWeight: 20 }, { pause: {} }]
    const of = { stable: { replicas: 1 }, canary: { replicas: 4 }, steps, step: 2, weight: 80, strategy }
    const model = routedCanary(of)
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v1 from 1 to 4'])
    becomes(model, V1, { replicas: 4 })
    expect(whys(model)).toContain(weightTo(20))
  })

  test('an undo keeps the weight until all stable pods are there, though fewer would do for a step', () => {
    const model = routedCanary({
      image: V1,
      stable: { replicas: 5, available: 3 },
      canary: { replicas: 2 },
      weight: 40,
      strategy: { ...strategy, replicaProgressThreshold: { type: 'Percent', value: 60 } },
    })
    expect(whys(model)).not.toContain(weightTo(0))
    becomes(model, V1, { replicas: 5 })
    expect(whys(model)).toContain(weightTo(0))
  })

  test('an undo, or an abort, ends though one stable pod never comes; what it waits for is told', () => {
    const of = { replicas: 10, canary: { replicas: 5 }, weight: 50, strategy, step: 1 }
    const ways = [{ image: V1 }, { status: { abort: true } }]
    for (const way of ways) {
      const early = routedCanary({ ...of, ...way, stable: { replicas: 10, available: 6 } })
      expect(whys(early)).not.toContain(weightTo(0))
      expect(awaited(early).join()).toContain('pods of ReplicaSet demo-v1: 6 of')
      const model = routedCanary({ ...of, ...way, stable: { replicas: 10, available: 9 } })
      rest(model)
      expect(model.weight()).toBe(0)
    }
  })

  test('an undo is not Healthy while users are with what was undone', () => {
    const stable = { replicas: 10, available: 6 }
    const model = routedCanary({
      replicas: 10,
      image: V1,
      canary: { replicas: 5 },
      weight: 50,
      stable,
      strategy,
    })
    model.pass()
    expect(reported(model)).toMatchObject({
      phase: 'Progressing',
      canary: { weights: { canary: { weight: 50 } } },
    })
  })

  test('a full promotion gives as much as the new pods can carry', () => {
    const model = routedCanary({
      replicas: 4,
      stable: { replicas: 4 },
      canary: { replicas: 4, available: 2 },
      strategy,
      status: { promoteFull: true },
    })
    expect(whys(model)).toContain(weightTo(50))
  })
})

test.each([
  ['by a person', { paused: true }, {}],
  [
    'by an analysis that can not tell',
    {},
    { pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-08-01T12:00:00Z' }] },
  ],
])('no weight is raised while the canary is held %s', (_, spec, status) => {
  const of = { stable: { replicas: 5 }, canary: { replicas: 4 }, weight: 40, routed: 40, step: 2 } as const
  expect(whys(routedCanary(of))).toContain(weightTo(80))
  const held = { ...of, spec, status } as never as typeof of
  expect(whys(routedCanary(held))).toEqual([])
  expect(whys(routedCanary({ ...held, routed: 0 } as never))).toContain(weightTo(40))
})

test('with a mistake in the spec a weight that a hand has raised goes back to what was given last', () => {
  const spec = { minReadySeconds: -1 }
  const of = { stable: { replicas: 5 }, canary: { replicas: 5 }, weight: 20, spec }
  const raised = routedCanary({ ...of, step: 2, routed: 100 })
  expect(whys(raised)).toEqual([weightTo(20)])
  const lowered = routedCanary({ ...of, step: 2, routed: 10 })
  expect(whys(lowered)).toEqual([])
})

test('a weight that a hand has raised goes back to what was given last as long as stable can carry no more', () => {
  const steps = [{ setWeight: 10 }, { pause: {} }]
  const of = { stable: { replicas: 3 }, canary: { replicas: 2 }, weight: 40, routed: 100, steps }
  const spec = { paused: true }
  const strategy = { dynamicStableScale: true }
  expect(whys(routedCanary({ ...of, spec, strategy }))).toContain(weightTo(40))
  const stable = { replicas: 2 }
  expect(whys(routedCanary({ ...of, stable, spec, strategy }))).not.toContain(weightTo(40))
})

test.each([
  ['', {}],
  [', also while a person holds the canary', { paused: true }],
])('when somebody has deleted the stable ReplicaSet the first new pod gets all users%s', (_, spec) => {
  const of = { canary: { replicas: 5, available: 1 }, weight: 40, spec }
  expect(whys(routedCanary(of))).toContain(weightTo(100))
  expect(whys(routedCanary({ ...of, canary: { replicas: 5, available: 0 } }))).not.toContain(weightTo(100))
})

const halved = { replicas: 20, stable: { replicas: 20, available: 10 }, weight: 50, step: 1 }

test.each([{}, { abort: true }])(
  'from a canary without pods users go to whatever stable pods there are: %j',
  status => {
    const of = { ...halved, status }
    expect(whys(routedCanary({ ...of, canary: { replicas: 10, available: 0 } }))).toContain(weightTo(0))
    expect(whys(routedCanary({ ...of, canary: { replicas: 10, available: 6 } }))).not.toContain(weightTo(0))
  },
)

test('an abort takes users from canary pods that carry more each than the stable ones will', () => {
  const broken = { ...halved, canary: { replicas: 10, available: 5 } }
  expect(whys(routedCanary({ ...broken, status: { abort: true } }))).toContain(weightTo(0))
  expect(whys(routedCanary(broken))).not.toContain(weightTo(0))
})

test.each([{}, { dynamicStableScale: true }])(
  'users of a canary that another image has replaced go back though a stable pod is missing: %j',
  strategy => {
    const model = routedCanary({
      replicas: 10,
      older: { replicas: 8, available: 1 },
      stable: { replicas: 10, available: 9 },
      canary: { replicas: 0 },
      weight: 80,
      weighs: V0,
      canarySelects: V0,
      strategy,
    })
    expect(whys(model)).toContain(weightTo(0))
  },
)

test('dynamicStableScale: the stable side grows for the users of a canary that another image has replaced', () => {
  const model = routedCanary({
    replicas: 10,
    older: { replicas: 8 },
    stable: { replicas: 2 },
    canary: { replicas: 0 },
    steps: [{ setWeight: 10 }, { pause: {} }],
    weight: 80,
    weighs: V0,
    canarySelects: V0,
    strategy: { dynamicStableScale: true },
  })
  expect(whys(model)).toContain('scale ReplicaSet demo-v1 from 2 to 10')
})
