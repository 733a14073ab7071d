// Routes that the controller may not read: nobody knows what they give, so their users keep their pods, and nothing is
// forgotten.
import { expect, test } from 'vitest'
import { REMEMBERED_ROUTING } from '../api/words.ts'
import { abort, bySubsets, edit, podsOf, routesOf, statusWeight, V1, withoutRouter } from './halfway.suite.ts'
import { rest, template } from './model.suite.ts'
import type { Model } from './model.suite.ts'

const ISTIO = ['VirtualService', 'DestinationRule']

const waited = (model: Model) => (model.decide().waits ?? []).map(one => one.for)

test.each([{}, { abortScaleDownDelaySeconds: 0 }, { dynamicStableScale: true }])(
  'an abort keeps the pods of who may be there, says what was given, and goes on when they may be read (%j)',
  more => {
    const model = bySubsets(more)
    model.unread = ['VirtualService']
    abort(model)
    expect(podsOf(model)[1]).toBe(2)
    expect(statusWeight(model)).toBe(40)
    expect(waited(model)).toContain('the right to read virtualservices.networking.istio.io virtualservice')
    model.unread = []
    abort(model)
    expect(routesOf(model)).toEqual([['stable 100', 'canary 0']])
    expect(podsOf(model)).toEqual([5, 0])
    expect(statusWeight(model)).toBe(0)
  },
)

test('so does an undo', () => {
  const model = bySubsets()
  model.unread = ['VirtualService']
  edit(model, { template: template(V1) })
  rest(model)
  model.now += 600_000
  rest(model)
  expect([podsOf(model)[1], statusWeight(model)]).toEqual([2, 40])
})

test('a router that was left is neither forgotten nor done, and its pods stay', () => {
  const model = bySubsets()
  model.unread = ISTIO
  withoutRouter(model)
  edit(model, { template: template(V1) })
  rest(model)
  model.now += 600_000
  rest(model)
  expect(podsOf(model)).toEqual([5, 2])
  expect(waited(model)).toContain('the right to read virtualservices.networking.istio.io virtualservice')
  expect(model.rollout().metadata.annotations).toHaveProperty([REMEMBERED_ROUTING])
  model.unread = []
  rest(model)
  expect(routesOf(model)).toEqual([['stable 100', 'canary 0']])
  expect(podsOf(model)).toEqual([5, 0])
  expect(model.rollout().metadata.annotations).not.toHaveProperty([REMEMBERED_ROUTING])
})
