// `spec.replicas` changes while somebody holds a canary without a router: pods are users, and their share stays.
import { expect, test } from 'vitest'
import type { CanaryStep, RolloutStatus } from '../../api/rollout.ts'
import { NOW, rest } from '../model.suite.ts'
import type { Model } from '../model.suite.ts'
import { basicCanary, routedCanary, V1, V2 } from './canary.suite.ts'

const paused = { paused: true }
const unclear: RolloutStatus = {
  controllerPause: true,
  pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-08-01T11:59:00Z' }],
}
const STEPS: readonly CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 80 }, { pause: {} }]

function scaled(model: Model, ...sizes: readonly number[]): readonly (number | undefined)[] {
  rest(model)
  for (const replicas of sizes) {
    const rollout = model.rollout()
    model.put({ ...rollout, spec: { ...rollout.spec, replicas } } as never)
    rest(model)
  }
  return [V1, V2].map(image => model.replicaSet(image)?.spec.replicas)
}

test('nobody comes to a version that had no pod yet', () => {
  const of = { replicas: 10, stable: { replicas: 10 }, canary: { replicas: 0 }, spec: paused }
  expect(scaled(basicCanary({ ...of, steps: STEPS }), 20)).toEqual([20, 0])
  expect(scaled(basicCanary({ ...of, steps: [] }), 11, 12, 13, 14)).toEqual([14, 0])
  expect(scaled(basicCanary({ ...of, steps: STEPS }), 0, 10)).toEqual([10, 0])
})

test('both sides follow at the share that they have, whatever the next step asks for', () => {
  const of = { replicas: 10, stable: { replicas: 8 }, canary: { replicas: 2 }, step: 2, steps: STEPS }
  expect(scaled(basicCanary({ ...of, spec: paused }), 20)).toEqual([16, 4])
  expect(scaled(basicCanary({ ...of, status: unclear }), 20)).toEqual([16, 4])
})

test.each([
  ['without a router', basicCanary],
  ['with one', routedCanary],
])('the deadline of an older time goes, %s: pods that an abort gives up have theirs', (_, canary) => {
  const pods = { replicas: 2, deadline: NOW - 60_000 }
  const model = canary({ replicas: 5, stable: { replicas: 5 }, canary: pods, step: 0, spec: paused })
  rest(model)
  expect(model.replicaSet(V2)).toMatchObject({ spec: { replicas: 2 } })
  expect(model.replicaSet(V2)?.metadata.annotations).not.toHaveProperty('scale-down-deadline')
})
