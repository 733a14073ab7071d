// Which step it is, and which weight holds there.
import { expect, test } from 'vitest'
import type { Rollout } from '../api/rollout.ts'
import { currentSetWeight, currentStep, currentStepIndex, maxTrafficWeight, weightAt } from './steps.ts'

function aRollout(status: Rollout['status'] = {}, canary: object = {}): Rollout {
  const steps = [{ pause: {} }, { setWeight: 20 }, { pause: {} }, { setWeight: 60 }]
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'guestbook' },
    spec: { strategy: { canary: { steps, ...canary } } },
    status,
  }
}

test('the weight is that of the nearest setWeight at or before the step', () => {
  expect([0, 1, 2, 3, 4].map(index => weightAt(aRollout(), index))).toEqual([0, 20, 20, 60, 100])
})

test('without steps, and beyond the last, the canary gets all there is', () => {
  const large = { trafficRouting: { maxTrafficWeight: 1000 } }
  expect(currentSetWeight(aRollout({}, { steps: [] }))).toBe(100)
  expect(currentSetWeight(aRollout({ currentStepIndex: 4 }, large))).toBe(1000)
  expect(maxTrafficWeight(aRollout())).toBe(100)
})

test('an aborted canary should get nothing', () => {
  expect(currentSetWeight(aRollout({ currentStepIndex: 3, abort: true }))).toBe(0)
})

test('before the controller counts, it is the first step', () => {
  expect(currentStepIndex(aRollout())).toBe(0)
  expect(currentStep(aRollout({ currentStepIndex: 1 }))).toEqual({ setWeight: 20 })
  expect(currentStep(aRollout({ currentStepIndex: 4 }))).toBeUndefined()
  expect(currentStepIndex(aRollout({}, { steps: [] }))).toBeUndefined()
})
