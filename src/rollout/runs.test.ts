// When a Rollout analyses, and what follows from the result, as sentences.
import { describe, expect, test } from 'vitest'
import type { AnalysisPhase, AnalysisTemplateSpec } from '../api/analysis.ts'
import type { RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import { ANALYSIS_RUN, REPLICA_SET } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { printInstant } from '../std/instant.ts'
import type { Model } from './model.suite.ts'
import { aModel, aRollout, aService, aTemplate, hashOf } from './model.suite.ts'

const [V1, V2] = ['demo:v1', 'demo:v2']
const check: AnalysisTemplateSpec = {
  metrics: [
    {
      name: 'check',
      provider: {
        job: { spec: { template: { spec: { containers: [{ name: 'check', args: ['{{args.v}}'] }] } } } },
      },
    },
  ],
  args: [{ name: 'v', value: 'none' }],
}
const analysis = {
  templates: [{ templateName: 'check' }],
  args: [{ name: 'v', valueFrom: { podTemplateHashValue: 'Latest' as const } }],
}
const stepwise = { canary: { steps: [{ setWeight: 50 }, { analysis }, { pause: {} }] } }

/** The second version is on its way; nothing more happens by itself. */
function updating(
  strategy: NonNullable<RolloutSpec['strategy']>,
  templates = [aTemplate('check', check)],
): Model {
  const model = aModel([aRollout(V1, { strategy }), ...templates, aService('active'), aService('preview')])
  rest(model)
  const rollout = model.rollout()
  const image = aRollout(V2, { strategy }).spec.template
  model.put({ ...rollout, spec: { ...rollout.spec, template: image } } as typeof rollout)
  rest(model)
  return model
}

function rest(model: Model): void {
  for (let n = 0; n < 40; n++) {
    const changed = model.pass()
    if (!model.pods() && !changed) return
  }
  throw new Error('it does not come to rest')
}

function end(model: Model, name: string, phase: AnalysisPhase, message = ''): void {
  const run = model.runs().find(one => one.metadata.name === name)
  if (run === undefined) throw new Error(`no run ${name}`)
  model.put({ ...run, status: { phase, ...(message === '' ? {} : { message }) } } as KubeObject)
  rest(model)
}

function change(model: Model, image: string): void {
  model.now += 5000
  const { spec } = model.rollout()
  model.put({ ...model.rollout(), spec: { ...spec, template: aRollout(image, {}).spec.template } } as never)
  rest(model)
}

function report(model: Model, status: RolloutStatus): void {
  const rollout = model.rollout()
  model.put({ ...rollout, status: { ...rollout.status, ...status } } as KubeObject)
  rest(model)
}

const names = (model: Model) => model.runs().map(run => run.metadata.name)
const step = `demo-${hashOf(V2)}-2-1`

describe('the analysis of a step', () => {
  test('is made when the step begins, with the arguments filled in', () => {
    const model = updating(stepwise)
    const [run] = model.runs()
    expect(run?.metadata).toMatchObject({
      name: step,
      labels: { app: 'demo', 'rollout-type': 'Step', 'step-index': '1' },
      annotations: { 'rollout.argoproj.io/revision': '2' },
    })
    expect(run?.spec.args).toEqual([{ name: 'v', value: hashOf(V2) }])
    expect(model.rollout().status).toMatchObject({
      currentStepIndex: 1,
      canary: { currentStepAnalysisRunStatus: { name: step } },
    })
  })

  test('lets the update go on when it is Successful', () => {
    const model = updating(stepwise)
    end(model, step, 'Running')
    expect(model.rollout().status?.currentStepIndex).toBe(1)
    end(model, step, 'Successful')
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 2, canary: {}, phase: 'Paused' })
  })

  test('that is Inconclusive holds nothing when somebody has deleted the stable ReplicaSet', () => {
    const model = updating(stepwise)
    end(model, step, 'Inconclusive')
    model.remove(refOf(REPLICA_SET, model.replicaSet(V1) as KubeObject))
    rest(model)
    expect(model.rollout().status).toMatchObject({ stableRS: hashOf(V2), phase: 'Healthy' })
    expect(model.rollout().status?.pauseConditions).toBeUndefined()
  })

  test('that has failed is passed on the way back within the window, and the steps after it are taken', () => {
    const model = updating(stepwise)
    end(model, step, 'Failed')
    const { spec } = model.rollout()
    model.put({ ...model.rollout(), spec: { ...spec, rollbackWindow: { revisions: 3 } } } as never)
    change(model, 'demo:v3')
    end(model, `demo-${hashOf('demo:v3')}-3-1`, 'Successful')
    report(model, { promoteFull: true })
    expect(model.rollout().status?.stableRS).toBe(hashOf('demo:v3'))
    change(model, V2)
    expect(names(model).filter(name => name.startsWith(`demo-${hashOf(V2)}`))).toEqual([
      step,
      `demo-${hashOf(V2)}-4-1`,
    ])
    end(model, `demo-${hashOf(V2)}-4-1`, 'Successful')
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 2, phase: 'Paused' })
  })

  test.each(['Failed', 'Error'] as const)('gives the update up when it ends %s', phase => {
    const model = updating(stepwise)
    end(model, step, phase, 'too bad')
    expect(model.rollout().status).toMatchObject({ abort: true, phase: 'Degraded' })
    expect(model.rollout().status?.message).toContain('Step-based analysis phase error/failed: too bad')
    expect(model.replicaSet(V1)?.spec.replicas).toBe(2)
  })

  test('pauses the update when it is Inconclusive, and is made again when somebody resumes', () => {
    const model = updating(stepwise)
    end(model, step, 'Inconclusive')
    expect(model.rollout().status?.pauseConditions?.[0]?.reason).toBe('InconclusiveAnalysisRun')
    report(model, { pauseConditions: [] })
    expect(names(model)).toEqual([step, `${step}.1`])
    expect(model.rollout().status).toMatchObject({
      currentStepIndex: 1,
      canary: { currentStepAnalysisRunStatus: { name: `${step}.1` } },
    })
    end(model, `${step}.1`, 'Successful')
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 2, phase: 'Paused' })
  })

  test('is ended when the step is skipped, and when the update is given up', () => {
    const skipped = updating(stepwise)
    report(skipped, { currentStepIndex: 2 })
    expect(skipped.runs()[0]?.spec.terminate).toBe(true)
    const aborted = updating(stepwise)
    report(aborted, { abort: true })
    expect(aborted.runs()[0]?.spec.terminate).toBe(true)
    expect(names(aborted)).toEqual([step])
  })

  test('is made again after a retry', () => {
    const model = updating(stepwise)
    end(model, step, 'Failed')
    model.now += 5000
    report(model, { abort: false })
    expect(names(model)).toEqual([step, `${step}.1`])
  })

  test('whose argument has no value is said, and nothing moves', () => {
    const open = aTemplate('check', { ...check, args: [{ name: 'v' }, { name: 'host' }] })
    const model = aModel([aRollout(V1, { strategy: stepwise }), open])
    model.pass()
    expect(model.rollout().status?.message).toContain('args.host was not resolved')
    expect(model.replicaSets()).toEqual([])
  })

  test('goes on until an abort is recorded: one that a person takes back at once has ended nothing', () => {
    const model = updating(stepwise)
    const { status } = model.rollout()
    model.put({ ...model.rollout(), status: { ...status, abort: true } } as KubeObject)
    expect(model.decide().writes.filter(write => write.why.startsWith('end AnalysisRun'))).toEqual([])
    model.pass()
    expect(model.decide().writes.filter(write => write.why.startsWith('end AnalysisRun'))).toHaveLength(1)
  })

  test('goes on until another image is recorded', () => {
    const model = updating(stepwise)
    const { template } = aRollout('demo:v3', { strategy: stepwise }).spec
    model.put({ ...model.rollout(), spec: { ...model.rollout().spec, template } } as KubeObject)
    expect(model.decide().writes.filter(write => write.why.startsWith('end AnalysisRun'))).toEqual([])
    rest(model)
    expect(model.runs()[0]?.spec.terminate).toBe(true)
  })

  test('of before an abort is not taken again by a retry, though the news of its end are late', () => {
    const model = updating(stepwise)
    end(model, step, 'Running')
    const abortedAt = '2026-08-01T11:59:50Z'
    report(model, { abort: false, abortedAt })
    expect(names(model)).toEqual([step, `${step}.1`])
  })

  test.each([
    ['before an abort', '2026-08-01T11:59:50Z', [step, `${step}.1`]],
    ['after it', '2026-08-01T11:59:40Z', [step]],
  ])(
    'that no status names is taken by a retry only when it began after the abort: %s',
    (_when, abortedAt, all) => {
      const model = updating(stepwise)
      const [run] = model.runs()
      model.put({
        ...run,
        metadata: { ...run?.metadata, creationTimestamp: '2026-08-01T11:59:45Z' },
      } as never)
      const { status } = model.rollout()
      const { canary: _unnamed, ...others } = status ?? {}
      model.put({ ...model.rollout(), status: { ...others, abortedAt } } as never)
      rest(model)
      expect(names(model)).toEqual(all)
    },
  )

  test.each(['Failed', 'Error'])('that ended %s before a status named it gives the update up', phase => {
    const model = updating(stepwise)
    const { canary: _unnamed, ...others } = model.rollout().status ?? {}
    model.put({ ...model.rollout(), status: others } as never)
    end(model, step, phase as AnalysisPhase)
    expect(names(model)).toEqual([step])
    expect(model.rollout().status).toMatchObject({ abort: true, phase: 'Degraded' })
  })

  test('is not made again and again while a status that names it is refused, and is answered once it is', () => {
    const model = updating(stepwise)
    const { canary: _unnamed, ...others } = model.rollout().status ?? {}
    const asked = (phase: AnalysisPhase) => {
      const [run] = model.runs()
      model.put({ ...run, status: { phase } } as never)
      model.put({ ...model.rollout(), status: others } as never)
      return model.decide()
    }
    expect(asked('Successful').writes.filter(write => write.verb === 'create')).toEqual([])
    const { status, writes } = asked('Inconclusive')
    expect(writes.filter(write => write.verb === 'create')).toEqual([])
    expect(status?.pauseConditions?.[0]?.reason).toBe('InconclusiveAnalysisRun')
    rest(model)
    model.now += 5000
    const again = { ...model.rollout().status, pauseConditions: [] }
    model.put({ ...model.rollout(), status: again } as never)
    expect(model.decide().writes.map(write => write.why)).toContain(`create AnalysisRun ${step}.1`)
    rest(model)
    end(model, `${step}.1`, 'Inconclusive')
    model.now += 5000
    report(model, { pauseConditions: [] })
    expect(names(model)).toEqual([step, `${step}.1`, `${step}.2`])
  })

  test('nor when the clock was set back meanwhile, behind the beginning of the update', () => {
    const model = updating(stepwise)
    const { canary: _unnamed, ...others } = model.rollout().status ?? {}
    const [run] = model.runs()
    model.now -= 300_000
    const at = printInstant(model.now)
    model.put({ ...run, status: { phase: 'Successful', startedAt: at, completedAt: at } } as never)
    model.put({ ...model.rollout(), status: others } as never)
    expect(model.decide().writes.filter(write => write.verb === 'create')).toEqual([])
  })

  test('that is inconclusive, and judged while somebody holds the Rollout, is run again once nobody does', () => {
    const model = updating(stepwise)
    end(model, step, 'Inconclusive')
    const hold = (paused: boolean) => {
      const rollout = model.rollout()
      model.put({ ...rollout, spec: { ...rollout.spec, paused } } as KubeObject)
      rest(model)
    }
    hold(true)
    report(model, { pauseConditions: [] })
    expect(model.rollout().status).toMatchObject({ pauseConditions: [], controllerPause: true })
    hold(false)
    expect(names(model)).toEqual([step, `${step}.1`])
  })

  test('is no answer in the next step, which has one of its own', () => {
    const model = updating({ canary: { steps: [{ analysis }, { analysis }, { pause: {} }] } })
    const first = `demo-${hashOf(V2)}-2-0`
    report(model, { currentStepIndex: 1 })
    expect(names(model)).toEqual([first, step])
    end(model, first, 'Successful')
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 1 })
    end(model, step, 'Successful')
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 2 })
  })

  test('is not made for the first version', () => {
    const model = aModel([aRollout(V1, { strategy: stepwise }), aTemplate('check', check)])
    rest(model)
    expect(names(model)).toEqual([])
    expect(model.rollout().status?.phase).toBe('Healthy')
  })

  test('of templates that include others is made of all', () => {
    const outer = aTemplate('check', { templates: [{ templateName: 'inner' }], args: check.args ?? [] })
    const inner = aTemplate('inner', check)
    expect(
      updating(stepwise, [outer, inner])
        .runs()[0]
        ?.spec.metrics.map(one => one.name),
    ).toEqual(['check'])
  })
})

describe('the analysis beside the steps', () => {
  const strategy = { canary: { analysis, steps: [{ setWeight: 50 }, { pause: {} }] } }
  const beside = `demo-${hashOf(V2)}-2`

  test('runs until the end, and is ended then', () => {
    const model = updating(strategy)
    expect(names(model)).toEqual([beside])
    end(model, beside, 'Running')
    report(model, { promoteFull: true })
    expect(model.rollout().status?.phase).toBe('Healthy')
    expect(model.runs()[0]?.spec.terminate).toBe(true)
  })

  test('gives the update up when it fails, though that is paused', () => {
    const model = updating(strategy)
    end(model, beside, 'Failed')
    expect(model.rollout().status?.message).toContain('Background analysis phase error/failed')
  })

  test('begins at its step', () => {
    const late = { canary: { ...strategy.canary, analysis: { ...analysis, startingStep: 2 } } }
    expect(names(updating(late))).toEqual([])
  })
})

describe('the analyses of blue/green', () => {
  const strategy = {
    blueGreen: {
      activeService: 'active',
      previewService: 'preview',
      prePromotionAnalysis: analysis,
      postPromotionAnalysis: analysis,
    },
  }
  const [pre, post] = [`demo-${hashOf(V2)}-2-pre`, `demo-${hashOf(V2)}-2-post`]
  const active = (model: Model) => model.service('active')?.spec.selector?.['rollouts-pod-template-hash']

  test('hold back the switch, then the promotion', () => {
    const model = updating(strategy)
    expect([names(model), active(model)]).toEqual([[pre], hashOf(V1)])
    end(model, pre, 'Successful')
    expect([names(model).length, active(model)]).toEqual([2, hashOf(V2)])
    expect(model.rollout().status?.stableRS).toBe(hashOf(V1))
    end(model, post, 'Successful')
    expect(model.rollout().status?.stableRS).toBe(hashOf(V2))
  })

  test('give the update up when one fails, before the switch or after it', () => {
    const early = updating(strategy)
    end(early, pre, 'Failed')
    expect(active(early)).toBe(hashOf(V1))
    expect(early.rollout().status?.message).toContain('Blue/green pre-promotion analysis phase error/failed')
    const late = updating(strategy)
    end(late, pre, 'Successful')
    end(late, post, 'Error')
    expect(active(late)).toBe(hashOf(V1))
    expect(late.rollout().status?.message).toContain('Blue/green post-promotion analysis phase error/failed')
  })

  test('are all made again after a retry, those of the time after the switch, too', () => {
    const model = updating(strategy)
    end(model, pre, 'Successful')
    end(model, post, 'Running')
    report(model, { abort: true })
    end(model, post, 'Successful')
    report(model, { abort: false })
    expect(names(model)).toContain(`${pre}.1`)
    end(model, `${pre}.1`, 'Successful')
    expect([active(model), names(model).includes(`${post}.1`)]).toEqual([hashOf(V2), true])
    expect(model.rollout().status?.stableRS).toBe(hashOf(V1))
    end(model, `${post}.1`, 'Successful')
    expect(model.rollout().status?.stableRS).toBe(hashOf(V2))
  })

  test('that are ended in between are made again: the active Service was moved away by hand, and came back', () => {
    const model = updating(strategy)
    end(model, pre, 'Successful')
    model.put(aService('active', hashOf(V1)))
    model.pass()
    end(model, post, 'Successful')
    expect(model.rollout().status?.stableRS).toBe(hashOf(V1))
    expect(names(model)).toContain(`${post}.1`)
  })

  test('that are ended in between are made again: a hand had switched the active Service before its time', () => {
    const model = updating(strategy)
    model.put(aService('active', hashOf(V2)))
    rest(model)
    end(model, pre, 'Successful')
    model.put(aService('active', hashOf(V1)))
    rest(model)
    expect([active(model), names(model).includes(`${pre}.1`)]).toEqual([hashOf(V1), true])
  })

  test('go on while the ReplicaSet, deleted by somebody, is made again: an end that we cause proves nothing', () => {
    const model = updating(strategy)
    const set = model.replicaSet(V2)
    if (set === undefined) throw new Error('no ReplicaSet')
    model.remove(refOf(REPLICA_SET, set))
    rest(model)
    expect(model.replicaSet(V2)?.metadata.uid).not.toBe(set.metadata.uid)
    expect(model.runs().map(run => [run.metadata.name, run.spec.terminate])).toEqual([[pre, undefined]])
  })

  test('go on though no status names them: whoever made them may yet say so', () => {
    const model = updating(strategy)
    const { prePromotionAnalysisRunStatus, ...others } = model.rollout().status?.blueGreen ?? {}
    expect(prePromotionAnalysisRunStatus?.name).toBe(pre)
    model.put({ ...model.rollout(), status: { ...model.rollout().status, blueGreen: others } } as never)
    const set = model.replicaSet(V2)
    model.put({ ...set, status: { replicas: 2, readyReplicas: 0, availableReplicas: 0 } } as never)
    model.pass()
    expect(model.runs().map(run => [run.metadata.name, run.spec.terminate])).toEqual([[pre, undefined]])
    expect(model.rollout().status?.blueGreen?.prePromotionAnalysisRunStatus?.name).toBe(pre)
  })

  test('are not taken for the verdict on a retry while a person holds the Rollout', () => {
    const model = updating(strategy)
    end(model, pre, 'Failed')
    model.now += 5000
    const { spec, status } = model.rollout()
    model.put({
      ...model.rollout(),
      spec: { ...spec, paused: true },
      status: { ...status, abort: false },
    } as never)
    rest(model)
    expect(model.rollout().status?.abort).not.toBe(true)
    model.put({ ...model.rollout(), spec } as never)
    rest(model)
    expect(names(model)).toContain(`${pre}.1`)
  })

  test('after a switch that is undone prove nothing after the next one', () => {
    const model = updating(strategy)
    end(model, pre, 'Successful')
    const run = model.runs().find(one => one.metadata.name === post)
    const { spec } = model.rollout()
    model.put({ ...model.rollout(), spec: { ...spec, minReadySeconds: -1 } } as never)
    model.put(aService('active', hashOf(V1)))
    model.put({ ...run, status: { phase: 'Successful' } } as KubeObject)
    model.pass()
    model.put({ ...model.rollout(), spec } as never)
    rest(model)
    expect([active(model), model.rollout().status?.stableRS]).toEqual([hashOf(V2), hashOf(V1)])
    expect(names(model)).toContain(`${post}.1`)
  })

  test.each([
    ['its abort was not recorded', true],
    ['no status names them', false],
  ])('give the update up after a switch that is undone, though %s', (_, isNamed) => {
    const model = updating(strategy)
    end(model, pre, 'Successful')
    const { postPromotionAnalysisRunStatus: named, ...blueGreen } = model.rollout().status?.blueGreen ?? {}
    expect(named?.name).toBe(post)
    const unnamed = isNamed ? {} : { blueGreen }
    const status = { ...model.rollout().status, ...unnamed }
    end(model, post, 'Failed')
    expect(active(model)).toBe(hashOf(V1))
    model.put({ ...model.rollout(), status } as never)
    expect(model.decide().writes.filter(write => write.why.startsWith('switch'))).toEqual([])
    rest(model)
    expect(active(model)).toBe(hashOf(V1))
    expect(model.rollout().status).toMatchObject({ abort: true, stableRS: hashOf(V1) })
  })

  test('begin again, after an unclear one, when the preview has its pods', () => {
    const model = updating(strategy)
    end(model, pre, 'Inconclusive')
    const set = model.replicaSet(V2)
    model.put({ ...set, status: { ...set?.status, availableReplicas: 0 } } as never)
    const { status } = model.rollout()
    model.put({ ...model.rollout(), status: { ...status, pauseConditions: [] } } as never)
    model.pass()
    expect(names(model)).toEqual([pre])
    rest(model)
    expect(names(model)).toEqual([pre, `${pre}.1`])
  })

  test('ask a person when one after the switch is unclear, who has promoted before', () => {
    const after = { autoPromotionEnabled: false, postPromotionAnalysis: analysis }
    const model = updating({
      blueGreen: { ...strategy.blueGreen, ...after, prePromotionAnalysis: undefined },
    } as never)
    report(model, { pauseConditions: [] })
    end(model, post, 'Inconclusive')
    expect(names(model)).toEqual([post])
    expect(model.rollout().status?.pauseConditions).toMatchObject([{ reason: 'InconclusiveAnalysisRun' }])
  })

  test('begin after a retry when the preview is there, as before it', () => {
    const model = updating(strategy)
    end(model, pre, 'Failed')
    model.now += 5000
    const set = model.replicaSet(V2)
    model.put({ ...set, status: { ...set?.status, readyReplicas: 0, availableReplicas: 0 } } as never)
    model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: false } } as never)
    model.pass()
    model.pass()
    expect(names(model)).toEqual([pre])
    rest(model)
    expect(names(model)).toEqual([pre, `${pre}.1`])
  })

  test.each([
    ['at once', false],
    ['after a retry that was replaced', true],
  ])('that have failed make the way back to their revision no short one: %s', (_, isRetried) => {
    const model = updating({ blueGreen: { ...strategy.blueGreen, scaleDownDelaySeconds: 600 } })
    end(model, pre, 'Failed')
    if (isRetried) {
      model.now += 5000
      report(model, { abort: false })
      expect(names(model)).toContain(`${pre}.1`)
    }
    change(model, 'demo:v3')
    if (isRetried) end(model, `${pre}.1`, 'Successful')
    end(model, `demo-${hashOf('demo:v3')}-3-pre`, 'Successful')
    end(model, `demo-${hashOf('demo:v3')}-3-post`, 'Successful')
    expect(model.rollout().status?.stableRS).toBe(hashOf('demo:v3'))
    change(model, V2)
    expect([active(model), model.replicaSet(V2)?.spec.replicas]).toEqual([hashOf('demo:v3'), 2])
    expect(model.runs().at(-1)).toMatchObject({ metadata: { name: `demo-${hashOf(V2)}-4-pre` } })
    expect(model.runs().at(-1)?.spec.terminate).toBeUndefined()
  })

  test('that could not tell, and were deleted by somebody, take an answer all the same', () => {
    const model = updating({ blueGreen: { ...strategy.blueGreen, autoPromotionEnabled: false } })
    end(model, pre, 'Inconclusive')
    const [run] = model.runs()
    model.remove(refOf(ANALYSIS_RUN, run as KubeObject))
    report(model, { pauseConditions: [] })
    end(model, pre, 'Successful')
    expect([active(model), model.rollout().status?.pauseConditions?.[0]?.reason]).toEqual([
      hashOf(V1),
      'BlueGreenPause',
    ])
  })

  test('that have failed after a switch are not outweighed by one before it that has passed', () => {
    const model = updating(strategy)
    const { spec } = model.rollout()
    model.put({ ...model.rollout(), spec: { ...spec, rollbackWindow: { revisions: 3 } } } as never)
    end(model, pre, 'Successful')
    end(model, post, 'Failed')
    model.now += 5000
    report(model, { abort: false })
    end(model, `${pre}.1`, 'Successful')
    change(model, 'demo:v3')
    end(model, `demo-${hashOf('demo:v3')}-3-pre`, 'Successful')
    end(model, `demo-${hashOf('demo:v3')}-3-post`, 'Successful')
    change(model, V2)
    expect(model.rollout().status?.stableRS).toBe(hashOf('demo:v3'))
  })

  test('that failed under a clock that was ahead are not the answer to a retry', () => {
    const model = updating(strategy)
    end(model, pre, 'Successful')
    const ahead = printInstant(model.now + 300_000)
    const run = model.runs().find(one => one.metadata.name === post)
    model.put({ ...run, status: { phase: 'Failed', startedAt: ahead, completedAt: ahead } } as never)
    rest(model)
    expect(model.rollout().status?.abort).toBe(true)
    model.now += 5000
    report(model, { abort: false })
    expect(model.rollout().status?.abort).toBe(false)
  })

  test('come before the pause for a person', () => {
    const model = updating({ blueGreen: { ...strategy.blueGreen, autoPromotionEnabled: false } })
    expect(model.rollout().status?.pauseConditions).toBeUndefined()
    end(model, pre, 'Successful')
    expect(model.rollout().status?.pauseConditions?.[0]?.reason).toBe('BlueGreenPause')
  })
})

test('finished runs beyond the history limit, and those of revisions that are gone, are forgotten', () => {
  const model = updating(stepwise)
  end(model, step, 'Successful')
  const [run] = model.runs()
  if (run === undefined) throw new Error('no run')
  for (let n = 0; n < 7; n++) {
    const creationTimestamp = `2026-07-0${n + 1}T00:00:00Z`
    model.put({ ...run, metadata: { ...run.metadata, name: `old-${n}`, uid: `old-${n}`, creationTimestamp } })
  }
  const labels = { ...run.metadata.labels, 'rollouts-pod-template-hash': 'gone' }
  model.put({ ...run, metadata: { ...run.metadata, name: 'lost', uid: 'lost', labels } })
  rest(model)
  expect(names(model).toSorted()).toEqual([step, 'old-3', 'old-4', 'old-5', 'old-6'])
})
