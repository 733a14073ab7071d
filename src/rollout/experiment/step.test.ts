// The experiment of a canary's step, as sentences: when it is made, what follows from its end, its share of the users.
import { describe, expect, test } from 'vitest'
import type { Experiment, ExperimentStatus, RolloutExperiment } from '../../api/experiment.ts'
import type { CanaryStrategy, RolloutStatus } from '../../api/rollout.ts'
import { EXPERIMENT, HTTP_ROUTE, REPLICA_SET } from '../../kube/kinds.ts'
import type { HttpRoute } from '../../kube/networking.ts'
import { refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import { podsOfExperiment } from '../any-state.suite.ts'
import { aModel, aRollout, aService, aTemplate, hashOf } from '../model.suite.ts'
import type { Model } from '../model.suite.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3']
const experiment: RolloutExperiment = {
  duration: '1h',
  templates: [
    { name: 'baseline', specRef: 'stable' },
    { name: 'canary', specRef: 'canary', replicas: 2, metadata: { labels: { role: 'b' } } },
  ],
  analyses: [
    {
      name: 'check',
      templateName: 'check',
      args: [{ name: 'v', valueFrom: { podTemplateHashValue: 'Latest' } }],
    },
  ],
}
const NAME = `demo-${hashOf(V2)}-2-0`
const FIRST: CanaryStrategy = { steps: [{ experiment }, { pause: {} }] }

function updating(canary = FIRST, objects: readonly KubeObject[] = []): Model {
  const model = aModel([aRollout(V1, { strategy: { canary }, progressDeadlineSeconds: 77 }), ...objects])
  rest(model)
  change(model, V2)
  return model
}

function change(model: Model, image: string): void {
  const rollout = model.rollout()
  const { template } = aRollout(image, {}).spec
  model.put({ ...rollout, spec: { ...rollout.spec, template } } as typeof rollout)
  rest(model)
}

function rest(model: Model): void {
  for (let n = 0; n < 40; n++) {
    const changed = model.pass()
    if (!model.pods() && !changed) return
  }
  throw new Error('it does not come to rest')
}

const all = (model: Model) => model.objects().filter(one => one.kind === 'Experiment') as Experiment[]
const found = (model: Model, name = NAME) => all(model).find(one => one.metadata.name === name)

function report(model: Model, status: Partial<ExperimentStatus>, name = NAME): void {
  model.put({ ...found(model, name), status } as KubeObject)
  rest(model)
}

function byPerson(model: Model, status: RolloutStatus): void {
  const rollout = model.rollout()
  model.put({ ...rollout, status: { ...rollout.status, ...status } } as KubeObject)
  rest(model)
}

function terminate(model: Model, name: string): void {
  const running = found(model, name) as Experiment
  model.put({ ...running, spec: { ...running.spec, terminate: true } } as KubeObject)
  rest(model)
}

describe('the Experiment of a step', () => {
  test('is made when the step begins, of the pods of both revisions', () => {
    const model = updating()
    expect(found(model)).toMatchObject({
      metadata: {
        labels: { 'rollouts-pod-template-hash': hashOf(V2) },
        annotations: { 'rollout.argoproj.io/revision': '2' },
      },
      spec: {
        duration: '1h',
        progressDeadlineSeconds: 77,
        analysisRunMetadata: {},
        analyses: [{ name: 'check', templateName: 'check', args: [{ name: 'v', value: hashOf(V2) }] }],
        templates: [
          {
            name: 'baseline',
            selector: { matchLabels: { app: 'demo', 'rollouts-pod-template-hash': hashOf(V1) } },
            template: { spec: { containers: [{ image: V1 }] } },
          },
          {
            name: 'canary',
            replicas: 2,
            selector: { matchLabels: { role: 'b', 'rollouts-pod-template-hash': hashOf(V2) } },
            template: { metadata: { labels: { app: 'demo', role: 'b' } } },
          },
        ],
      },
    })
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 0, canary: { currentExperiment: NAME } })
  })

  test('lets the update go on when it is Successful', () => {
    const model = updating()
    report(model, { phase: 'Running' })
    expect(model.rollout().status?.currentStepIndex).toBe(0)
    report(model, { phase: 'Successful' })
    expect(model.rollout().status).toMatchObject({ currentStepIndex: 1, canary: {}, phase: 'Paused' })
    expect(model.rollout().status?.canary).not.toHaveProperty('currentExperiment')
  })

  test('is no answer in the next step, which has one of its own', () => {
    const model = updating({ steps: [{ experiment }, { experiment }, { pause: {} }] })
    byPerson(model, { currentStepIndex: 1 })
    const next = `demo-${hashOf(V2)}-2-1`
    expect(model.rollout().status?.canary?.currentExperiment).toBe(next)
    report(model, { phase: 'Successful' })
    expect(model.rollout().status?.currentStepIndex).toBe(1)
    report(model, { phase: 'Successful' }, next)
    expect(model.rollout().status?.currentStepIndex).toBe(2)
  })

  test.each(['Failed', 'Error'] as const)('gives the update up when it ends %s', phase => {
    const model = updating()
    report(model, { phase, message: 'worse' })
    expect(model.rollout().status).toMatchObject({ abort: true, phase: 'Degraded' })
    expect(model.rollout().status?.message).toContain('Experiment analysis phase is error/failed: worse')
  })

  test('that has failed is not made again while a status that names it is refused, whatever the clocks say', () => {
    const model = updating()
    const { status } = model.rollout()
    const ours = found(model) as Experiment
    model.now += 300_000
    const at = printInstant(model.now)
    const conditions = [{ type: 'Progressing', status: 'False', lastUpdateTime: at, lastTransitionTime: at }]
    model.put({ ...ours, status: { phase: 'Error', conditions } } as never)
    const { currentExperiment: _unnamed, ...canary } = status?.canary ?? {}
    const unnamed = { ...status, canary, duration: { rolloutStartedAt: at } }
    model.put({ ...model.rollout(), status: unnamed } as never)
    const decided = model.decide()
    expect(decided.writes.filter(write => write.verb === 'create')).toEqual([])
    expect(decided.status?.abort).toBe(true)
  })

  test.each([
    ['set back', 0, -300_000],
    ['ahead', 300_000, 305_000],
  ])(
    'of a retry is not made again while a status that names it is refused, the clock %s',
    (_, aborted, since) => {
      const model = updating()
      const begun = model.now
      model.now += aborted
      byPerson(model, { abort: true })
      model.now = begun + since
      const { canary: { currentExperiment: _unnamed, ...canary } = {}, ...status } =
        model.rollout().status ?? {}
      const refused = { ...status, abort: false, canary }
      const ask = () => {
        model.put({ ...model.rollout(), status: refused } as never)
        return model.decide().writes.filter(write => write.verb === 'create')
      }
      const [made] = ask()
      const [at, creationTimestamp] = [model.now, begun + 5000].map(printInstant)
      const conditions = [{ type: 'Progressing', status: 'True', lastUpdateTime: at, lastTransitionTime: at }]
      const { metadata, ...others } = (made?.verb === 'create' ? made.object : {}) as Experiment
      const known = { ...metadata, uid: 'again', creationTimestamp }
      model.put({ ...others, metadata: known, status: { phase: 'Running', conditions } } as never)
      expect(ask()).toEqual([])
    },
  )

  test('of a retry is not made again when it has passed while no status is written, the clock ahead', () => {
    const model = updating()
    const end = (phase: string) => {
      const at = printInstant(model.now)
      const conditions = [{ type: 'Progressing', status: 'True', lastUpdateTime: at, lastTransitionTime: at }]
      for (const one of all(model).filter(each => each.status === undefined)) {
        const metadata = { ...one.metadata, creationTimestamp: printInstant(model.now - 3_600_000) }
        model.put({ ...one, metadata, status: { phase, conditions } } as never)
      }
    }
    end('Failed')
    rest(model)
    model.now += 5000
    model.put({ ...model.rollout(), status: { ...model.rollout().status, abort: false } } as never)
    for (let n = 0; n < 5; n++) {
      const { status } = model.rollout()
      model.now += 1000
      model.pass()
      model.put({ ...model.rollout(), status } as never)
      end('Successful')
    }
    expect(all(model)).toHaveLength(2)
    rest(model)
    end('Successful')
    rest(model)
    expect(model.rollout().status?.currentStepIndex).toBe(1)
  })

  test('that is invalid does not hold the step for ever: the update is given up, and says why', () => {
    const model = updating()
    const at = '2026-08-01T12:00:00Z'
    const times = { lastUpdateTime: at, lastTransitionTime: at }
    const said = {
      type: 'InvalidSpec',
      status: 'True',
      reason: 'InvalidSpec',
      message: 'no selector',
    } as const
    report(model, { conditions: [{ ...said, ...times }] })
    expect(model.rollout().status?.message).toContain('error/failed: no selector')
    expect(found(model)?.spec.terminate).toBe(true)
  })

  test('that is inconclusive pauses; whoever goes on runs another one', () => {
    const model = updating()
    report(model, { phase: 'Inconclusive' })
    const { pauseConditions } = model.rollout().status ?? {}
    expect(pauseConditions).toMatchObject([{ reason: 'InconclusiveExperiment' }])
    byPerson(model, { pauseConditions: [] })
    expect(all(model).map(one => one.metadata.name)).toEqual([NAME, `${NAME}-1`])
    report(model, { phase: 'Successful' }, `${NAME}-1`)
    expect(model.rollout().status?.currentStepIndex).toBe(1)
  })

  test('that is inconclusive, and judged while somebody holds the Rollout, is run again once nobody does', () => {
    const model = updating()
    report(model, { phase: 'Inconclusive' })
    const hold = (paused: boolean) => {
      const rollout = model.rollout()
      model.put({ ...rollout, spec: { ...rollout.spec, paused } } as KubeObject)
      rest(model)
    }
    hold(true)
    byPerson(model, { pauseConditions: [] })
    expect(model.rollout().status).toMatchObject({ pauseConditions: [], controllerPause: true })
    hold(false)
    expect(all(model).map(one => one.metadata.name)).toEqual([NAME, `${NAME}-1`])
  })

  test('that is inconclusive, and deleted by somebody, is nothing to judge any more', () => {
    const model = updating()
    report(model, { phase: 'Inconclusive' })
    model.remove(refOf(EXPERIMENT, found(model) as Experiment))
    rest(model)
    expect(model.rollout().status).toMatchObject({ phase: 'Progressing', currentStepIndex: 0 })
    expect(model.rollout().status?.pauseConditions).toBeUndefined()
  })

  test('that has failed makes the way back within the window no short one', () => {
    const model = updating()
    report(model, { phase: 'Failed' })
    const { spec } = model.rollout()
    model.put({ ...model.rollout(), spec: { ...spec, rollbackWindow: { revisions: 3 } } } as KubeObject)
    model.now += 5000
    change(model, V3)
    byPerson(model, { promoteFull: true })
    expect(model.rollout().status?.stableRS).toBe(hashOf(V3))
    model.now += 5000
    change(model, V2)
    expect(model.rollout().status).toMatchObject({ stableRS: hashOf(V3), currentStepIndex: 0 })
  })

  test('that has passed does not outweigh an analysis that has failed', () => {
    const analysis = { templates: [{ templateName: 'check' }] }
    const job = { spec: { template: { spec: { containers: [{ name: 'check' }] } } } }
    const check = aTemplate('check', { metrics: [{ name: 'check', provider: { job } }] })
    const model = updating({ steps: [{ experiment }, { analysis }, { pause: {} }] }, [check])
    const { spec } = model.rollout()
    model.put({ ...model.rollout(), spec: { ...spec, rollbackWindow: { revisions: 3 } } } as KubeObject)
    report(model, { phase: 'Successful' })
    const [run] = model.runs()
    model.put({ ...run, status: { phase: 'Failed' } } as KubeObject)
    rest(model)
    model.now += 5000
    byPerson(model, { abort: false })
    report(model, { phase: 'Successful' }, `${NAME}-1`)
    model.now += 5000
    change(model, V3)
    byPerson(model, { promoteFull: true })
    model.now += 5000
    change(model, V2)
    expect(model.rollout().status).toMatchObject({ stableRS: hashOf(V3), currentStepIndex: 0 })
  })

  test('under way is not deleted while its ReplicaSet, deleted by somebody, is made again', () => {
    const model = updating()
    model.remove(refOf(REPLICA_SET, model.replicaSet(V2) as KubeObject))
    const { uid } = found(model)?.metadata ?? {}
    rest(model)
    expect(found(model)?.metadata.uid).toBe(uid)
  })

  test.each([
    ['an abort', (model: Model) => byPerson(model, { abort: true })],
    ['a full promotion', (model: Model) => byPerson(model, { promoteFull: true })],
    ['a promotion past the step', (model: Model) => byPerson(model, { currentStepIndex: 1 })],
    ['another revision', (model: Model) => change(model, V3)],
  ])('is ended by %s', (_, act) => {
    const model = updating()
    act(model)
    expect(found(model)?.spec.terminate).toBe(true)
  })

  test('that somebody deletes is made anew', () => {
    const model = updating()
    model.remove(refOf(EXPERIMENT, found(model) as Experiment))
    rest(model)
    expect(found(model)).toBeDefined()
  })

  test('is forgotten beyond the history limit', () => {
    const model = updating()
    report(model, { phase: 'Successful' })
    const rollout = model.rollout()
    const limited = { ...rollout.spec, analysis: { successfulRunHistoryLimit: 0 } }
    model.put({ ...rollout, spec: limited } as KubeObject)
    rest(model)
    expect(all(model)).toEqual([])
  })

  test('is not asked of a first revision', () => {
    const model = aModel([aRollout(V1, { strategy: { canary: FIRST } })])
    rest(model)
    expect(all(model)).toEqual([])
  })
})

describe('the weight of templates', () => {
  const weighted: RolloutExperiment = {
    templates: [
      { name: 'a', specRef: 'stable', weight: 10 },
      { name: 'b', specRef: 'canary', weight: 15 },
    ],
  }
  const plugins = { 'argoproj-labs/gatewayAPI': { httpRoute: 'demo', namespace: 'shop' } }
  const canary: CanaryStrategy = {
    stableService: 'stable',
    canaryService: 'canary',
    trafficRouting: { plugins },
    steps: [{ setWeight: 20 }, { experiment: weighted }, { pause: {} }],
  }
  const route: HttpRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'demo', namespace: 'shop', uid: 'route' },
    spec: {
      rules: [
        {
          backendRefs: [
            { name: 'stable', port: 80 },
            { name: 'canary', port: 80 },
          ],
        },
      ],
    },
  }
  const name = `demo-${hashOf(V2)}-2-1`
  const told = (of: string, status: string) => ({
    name: of,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    status,
    serviceName: `${name}-${of}`,
    podTemplateHash: `hash-${of}`,
  })
  const standing = (phase: string, a: string, b: string) =>
    ({ phase, templateStatuses: [told('a', a), told('b', b)] }) as Partial<ExperimentStatus>

  const withPods = (model: Model, of: string, replicas: number) =>
    model.put(podsOfExperiment(found(model, name)?.metadata.uid ?? '', `hash-${of}`, replicas))
  const world = () => {
    const model = updating(canary, [route, aService('stable'), aService('canary')])
    for (const of of ['a', 'b']) withPods(model, of, 1)
    return model
  }
  const given = (model: Model) => {
    const { spec } = model.objects().find(one => one.kind === HTTP_ROUTE.kind) as HttpRoute
    const refs = spec.rules?.[0]?.backendRefs ?? []
    return Object.fromEntries(refs.map(one => [one.name, one.weight]))
  }

  test('comes when all their pods are there, and is the stable side’s', () => {
    const model = world()
    report(model, standing('Pending', 'Running', 'Progressing'), name)
    expect(given(model)).toEqual({ stable: 80, canary: 20 })
    report(model, standing('Running', 'Running', 'Running'), name)
    expect(given(model)).toEqual({ stable: 55, canary: 20, [`${name}-a`]: 10, [`${name}-b`]: 15 })
    expect(model.rollout().status?.canary?.weights?.stable.weight).toBe(55)
    expect(model.rollout().status?.canary?.weights?.additional).toEqual([
      { weight: 10, serviceName: `${name}-a`, podTemplateHash: 'hash-a' },
      { weight: 15, serviceName: `${name}-b`, podTemplateHash: 'hash-b' },
    ])
  })

  test.each([
    [
      'its end',
      (model: Model) => report(model, standing('Successful', 'Successful', 'Successful'), name),
      20,
    ],
    ['its failure', (model: Model) => report(model, standing('Failed', 'Failed', 'Running'), name), 0],
    ['an abort', (model: Model) => byPerson(model, { abort: true }), 0],
    ['its termination, before it has ended', (model: Model) => terminate(model, name), 20],
  ])('goes with %s', (_, act, weight) => {
    const model = world()
    report(model, standing('Running', 'Running', 'Running'), name)
    act(model)
    expect(given(model)).toEqual({ stable: 100 - weight, canary: weight })
    expect(model.rollout().status?.canary?.weights?.additional).toBeUndefined()
  })

  test('is not given to pods that have gone, whatever the Experiment still says of them', () => {
    const model = world()
    withPods(model, 'b', 0)
    report(model, standing('Running', 'Running', 'Running'), name)
    expect(given(model)).toEqual({ stable: 70, canary: 20, [`${name}-a`]: 10 })
  })

  test('goes from a template that loses its pods, and from that one alone', () => {
    const model = world()
    report(model, standing('Running', 'Running', 'Running'), name)
    report(model, standing('Running', 'Running', 'Progressing'), name)
    expect(given(model)).toEqual({ stable: 70, canary: 20, [`${name}-a`]: 10 })
  })
})
