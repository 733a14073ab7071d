// What a pass knows is computed once.
import { expect, test, vi } from 'vitest'
import { nginx } from '../traffic/nginx.ts'
import { ROUTING } from './any-state.suite.ts'
import { aModel, anIngress, aRollout, aService, rest } from './model.suite.ts'

const strategy = {
  canary: {
    steps: [{ setWeight: 40 }, { pause: {} }],
    stableService: 'stable',
    canaryService: 'canary',
    trafficRouting: ROUTING.nginx,
  },
}

test('a router is asked once a pass where its objects should be', () => {
  const model = aModel([
    aRollout('demo:v1', { strategy } as never),
    aService('stable'),
    aService('canary'),
    anIngress('stable'),
  ])
  rest(model)
  const updated = aRollout('demo:v2', { strategy } as never, model.rollout().status)
  model.put({ ...updated, metadata: model.rollout().metadata })
  const asked = vi.spyOn(nginx, 'route')
  try {
    for (let pass = 0; pass < 8; pass++) {
      asked.mockClear()
      model.decideOnce()
      expect(asked).toHaveBeenCalledTimes(1)
      model.pass()
      model.pods()
    }
  } finally {
    asked.mockRestore()
  }
  expect(model.weight()).toBe(40)
})
