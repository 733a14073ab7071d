// When a blue/green revision becomes the stable one, and what is told of the active Service, as stories.
import { expect, test } from 'vitest'
import { hashOf, rest } from '../model.suite.ts'
import { blueGreen, reported, V1, V2, whys } from './blue-green.suite.ts'

test('a revision to which somebody has moved the Service becomes stable when all its pods are there', () => {
  const stable = { replicas: 3 }
  const model = blueGreen({ stable, preview: { replicas: 3, available: 1 }, active: V2 })
  expect(reported(model).stableRS).toBe(hashOf(V1))
  expect(whys(model).filter(why => why.startsWith('scale ReplicaSet demo-v1'))).toEqual([])
  model.pods([V2])
  rest(model)
  expect(model.rollout().status).toMatchObject({ stableRS: hashOf(V2), phase: 'Healthy' })
})

test('a revision becomes stable with pods that stay, not with those that somebody has just scaled away', () => {
  const status = { blueGreen: { activeSelector: hashOf(V2) } }
  const model = blueGreen({
    stable: { replicas: 3 },
    preview: { replicas: 1, available: 3 },
    active: V2,
    status,
  })
  expect(reported(model).stableRS).toBe(hashOf(V1))
})

function lateAfterSwitch(available: number) {
  const at = '2026-08-01T11:00:00Z'
  const progress = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '' } as const
  return blueGreen({
    stable: { replicas: 3 },
    preview: { replicas: 3, available },
    active: V2,
    spec: { progressDeadlineAbort: true },
    status: {
      replicas: 6,
      updatedReplicas: 3,
      readyReplicas: available,
      availableReplicas: available,
      HPAReplicas: 3,
      blueGreen: { activeSelector: hashOf(V2), previewSelector: hashOf(V2) },
      conditions: [{ ...progress, lastUpdateTime: at, lastTransitionTime: at }],
    },
  })
}

test('a deadline that is missed after the switch tells the active selector that stands until the abort is told', () => {
  const model = lateAfterSwitch(1)
  expect(reported(model)).toMatchObject({ abort: true, blueGreen: { activeSelector: hashOf(V2) } })
  expect(model.service('active')?.spec.selector).toMatchObject({ 'rollouts-pod-template-hash': hashOf(V2) })
  expect(reported(model).blueGreen?.activeSelector).toBe(hashOf(V1))
})

test('a deadline that is missed while nothing live has a pod tells the active selector that it goes back to', () => {
  const model = lateAfterSwitch(0)
  expect(reported(model)).toMatchObject({
    abort: true,
    availableReplicas: 3,
    blueGreen: { activeSelector: hashOf(V1) },
  })
  expect(model.service('active')?.spec.selector).toMatchObject({ 'rollouts-pod-template-hash': hashOf(V1) })
})

test('an abort of what is live tells the active selector that it goes back to', () => {
  const all = { replicas: 3 }
  const status = { abort: true, blueGreen: { activeSelector: hashOf(V2) } }
  const model = blueGreen({ stable: all, preview: all, active: V2, status })
  expect(reported(model).blueGreen?.activeSelector).toBe(hashOf(V1))
})
