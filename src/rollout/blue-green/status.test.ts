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

test('an abort of what is live tells the active selector that it goes back to', () => {
  const all = { replicas: 3 }
  const status = { abort: true, blueGreen: { activeSelector: hashOf(V2) } }
  const model = blueGreen({ stable: all, preview: all, active: V2, status })
  expect(reported(model).blueGreen?.activeSelector).toBe(hashOf(V1))
})
