// Which step it is, and which weight holds there.
import { maxTrafficWeight } from '../api/defaults.ts'
import { expect, test } from 'vitest'
import type { CanaryStep, Rollout } from '../api/rollout.ts'
import {
  actionsOf,
  canaryScaleAt,
  currentSetWeight,
  currentStep,
  currentStepIndex,
  headerRoutesAt,
  isAtEnd,
  mirrorRoutesAt,
  positionAt,
  stepText,
  weightAt,
  weightBefore,
} from './steps.ts'

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
  expect([0, 1, 2, 3, 4].map(index => weightAt(positionAt(aRollout(), index)))).toEqual([0, 20, 20, 60, 100])
})

test('without steps, and beyond the last, the canary gets all there is', () => {
  const large = { trafficRouting: { maxTrafficWeight: 1000 } }
  expect(currentSetWeight(aRollout({}, { steps: [] }))).toBe(100)
  expect(currentSetWeight(aRollout({ currentStepIndex: 4 }, large))).toBe(1000)
  expect(maxTrafficWeight(aRollout().spec)).toBe(100)
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

const ROUTED = { trafficRouting: { nginx: { stableIngress: 'main' } } }

test('before a step is fulfilled, the weight before it holds', () => {
  expect([0, 1, 2, 3, 4].map(index => weightBefore(positionAt(aRollout(), index)))).toEqual([
    0, 0, 20, 20, 60,
  ])
})

test('all steps are done beyond the last one, and when there are none', () => {
  expect(isAtEnd(positionAt(aRollout(), 3))).toBe(false)
  expect(isAtEnd(positionAt(aRollout(), 4))).toBe(true)
  expect(isAtEnd(positionAt(aRollout({}, { steps: [] }), 0))).toBe(true)
})

const SCALED = {
  ...ROUTED,
  steps: [
    { setCanaryScale: { replicas: 3 } },
    { setWeight: 10 },
    { setCanaryScale: { weight: 50 } },
    { setCanaryScale: { matchTrafficWeight: true } },
    { setWeight: 80 },
  ],
}

test('an explicit scale holds until it is changed or given back to the weight', () => {
  const scales = [0, 1, 2, 3, 4, 5].map(index => canaryScaleAt(positionAt(aRollout({}, SCALED), index)))
  expect(scales).toEqual([{ replicas: 3 }, { replicas: 3 }, { weight: 50 }, undefined, undefined, undefined])
})

test('header and mirror routes hold from their step on, until a step without match', () => {
  const match = [{ headerName: 'x', headerValue: { exact: 'y' } }]
  const steps = [
    { setHeaderRoute: { name: 'a', match } },
    { setHeaderRoute: { name: 'b', match } },
    { setMirrorRoute: { name: 'm', match: [{ path: { prefix: '/' } }] } },
    { setHeaderRoute: { name: 'a' } },
    { setMirrorRoute: { name: 'm' } },
  ]
  const names = (index: number) => [
    ...headerRoutesAt(positionAt(aRollout({}, { steps }), index)).map(route => route.name),
    ...mirrorRoutesAt(positionAt(aRollout({}, { steps }), index)).map(route => route.name),
  ]
  expect([0, 1, 2, 3, 4].map(names)).toEqual([['a'], ['a', 'b'], ['a', 'b', 'm'], ['b', 'm'], ['b']])
})

test.each<[CanaryStep, string]>([
  [{ setWeight: 20 }, 'setWeight: 20'],
  [{ pause: {} }, 'pause'],
  [{ pause: { duration: '1h' } }, 'pause: 1h'],
  [{ pause: { duration: 10 } }, 'pause: 10'],
  [{ setCanaryScale: { weight: 5 } }, 'setCanaryScale{weight: 5}'],
  [{ setCanaryScale: { matchTrafficWeight: true } }, 'setCanaryScale{matchTrafficWeight: true}'],
  [{ setCanaryScale: { replicas: 3 } }, 'setCanaryScale{replicas: 3}'],
  [{ setHeaderRoute: { name: 'h' } }, 'setHeaderRoute: h'],
  [{ setMirrorRoute: { name: 'm' } }, 'setMirrorRoute: m'],
  [{ plugin: { name: 'org/p' } }, 'plugin: org/p'],
  [{}, 'invalid'],
])('%j is called %s', (step, text) => expect(stepText(step)).toBe(text))

test('a step may hold several actions', () => {
  expect(actionsOf({ setWeight: 20, setCanaryScale: { replicas: 1 } })).toEqual([
    'setCanaryScale',
    'setWeight',
  ])
  expect(actionsOf({ setWeight: 20 })).toEqual(['setWeight'])
  expect(actionsOf({})).toEqual([])
})
