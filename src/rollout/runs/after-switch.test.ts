// What is measured again after a blue/green switch, while no status can be written.
import { expect, test } from 'vitest'
import type { AnalysisTemplateSpec } from '../../api/analysis.ts'
import { fromJson } from '../../kube/object.ts'
import { aModel, aRollout, aService, aTemplate, hashOf, rest } from '../model.suite.ts'

const [V1, V2] = ['demo:v1', 'demo:v2'] as const
const CHECK = fromJson({
  metrics: [{ name: 'status', provider: { web: { url: 'https://shop.example', jsonPath: '{$}' } } }],
}) as unknown as AnalysisTemplateSpec
const strategy = {
  blueGreen: {
    activeService: 'active',
    previewService: 'preview',
    postPromotionAnalysis: { templates: [{ templateName: 'check' }] },
  },
}

test.each([
  ['a person who wants an unclear one again', 'Inconclusive', { pauseConditions: [] }],
  ['a retry', 'Failed', { abort: false }],
] as const)('what %s asks for is not made again and again', (_, phase, word) => {
  const services = [aService('active'), aService('preview')]
  const model = aModel([aRollout(V1, { strategy }), aTemplate('check', CHECK), ...services])
  rest(model)
  const { template } = aRollout(V2, {}).spec
  model.put({ ...model.rollout(), spec: { ...model.rollout().spec, template } } as never)
  rest(model)
  const end = (as: string) => {
    for (const run of model.runs().filter(one => one.status === undefined))
      model.put({ ...run, status: { phase: as } } as never)
  }
  end(phase)
  rest(model)
  model.now += 5000
  model.put({ ...model.rollout(), status: { ...model.rollout().status, ...word } } as never)
  for (let n = 0; n < 5; n++) {
    const { status } = model.rollout()
    model.pass()
    model.put({ ...model.rollout(), status } as never)
    end('Successful')
  }
  expect(model.runs().length).toBeLessThanOrEqual(2)
  rest(model)
  end('Successful')
  rest(model)
  expect(model.rollout().status?.stableRS).toBe(hashOf(V2))
})
