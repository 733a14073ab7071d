// What a person has answered to an unclear analysis of a canary, while it can not be run again.
import { expect, test } from 'vitest'
import type { AnalysisTemplateSpec } from '../../api/analysis.ts'
import type { CanaryStrategy } from '../../api/rollout.ts'
import { REPLICA_SET } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { aModel, aRollout, aTemplate, hashOf, rest } from '../model.suite.ts'
import { V1, V2 } from './canary.suite.ts'

const CHECK = fromJson({
  metrics: [{ name: 'status', provider: { web: { url: 'https://shop.example', jsonPath: '{$}' } } }],
}) as unknown as AnalysisTemplateSpec
const analysis = { templates: [{ templateName: 'check' }] }

test.each<[string, CanaryStrategy]>([
  ['of a step', { steps: [{ setWeight: 50 }, { analysis }, { pause: {} }] }],
  ['beside the steps', { steps: [{ setWeight: 50 }, { pause: {} }], analysis }],
])('one %s is run again once a ReplicaSet that somebody has deleted is there', (_, canary) => {
  const model = aModel([aRollout(V1, { strategy: { canary } }), aTemplate('check', CHECK)])
  rest(model)
  const { template } = aRollout(V2, {}).spec
  model.put({ ...model.rollout(), spec: { ...model.rollout().spec, template } } as never)
  rest(model)
  const [run] = model.runs()
  model.put({ ...run, status: { phase: 'Inconclusive' } } as never)
  rest(model)
  const { pauseConditions = [] } = model.rollout().status ?? {}
  expect(pauseConditions.map(({ reason }) => reason)).toContain('InconclusiveAnalysisRun')
  model.remove({ kind: REPLICA_SET, namespace: 'shop', name: `demo-${hashOf(V2)}` })
  model.put({ ...model.rollout(), status: { ...model.rollout().status, pauseConditions: [] } } as never)
  rest(model)
  const name = run?.metadata.name ?? ''
  expect(model.runs().map(({ metadata }) => metadata.name)).toEqual([name, `${name}.1`])
  expect(model.rollout().status?.pauseConditions ?? []).toEqual([])
})
