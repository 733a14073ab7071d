// What the size of a canary follows.
import { expect, test } from 'vitest'
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { Story } from '../story.ts'
import { awaited, routedCanary } from './canary.suite.ts'
import { wantedCanaryScale } from './scale.ts'

const strategy: CanaryStrategy = {
  trafficRouting: { nginx: { stableIngress: 'main' } },
  steps: [
    { setCanaryScale: { replicas: 3 } },
    { setWeight: 10 },
    { setCanaryScale: { weight: 50 } },
    { setCanaryScale: { matchTrafficWeight: true } },
    { setWeight: 80 },
  ],
}

function scaleAt(index: number, more: Partial<Story> = {}, changed: Partial<CanaryStrategy> = {}) {
  const whole = { ...strategy, ...changed }
  const position = { steps: whole.steps ?? [], index, maxWeight: 100 }
  return wantedCanaryScale({ position, ...more } as Story, whole)
}

test('the canary is sized by its scale, else by its weight', () => {
  expect([0, 1, 2, 3, 4].map(index => scaleAt(index))).toEqual([
    { replicas: 3 },
    { replicas: 3 },
    { weight: 50 },
    { weight: 10 },
    { weight: 80 },
  ])
})

test('an explicit scale means nothing without trafficRouting', () => {
  expect(scaleAt(1, {}, { trafficRouting: undefined } as never)).toEqual({ weight: 10 })
})

test('a canary that is promoted, first or stable gets everything', () => {
  const all = { weight: 100 }
  expect(scaleAt(1, { isFull: true })).toEqual(all)
  expect(scaleAt(1, { isFirst: true })).toEqual(all)
  expect(scaleAt(1, { isPromoted: true })).toEqual(all)
})

test('an aborted canary keeps its scale only where its delay is 0', () => {
  expect(scaleAt(0, { isAborted: true })).toEqual({ weight: 0 })
  expect(scaleAt(0, { isAborted: true }, { abortScaleDownDelaySeconds: 0 })).toEqual({ replicas: 3 })
})

test('pods of what was given up say for which stable pods they wait', () => {
  const status = { abort: true, abortedAt: '2026-08-01T11:59:50Z' }
  const of = { canary: { replicas: 2 }, canarySelects: 'demo:v1', status }
  const waits = (available: number) =>
    awaited(routedCanary({ ...of, stable: { replicas: 5, available } })).filter(one => one.startsWith('pods'))
  expect(waits(4)).toEqual(['pods of ReplicaSet demo-v1: 4 of 5 available'])
  expect(waits(5)).toEqual([])
})
