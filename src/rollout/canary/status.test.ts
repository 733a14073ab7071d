// What a canary reports, as stories: its step, its weights, and when the new revision is promoted.
import { describe, expect, test } from 'vitest'
import { hashOf, NOW } from '../model.suite.ts'
import { awaited, basicCanary, becomes, reported, routedCanary, V1, V2 } from './canary.suite.ts'

const [H1, H2] = [hashOf(V1), hashOf(V2)]
const waiting = {
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep' as const, startTime: '2026-08-01T11:59:55Z' }],
}

test.each([
  ['skipped everything', { promoteFull: true }, {}],
  ['went back within the window', {}, { rollbackWindow: { revisions: 3 } }],
])('who %s has no revision promoted whose pods are all on their way out', (_, status, spec) => {
  const model = basicCanary({
    stable: { replicas: 5 },
    canary: { replicas: 0, available: 5 },
    step: 1,
    status,
    spec,
  })
  const set = model.replicaSet(V2)
  const creationTimestamp = '2026-08-01T10:00:00Z'
  model.put({ ...set, metadata: { ...set?.metadata, creationTimestamp } } as never)
  expect(reported(model).stableRS).toBe(H1)
})

describe('a step', () => {
  const pods = { stable: { replicas: 5 }, canary: { replicas: 2 } }

  test('that is a pause says so, and since when', () => {
    const model = routedCanary({ ...pods, step: 1, weight: 40, status: waiting })
    expect(model.decide().waits).toContainEqual({
      for: 'pause of step 2',
      since: NOW - 5000,
      cure: 'Promote, or abort.',
    })
  })

  test('that is a timed pause ends to the second', () => {
    const steps = [{ setWeight: 40 }, { pause: { duration: 10 } }, { pause: {} }]
    const model = routedCanary({ ...pods, steps, step: 1, weight: 40, status: waiting })
    expect(reported(model).currentStepIndex).toBe(1)
    model.now += 4999
    expect(reported(model).currentStepIndex).toBe(1)
    model.now += 1
    expect(reported(model).currentStepIndex).toBe(2)
  })

  test('that is a timed pause goes on while a person holds the Rollout', () => {
    const model = routedCanary({ ...pods, step: 1, weight: 40, status: waiting, spec: { paused: true } })
    expect(reported(model).pauseConditions).toEqual(waiting.pauseConditions)
  })

  test.each([
    [0, false],
    [1, true],
  ])(
    '%i: an answer that nobody has asked for is kept for the pause at which it came alone',
    (step, isKept) => {
      const paused = { paused: true }
      const status = { controllerPause: true, pauseConditions: [] }
      const model = routedCanary({ ...pods, step, weight: 40, status, spec: paused })
      expect(reported(model).controllerPause === true).toBe(isKept)
    },
  )

  test('is not done while a person holds the Rollout', () => {
    const model = routedCanary({ ...pods, spec: { paused: true } })
    expect(awaited(model)).toContain('somebody to unpause it (spec.paused)')
    expect(reported(model).currentStepIndex).toBe(0)
  })

  test('is not done while an inconclusive analysis waits for somebody to judge it', () => {
    const pauseConditions = [
      { reason: 'InconclusiveAnalysisRun' as const, startTime: '2026-08-01T11:59:55Z' },
    ]
    const model = routedCanary({ ...pods, status: { controllerPause: true, pauseConditions } })
    expect(awaited(model)).toContain('somebody to judge an inconclusive analysis')
    expect(reported(model).currentStepIndex).toBe(0)
  })
})

describe('weights', () => {
  test('are what is read when no route can be written', () => {
    const model = routedCanary({
      stable: { replicas: 5, available: 1 },
      canary: { replicas: 3 },
      step: 1,
      weight: 40,
      routed: 60,
    })
    expect(model.decide().writes).toEqual([])
    expect(reported(model).canary?.weights).toMatchObject({ canary: { weight: 60 }, stable: { weight: 40 } })
  })
})

describe('the new revision is promoted', () => {
  const steps = [{ setWeight: 80 }]
  const done = { stable: { replicas: 5 }, steps, step: 1, weight: 100 }

  test('when all steps are done', () => {
    const model = routedCanary({ ...done, canary: { replicas: 5 } })
    expect(reported(model).stableRS).toBe(H2)
  })

  test('not while a person holds the Rollout', () => {
    const model = routedCanary({ ...done, canary: { replicas: 5 }, spec: { paused: true } })
    expect(reported(model).stableRS).toBe(H1)
  })

  test('not before all its pods are there', () => {
    const model = routedCanary({ ...done, canary: { replicas: 5, available: 4 } })
    expect(reported(model).stableRS).toBe(H1)
    becomes(model, V2, { replicas: 5 })
    expect(reported(model).stableRS).toBe(H2)
  })

  test('not before it has all weight', () => {
    const strategy = { replicaProgressThreshold: { type: 'Percent', value: 80 } as const }
    const canary = { replicas: 5, available: 4 }
    const model = routedCanary({ ...done, canary, strategy, weight: 80, canarySelects: null })
    expect(reported(model).stableRS).toBe(H1)
    becomes(model, V2, { replicas: 5 })
    expect(reported(model).stableRS).toBe(H2)
  })
})
