// The pass that finds the pause of a step over: it goes on with the next step, and tells so before it writes.
import { describe, expect, test } from 'vitest'
import type { AnalysisTemplateSpec } from '../../api/analysis.ts'
import type { CanaryStep, CanaryStrategy, RolloutStatus } from '../../api/rollout.ts'
import { REVISION } from '../../api/words.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { REPLICA_SET } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import { stepsHash } from '../../workload/steps-hash.ts'
import {
  aModel,
  anIngress,
  aReplicaSet,
  aRollout,
  aService,
  aTemplate,
  hashOf,
  NOW,
  rest,
} from '../model.suite.ts'
import type { Model } from '../model.suite.ts'

const [V1, V2] = ['demo:v1', 'demo:v2'] as const
const PAUSED = { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: printInstant(NOW - 10_000) }] }
const UNDER_WAY = [{ type: 'Completed', status: 'False', reason: 'RolloutCompleted', message: '' }]
const REFUSED = [...UNDER_WAY, { type: 'WriteRefused', status: 'True', reason: 'Forbidden', message: 'no' }]
const RESUMED = { controllerPause: true } as const
const CHECK = fromJson({
  metrics: [{ name: 'status', provider: { web: { url: 'https://shop.example', jsonPath: '{$}' } } }],
}) as unknown as AnalysisTemplateSpec
const STEPS: readonly CanaryStep[] = [
  { setWeight: 25 },
  { pause: { duration: 10 } },
  { setWeight: 50 },
  { pause: {} },
]

interface Scene {
  readonly steps?: readonly CanaryStep[]
  readonly index?: number
  readonly canary?: number
  readonly isRouted?: boolean
  readonly more?: Partial<CanaryStrategy>
}

/** A canary of four pods at a pause, with all its pods there. */
function at(
  reported: Partial<RolloutStatus>,
  { steps = STEPS, index = 1, canary = 1, isRouted = false, more = {} }: Scene = {},
) {
  const services = { stableService: 'stable', canaryService: 'canary' }
  const routed = isRouted ? { ...services, trafficRouting: { nginx: { stableIngress: 'demo' } } } : {}
  const status = {
    currentPodHash: hashOf(V2),
    currentStepHash: stepsHash(steps),
    currentStepIndex: index,
    stableRS: hashOf(V1),
    observedGeneration: '1',
    controllerPause: true,
    conditions: UNDER_WAY,
    blueGreen: {},
    canary: {},
    ...reported,
  } as RolloutStatus
  const strategy = { canary: { steps: [...steps], ...routed, ...more } }
  const made = aRollout(V2, { replicas: 4, strategy }, status)
  const annotations = { [REVISION]: '2' }
  return aModel([
    { ...made, metadata: { ...made.metadata, annotations } },
    aReplicaSet({ image: V1, revision: 1, replicas: isRouted ? 4 : 4 - canary, desired: 4 }),
    aReplicaSet({ image: V2, revision: 2, replicas: canary, desired: 4 }),
    ...(isRouted
      ? [aService('stable', hashOf(V1)), aService('canary', hashOf(V2)), anIngress('stable')]
      : []),
  ])
}

/** The pass ended after its write, and its status has not been written. */
function scale(model: Model, image: string): void {
  const { spec, ...found } = model.replicaSet(image) as ReplicaSet
  model.put({ ...found, spec: { ...spec, replicas: 2 } } as ReplicaSet)
}

/** What a pass decides: what it announces, writes, reports and tells. */
function looked(model: Model) {
  const { announced = [], writes, status, events = [], awaitsEffects } = model.decide()
  const { currentStepIndex, pauseConditions, stableRS } = status as RolloutStatus
  return {
    announced: announced.map(({ message }) => message),
    whys: writes.map(({ why }) => why.replaceAll(hashOf(V1), 'v1').replaceAll(hashOf(V2), 'v2')),
    step: currentStepIndex,
    isPaused: (pauseConditions ?? []).length > 0,
    isStable: stableRS === hashOf(V2),
    told: events.map(({ message }) => message),
    awaitsEffects,
  }
}

describe('a pass that finds a pause over', () => {
  test('says so, sizes for the next step, and reports with the counts that this leads to', () => {
    const model = at(PAUSED as Partial<RolloutStatus>)
    const before = looked(model)
    expect(before).toMatchObject({
      announced: ['Rollout step 2/4 completed (pause: 10)', 'Rollout is resumed'],
      whys: ['scale ReplicaSet demo-v1 from 3 to 2'],
      step: 2,
      isPaused: false,
      told: [],
      awaitsEffects: true,
    })
    scale(model, V1)
    expect(looked(model)).toMatchObject({
      announced: before.announced,
      whys: ['scale ReplicaSet demo-v2 from 1 to 2'],
      step: 2,
      awaitsEffects: true,
    })
    scale(model, V2)
    expect(looked(model)).toMatchObject({ whys: [], step: 2, awaitsEffects: true })
    model.pods([V2])
    expect(looked(model)).toMatchObject({ whys: [], step: 2, awaitsEffects: false })
    rest(model)
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 3, message: 'CanaryPauseStep' })
  })

  test('answers a person who ended it at once', () => {
    expect(looked(at(RESUMED))).toMatchObject({
      announced: ['Rollout step 2/4 completed (pause: 10)'],
      whys: ['scale ReplicaSet demo-v1 from 3 to 2'],
      step: 2,
      awaitsEffects: false,
    })
  })

  test('keeps what a person asked for until a ReplicaSet that somebody deleted is made again', () => {
    const model = at(RESUMED)
    model.remove({ kind: REPLICA_SET, namespace: 'shop', name: `demo-${hashOf(V2)}` })
    model.pass()
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 1, controllerPause: true })
    model.pass()
    expect(model.rollout().status?.currentStepIndex).toBe(2)
  })

  test('gives the weight of the next step where its pods are there, and waits for nothing', () => {
    const steps = [{ setCanaryScale: { replicas: 4 } }, { pause: { duration: 10 } }, { setWeight: 50 }]
    expect(looked(at(PAUSED as Partial<RolloutStatus>, { steps, canary: 4, isRouted: true }))).toEqual({
      announced: ['Rollout step 2/3 completed (pause: 10)', 'Rollout is resumed'],
      whys: ['remember what is routed', 'set the weight of canary Ingress demo-demo-canary to 50'],
      step: 2,
      isPaused: false,
      isStable: false,
      told: ['Traffic weight updated to 50'],
      awaitsEffects: false,
    })
  })

  test('makes nothing stable yet when it was the last one', () => {
    const steps = [{ setWeight: 100 }, { pause: { duration: 10 } }]
    const model = at(PAUSED as Partial<RolloutStatus>, { steps, canary: 4 })
    expect(looked(model)).toMatchObject({ step: 2, isStable: false, awaitsEffects: false })
    model.pass()
    expect(looked(model)).toMatchObject({ step: 2, isStable: true })
  })

  test('goes nowhere while a write is refused: what is over is reported first', () => {
    const model = at({ ...PAUSED, conditions: REFUSED } as never)
    expect(looked(model)).toMatchObject({ announced: [], whys: [], step: 2, isPaused: false })
    model.pass()
    expect(looked(model)).toMatchObject({ whys: ['scale ReplicaSet demo-v1 from 3 to 2'], step: 2 })
  })

  test('moves nobody back when it was its status that was refused', () => {
    const steps = [{ setCanaryScale: { replicas: 4 } }, { pause: { duration: 10 } }, { setWeight: 50 }]
    const model = at(PAUSED as Partial<RolloutStatus>, { steps, canary: 4, isRouted: true })
    const { status } = model.rollout()
    model.pass()
    model.put({ ...model.rollout(), status: { ...status, conditions: REFUSED } } as never)
    expect(looked(model)).toMatchObject({ whys: [], step: 2, isPaused: false })
    model.pass()
    expect(model.weight()).toBe(50)
    expect(looked(model).whys).not.toContain('set the weight of canary Ingress demo-demo-canary to 0')
    const byPods = at({ ...PAUSED, conditions: REFUSED } as never)
    scale(byPods, V1)
    expect(looked(byPods)).toMatchObject({ whys: [], step: 2 })
  })

  test('names no analysis that it does not make, and makes the one that a person wants again', () => {
    const scene = { more: { analysis: { templates: [{ templateName: 'check' }] } } }
    const unclear = { currentBackgroundAnalysisRunStatus: { name: 'demo-before', status: 'Inconclusive' } }
    const answered = at({ ...RESUMED, conditions: REFUSED, canary: unclear } as never, scene)
    const model = at({ ...PAUSED, conditions: REFUSED } as never, scene)
    for (const one of [answered, model]) one.put(aTemplate('check', CHECK))
    expect(looked(answered)).toMatchObject({ step: 2 })
    expect(looked(answered).whys).toContain('create AnalysisRun demo-v2-2')
    const named = () => model.rollout().status?.canary?.currentBackgroundAnalysisRunStatus?.name
    model.pass()
    expect([named(), model.runs()]).toEqual([undefined, []])
    model.pass()
    expect(named()).toBe(model.runs()[0]?.metadata.name)
  })

  test('asks a person when the analysis behind the pause, which no status names yet, could not tell', () => {
    const steps = [{ pause: { duration: 10 } }, { analysis: { templates: [{ templateName: 'check' }] } }]
    const model = at({ ...PAUSED, duration: { rolloutStartedAt: printInstant(NOW) } } as never, {
      steps,
      index: 0,
    })
    model.put(aTemplate('check', CHECK))
    const { status } = model.rollout()
    model.pass()
    model.put({ ...model.rollout(), status } as never)
    const [run] = model.runs()
    model.put({ ...run, status: { phase: 'Inconclusive', startedAt: printInstant(NOW) } } as never)
    model.pass()
    model.pass()
    expect(model.rollout().status).toMatchObject({
      currentStepIndex: 1,
      pauseConditions: [{ reason: 'InconclusiveAnalysisRun' }],
      canary: { currentStepAnalysisRunStatus: { name: run?.metadata.name, status: 'Inconclusive' } },
    })
  })

  test('tells once of an unclear analysis behind it, and takes the answer that comes at once', () => {
    const steps = [{ pause: { duration: 10 } }, { analysis: { templates: [{ templateName: 'check' }] } }]
    const begun = { ...PAUSED, duration: { rolloutStartedAt: printInstant(NOW) } }
    const model = at(begun as never, { steps, index: 0 })
    model.put(aTemplate('check', CHECK))
    const { status } = model.rollout()
    model.pass()
    model.put({ ...model.rollout(), status } as never)
    const [run] = model.runs()
    model.put({ ...run, status: { phase: 'Inconclusive', startedAt: printInstant(NOW) } } as never)
    const told = [0, 1].flatMap(() => {
      model.pass()
      const { announced = [], events = [] } = model.decided()
      return [...announced, ...events].filter(({ message }) => message.includes('Inconclusive'))
    })
    expect(told).toHaveLength(1)
    model.put({ ...model.rollout(), status } as never)
    model.pass()
    model.put({ ...model.rollout(), status: { ...model.rollout().status, pauseConditions: [] } } as never)
    model.pass()
    expect(model.runs()).toHaveLength(2)
  })

  test('gives users who have no pods to the new revision, though no status can be written', () => {
    const model = at({ ...PAUSED, conditions: REFUSED } as never, { canary: 4, isRouted: true })
    model.remove({ kind: REPLICA_SET, namespace: 'shop', name: `demo-${hashOf(V1)}` })
    const { status } = model.rollout()
    model.pass()
    model.put({ ...model.rollout(), status } as never)
    expect(model.weight()).toBe(100)
  })

  test.each<[string, Partial<RolloutStatus>]>([
    ['aborted', { ...PAUSED, abort: true } as never],
    [
      'halted by an analysis',
      { pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '' }] } as never,
    ],
    [
      'not at its end',
      { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: printInstant(NOW - 9000) }] } as never,
    ],
  ])('is none when the update is %s', (_, status) => {
    const { announced, whys, step } = looked(at(status))
    expect(announced.filter(message => message.includes('completed'))).toEqual([])
    expect(whys).not.toContain('scale ReplicaSet demo-v1 from 3 to 2')
    expect(step).not.toBe(2)
  })
})

test.each<[string, readonly CanaryStep[], number]>([
  ['with pods that are there', [{ setCanaryScale: { replicas: 4 } }, { pause: {} }, { setWeight: 40 }], 4],
  ['to a lower weight', [{ setWeight: 50 }, { pause: {} }, { setWeight: 25 }], 2],
])('who skips a pause, %s, takes none of the time of the next one', (_, before, canary) => {
  const steps = [...before, { pause: { duration: '1h' } }, { setWeight: 80 }, { pause: {} }]
  const {
    pauseConditions: [pause],
  } = PAUSED
  const since = printInstant(NOW - 7_200_000)
  const skipped = {
    currentStepIndex: 2,
    pauseConditions: [{ ...pause, startTime: since }],
    controllerPause: true,
  }
  const model = at(skipped as never, { steps, canary, isRouted: true })
  rest(model)
  expect(model.rollout().status).toMatchObject({ currentStepIndex: 3, phase: 'Paused' })
})
