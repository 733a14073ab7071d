// What the change of a status tells, and what no longer, as stories.
import { describe, expect, test } from 'vitest'
import { blueGreen, reported } from '../blue-green/blue-green.suite.ts'
import { basicCanary, becomes, V1 } from '../canary/canary.suite.ts'
import { aTemplate } from '../model.suite.ts'
import type { Model } from '../model.suite.ts'

const told = (model: Model) => (model.decide().events ?? []).map(one => one.reason)

describe('an abort', () => {
  const waiting = {
    abort: true,
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep' as const, startTime: '2026-08-01T11:59:55Z' }],
  }
  const aborted = () =>
    basicCanary({ stable: { replicas: 3 }, canary: { replicas: 2 }, step: 1, status: waiting })

  test('is told once', () => {
    const model = aborted()
    expect(told(model)).toContain('RolloutAborted')
    model.pass()
    becomes(model, V1, { replicas: 5, available: 4 })
    expect(told(model)).not.toContain('RolloutAborted')
  })

  test('ends a pause, but nothing is resumed', () => {
    expect(told(aborted())).not.toContain('RolloutResumed')
  })
})

test('a Rollout is not healthy while its active Service selects the revision before', () => {
  const job = { spec: { template: { spec: { containers: [{ name: 'check', image: 'check' }] } } } }
  const more = [aTemplate('check', { metrics: [{ name: 'check', provider: { job } }] })]
  const strategy = { prePromotionAnalysis: { templates: [{ templateName: 'check' }] } }
  const model = blueGreen({ stable: { replicas: 3 }, preview: { replicas: 3 }, strategy, more })
  const { conditions = [], phase } = reported(model)
  expect(phase).toBe('Progressing')
  expect(conditions.filter(one => one.type === 'Healthy' && one.status === 'True')).toEqual([])
})
