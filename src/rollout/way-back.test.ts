// Going back needs nothing: each problem, met in the middle of a routed canary, against each move. The table is that of
// docs/ARCHITECTURE.md.
import { describe, expect, test } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { ANALYSIS_TEMPLATE, INGRESS, SERVICE } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import type { KubeObject, ObjectRef } from '../kube/object.ts'
import { stepsHash } from '../workload/steps-hash.ts'
import { canaryIngress, ROUTING } from './any-state.suite.ts'
import type { Model } from './model.suite.ts'
import { OWNER } from './routes.suite.ts'
import {
  aModel,
  anIngress,
  aReplicaSet,
  aRollout,
  aService,
  aTemplate,
  hashOf,
  rest,
  template,
} from './model.suite.ts'

const [V0, V1, V2, V3] = ['demo:v0', 'demo:v1', 'demo:v2', 'demo:v3'] as const
const [H1, H2, H3] = [hashOf(V1), hashOf(V2), hashOf(V3)]
const STEPS = [{ setWeight: 40 }, { pause: {} }, { setWeight: 80 }, { pause: {} }]
const RUN = 'demo-v2-2'
const CHECK = { templates: [{ templateName: 'check' }] }
const job = { spec: { template: { spec: { containers: [{ name: 'check', image: 'check' }] } } } }

/** The second version has 40 % of the users and waits for a person. */
function midway(more: RolloutStatus = {}): Model {
  const strategy = {
    canary: {
      steps: STEPS,
      analysis: { ...CHECK, startingStep: 3 },
      stableService: 'stable',
      canaryService: 'canary',
      trafficRouting: ROUTING.nginx,
    },
  }
  const status: RolloutStatus = {
    currentPodHash: H2,
    stableRS: H1,
    currentStepHash: stepsHash(STEPS),
    currentStepIndex: 1,
    observedGeneration: '1',
    blueGreen: {},
    canary: {
      weights: {
        canary: { weight: 40, serviceName: 'canary', podTemplateHash: H2 },
        stable: { weight: 60, serviceName: 'stable', podTemplateHash: H1 },
      },
    },
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-08-01T11:59:55Z' }],
    ...more,
  }
  return aModel([
    aRollout(V2, { replicas: 5, strategy } as Partial<RolloutSpec>, status),
    aReplicaSet({ image: V1, revision: 1, replicas: 5 }),
    aReplicaSet({ image: V2, revision: 2, replicas: 2, desired: 5 }),
    aService('stable', H1),
    aService('canary', H2),
    anIngress('stable'),
    canaryIngress(40),
    aTemplate('check', { metrics: [{ name: 'check', provider: { job } }] }),
  ])
}

/** All is there for 40 % of the users but the weight, the Service, the analysis beside it; and an old pod may go. */
function beforeItsStep(canaryPods: number): Model {
  const weights = {
    canary: { weight: 0, serviceName: 'canary', podTemplateHash: H2 },
    stable: { weight: 100, serviceName: 'stable', podTemplateHash: H1 },
  }
  const model = midway({
    currentStepIndex: 0,
    canary: { weights },
    controllerPause: false,
    pauseConditions: [],
  })
  edit(model, inCanary({ analysis: { ...CHECK, startingStep: 0 } }))
  model.put(aReplicaSet({ image: V0, revision: 0, replicas: 1, desired: 5 }))
  model.put(aReplicaSet({ image: V2, revision: 2, replicas: canaryPods, desired: 5 }))
  model.put(aService('canary', H1))
  model.put(canaryIngress(0))
  return model
}

function edit(model: Model, change: (spec: RolloutSpec) => object): void {
  const rollout = model.rollout()
  model.put({ ...rollout, spec: { ...rollout.spec, ...change(rollout.spec) } } as KubeObject)
}

const inCanary = (more: object) => (spec: RolloutSpec) => ({
  strategy: { canary: { ...spec.strategy?.canary, ...more } },
})
const gone = (kind: ObjectRef['kind'], name: string) => (model: Model) =>
  model.remove({ kind, namespace: 'shop', name })

const PROBLEMS: Readonly<Record<string, (model: Model) => void>> = {
  'an AnalysisTemplate that is gone': gone(ANALYSIS_TEMPLATE, 'check'),
  'a Service of the canary that is gone': gone(SERVICE, 'canary'),
  'an Ingress of the stable Service that is gone': gone(INGRESS, 'demo'),
  'an Ingress of the stable Service that is malformed': model =>
    model.put({ ...anIngress('stable'), spec: { rules: 'none' } } as unknown as KubeObject),
  'a setWeight of 120': model => edit(model, inCanary({ steps: [{ setWeight: 120 }, ...STEPS] })),
  'a router that nobody knows': model =>
    edit(model, inCanary({ trafficRouting: { ...ROUTING.nginx, plugins: { 'other/plugin': {} } } })),
  'a router with contradictory settings': model =>
    edit(
      model,
      inCanary({ trafficRouting: { nginx: { stableIngress: 'demo', stableIngresses: ['demo'] } } }),
    ),
  'negative replicas': model => edit(model, () => ({ replicas: -1 })),
  'a selector that does not match': model =>
    edit(model, () => ({ selector: { matchLabels: { app: 'other' } } })),
  'both strategies': model =>
    edit(model, spec => ({ strategy: { ...spec.strategy, blueGreen: { activeService: 'stable' } } })),
  'a role that contradicts the selector': model =>
    edit(model, inCanary({ canaryMetadata: { labels: { app: 'canary' } } })),
}

const selected = (model: Model, service: string) => model.service(service)?.spec.selector?.[POD_TEMPLATE_HASH]
const sizeOf = (model: Model, image: string) => model.replicaSet(image)?.spec.replicas

function setStatus(model: Model, status: RolloutStatus): void {
  const rollout = model.rollout()
  model.put({ ...rollout, status: { ...rollout.status, ...status } } as KubeObject)
}

describe.each(Object.entries(PROBLEMS))('%s', (_name, breaks) => {
  test('moves nothing forward, whatever a person asks for', () => {
    const model = midway()
    breaks(model)
    setStatus(model, { pauseConditions: [], promoteFull: true })
    rest(model)
    expect(model.rollout().status).toMatchObject({ phase: 'Degraded', currentStepIndex: 1, stableRS: H1 })
    expect(model.rollout().status?.message).toMatch(/^InvalidSpec: /)
    expect([sizeOf(model, V1), sizeOf(model, V2), model.weight()]).toEqual([5, 2, 40])
    expect([selected(model, 'stable'), selected(model, 'canary') ?? H2]).toEqual([H1, H2])
    expect(model.runs()).toEqual([])
  })

  test.each([1, 2])('lets nothing go on that is due, with %i pods of the new revision', canaryPods => {
    const model = beforeItsStep(canaryPods)
    breaks(model)
    rest(model)
    expect([V0, V1, V2].map(image => sizeOf(model, image))).toEqual([1, 5, canaryPods])
    expect(model.weight()).toBe(0)
    expect(selected(model, 'canary') ?? H1).toBe(H1)
    expect(model.runs()).toEqual([])
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 0, stableRS: H1 })
  })

  test('raises no route that a person has lowered, though more is recorded', () => {
    const recorded = midway().rollout().status?.canary?.weights
    const weights = recorded && { ...recorded, canary: { ...recorded.canary, weight: 80 } }
    const model = midway({ canary: weights === undefined ? {} : { weights } })
    model.put(canaryIngress(0))
    breaks(model)
    rest(model)
    expect(model.weight()).toBe(0)
  })

  test('lets an abort take all weight away', () => {
    const model = midway()
    breaks(model)
    setStatus(model, { abort: true })
    rest(model)
    expect(model.weight()).toBe(0)
    expect(selected(model, 'stable')).toBe(H1)
    expect(model.rollout().status).toMatchObject({ abort: true, phase: 'Degraded' })
    expect(model.rollout().status?.canary?.weights?.canary.weight ?? 0).toBe(0)
    expect(sizeOf(model, V1)).toBe(5)
  })

  test('lets an undo to the stable revision take all weight away', () => {
    const model = midway()
    breaks(model)
    edit(model, () => ({ template: template(V1) }))
    rest(model)
    expect(model.weight()).toBe(0)
    expect(selected(model, 'stable')).toBe(H1)
    expect(model.rollout().status).toMatchObject({ currentPodHash: H1, stableRS: H1 })
  })

  test('gives stable its pods, and makes no other revision', () => {
    const model = midway()
    breaks(model)
    model.put({ ...aReplicaSet({ image: V1, revision: 1, replicas: 3, desired: 5 }) })
    edit(model, () => ({ template: template(V3) }))
    rest(model)
    expect(model.replicaSets().map(one => one.metadata.name)).not.toContain(`demo-${H3}`)
    expect([sizeOf(model, V1), sizeOf(model, V2)]).toEqual([5, 2])
    expect(model.weight()).toBeLessThanOrEqual(40)
  })

  test('is waited for with a cure', () => {
    const model = midway()
    breaks(model)
    const { waits = [] } = model.decide()
    expect(waits[0]?.for).toMatch(/^the Rollout to be mended: /)
    expect(waits[0]?.cure).not.toBe('')
  })
})

test('a lower weight that a broken router cannot write is not told', () => {
  const steps = [{ setWeight: 40 }, { setWeight: 20 }, { pause: {} }]
  const model = midway({ currentStepHash: stepsHash(steps), controllerPause: false, pauseConditions: [] })
  edit(model, inCanary({ steps }))
  gone(INGRESS, 'demo')(model)
  rest(model)
  expect([model.weight(), model.rollout().status?.canary?.weights?.canary.weight]).toEqual([40, 40])
})

test('without a problem all that is due goes on', () => {
  const model = beforeItsStep(1)
  rest(model)
  expect([V0, V1, V2].map(image => sizeOf(model, image))).toEqual([0, 5, 2])
  expect([model.weight(), selected(model, 'canary'), model.runs().length]).toEqual([40, H2, 1])
})

test('both strategies at once: blue/green, which was played last, goes back', () => {
  const canary = { steps: STEPS, stableService: 'active', canaryService: 'preview' }
  const strategy = { blueGreen: { activeService: 'active', previewService: 'preview' }, canary }
  const status: RolloutStatus = {
    currentPodHash: H2,
    stableRS: H1,
    observedGeneration: '1',
    blueGreen: { activeSelector: H2, previewSelector: H2 },
    canary: {},
    abort: true,
  }
  const model = aModel([
    aRollout(V2, { strategy } as Partial<RolloutSpec>, status),
    aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
    aReplicaSet({ image: V2, revision: 2, replicas: 2 }),
    aService('active', H2),
    aService('preview', H2),
  ])
  rest(model)
  expect(selected(model, 'active')).toBe(H1)
  expect(model.rollout().status).toMatchObject({ abort: true, blueGreen: { activeSelector: H1 } })
})

test('on a first deployment nothing is created', () => {
  const model = aModel([aRollout(V1, { replicas: -1, strategy: { canary: {} } })])
  expect(model.decide().writes).toEqual([])
})

test('an abort stands when what was wrong is mended, also that of an update which never began', () => {
  const model = midway()
  const [sound, { template: next }] = [model.rollout().spec, aRollout(V3, {}).spec]
  model.put({ ...model.rollout(), spec: { ...sound, template: next, minReadySeconds: -1 } } as never)
  rest(model)
  model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: true } } as never)
  rest(model)
  expect(model.rollout().status).toMatchObject({ abort: true, currentPodHash: H3 })
  model.put({ ...model.rollout(), spec: { ...sound, template: next } } as never)
  rest(model)
  expect(model.rollout().status).toMatchObject({ abort: true, stableRS: H1, phase: 'Degraded' })
})

test('an abort ends a full promotion that was asked for before it, also with a mistake in the spec', () => {
  const model = midway({ promoteFull: true, abort: true })
  const { spec } = model.rollout()
  model.put({ ...model.rollout(), spec: { ...spec, minReadySeconds: -1 } } as never)
  model.pass()
  expect(model.rollout().status?.promoteFull).not.toBe(true)
  model.put({ ...model.rollout(), status: { ...model.rollout().status, promoteFull: true } } as never)
  model.pass()
  expect(model.rollout().status?.promoteFull).toBe(true)
})

describe('an abort that comes after a retry, with a mistake in the spec', () => {
  const word = (model: Model, status: RolloutStatus) => {
    model.put({ ...model.rollout(), status: { ...model.rollout().status, ...status } } as never)
    rest(model)
  }
  const aborted = () => {
    const model = midway({ abort: true })
    rest(model)
    return { model, sound: model.rollout().spec }
  }

  test('is told of, and wins over a full promotion that was asked for between them', () => {
    const { model, sound } = aborted()
    model.put({ ...model.rollout(), spec: { ...sound, minReadySeconds: -1 } } as never)
    for (const status of [{}, { abort: false }, { promoteFull: true }]) word(model, status)
    expect(model.rollout().status?.conditions?.map(one => one.reason)).toContain('RolloutRetry')
    word(model, { abort: true })
    expect(model.rollout().status?.conditions?.map(one => one.reason)).toContain('RolloutAborted')
    model.put({ ...model.rollout(), spec: sound } as never)
    rest(model)
    expect(model.rollout().status).toMatchObject({ abort: true, stableRS: H1, phase: 'Degraded' })
  })

  test('is one of the image that is asked for then', () => {
    const { model, sound } = aborted()
    const { template: next } = aRollout(V3, {}).spec
    model.put({ ...model.rollout(), spec: { ...sound, template: next, minReadySeconds: -1 } } as never)
    for (const status of [{}, { abort: false }, { abort: true }]) word(model, status)
    model.put({ ...model.rollout(), spec: { ...sound, template: next } } as never)
    rest(model)
    expect(model.rollout().status).toMatchObject({ abort: true, currentPodHash: H3, stableRS: H1 })
  })
})

test('an image that comes after an abort is another update, also when it comes with a mistake in the spec', () => {
  const model = midway({ abort: true })
  rest(model)
  const [sound, { template: next }] = [model.rollout().spec, aRollout(V3, {}).spec]
  model.put({ ...model.rollout(), spec: { ...sound, template: next, minReadySeconds: -1 } } as never)
  rest(model)
  model.put({ ...model.rollout(), spec: { ...sound, template: next } } as never)
  rest(model)
  expect(model.rollout().status).toMatchObject({ currentPodHash: H3, phase: 'Paused' })
  expect(model.rollout().status?.abort).toBeUndefined()
})

test('what has failed is aborted, not the image that came meanwhile with a mistake in the spec', () => {
  const model = midway({ canary: { currentBackgroundAnalysisRunStatus: { name: RUN, status: 'Running' } } })
  edit(model, inCanary({ analysis: { ...CHECK, startingStep: 0 } }))
  const [sound, { template: next }] = [model.rollout().spec, aRollout(V3, {}).spec]
  model.put({ ...model.rollout(), spec: { ...sound, template: next, minReadySeconds: -1 } } as never)
  model.put(aReplicaSet({ image: V3, revision: 3, replicas: 0, desired: 5 }))
  rest(model)
  const metadata = {
    name: RUN,
    namespace: 'shop',
    labels: { [POD_TEMPLATE_HASH]: H2 },
    ownerReferences: [OWNER],
  }
  const run = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata, spec: { metrics: [] } }
  model.put(fromJson({ ...run, status: { phase: 'Failed', message: 'too many errors' } }))
  rest(model)
  expect(model.rollout().status).toMatchObject({ abort: true, currentPodHash: H2 })
  model.put({ ...model.rollout(), spec: { ...sound, template: next } } as never)
  rest(model)
  expect(model.rollout().status?.abort).toBeUndefined()
})

test('a problem is told once, also of a Rollout that is going back', () => {
  const model = midway({ abort: true })
  const rollout = model.rollout()
  model.put({ ...rollout, spec: { ...rollout.spec, replicas: -1 } } as KubeObject)
  rest(model)
  const { conditions } = model.rollout().status ?? {}
  expect(conditions?.map(one => one.type)).toContain('InvalidSpec')
  model.now += 60_000
  expect(model.decide().status?.conditions).toEqual(conditions)
})
