// When a step of a canary is done, as stories: all that it holds must be, and a pause shows what it is to show.
import { expect, test } from 'vitest'
import { awaited, becomes, reported, routedCanary, V1 } from './canary.suite.ts'

test('a step that holds a scale and a weight is not left before the weight stands', () => {
  const steps = [{ setCanaryScale: { replicas: 5 }, setWeight: 50 }, { pause: {} }]
  const pods = { stable: { replicas: 10, available: 4 }, canary: { replicas: 5 } }
  const model = routedCanary({ replicas: 10, ...pods, steps })
  expect(reported(model).currentStepIndex).toBe(0)
  becomes(model, V1, { replicas: 10 })
  model.pass()
  expect(model.weight()).toBe(50)
  expect(reported(model).currentStepIndex).toBe(1)
})

test('a pause begins where its weight stands, though a stable pod is missing', () => {
  const steps = [{ setCanaryScale: { replicas: 1 } }, { pause: { duration: '1m' } }, { setWeight: 20 }]
  const pods = { stable: { replicas: 10, available: 9 }, canary: { replicas: 1 } }
  const strategy = { dynamicStableScale: true }
  const model = routedCanary({ replicas: 10, ...pods, steps, step: 1, weight: 0, strategy })
  expect(reported(model).pauseConditions).toHaveLength(1)
})

test('a pause does not begin before the weight of its step stands', () => {
  const steps = [{ pause: { duration: '1m' } }, { setWeight: 90 }]
  const pods = { stable: { replicas: 10, available: 9 }, canary: { replicas: 8 } }
  const model = routedCanary({ replicas: 10, ...pods, steps, weight: 80 })
  expect(awaited(model)).toContain('pods of ReplicaSet demo-v1: 9 of 10 available')
  expect(reported(model).pauseConditions ?? []).toEqual([])
  becomes(model, V1, { replicas: 10 })
  model.pass()
  expect(model.weight()).toBe(0)
  expect(reported(model).pauseConditions).toHaveLength(1)
})
