// What people rely on in Experiments, in the simulated cluster: Services around duration and delay, a canary's step
// with an analysis, many at once, what is deleted or taken meanwhile.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AnalysisRun } from '../../src/api/analysis.ts'
import type { Experiment } from '../../src/api/experiment.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Pod, Service } from '../../src/kube/core.ts'
import { ANALYSIS_RUN, EXPERIMENT, JOB, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await aScene()
})
afterEach(() => scene.stop())

const argo = { apiVersion: 'argoproj.io/v1alpha1' }

function templateOf(name: string, more: object = {}, ports: readonly object[] = [{ containerPort: 8080 }]) {
  const labels = { app: name }
  const containers = [{ name: 'app', image: 'demo:v1', ports }]
  return {
    name,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
    ...more,
  }
}

function experiment(name: string, spec: object) {
  return { ...argo, kind: 'Experiment', metadata: { name }, spec }
}

async function phaseOf(name: string): Promise<string | undefined> {
  const all = await scene.list<Experiment>(EXPERIMENT)
  return all.find(one => one.metadata.name === name)?.status?.phase
}

const services = async () =>
  (await scene.list<Service>(SERVICE)).filter(one => one.metadata.ownerReferences !== undefined)

const job = {
  template: {
    spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'alpine:3', command: ['sh'] }] },
  },
}
const check = {
  ...argo,
  kind: 'AnalysisTemplate',
  metadata: { name: 'check' },
  spec: {
    args: [{ name: 'hashes', value: '' }],
    metrics: [
      { name: 'check', provider: { job: { metadata: { labels: { of: '{{args.hashes}}' } }, spec: job } } },
    ],
  },
}

describe('the Service of a template', () => {
  test.each([
    ['is called as its ReplicaSet', {}, 'one-a'],
    ['is called as it is told', { name: 'mine' }, 'mine'],
  ])('%s, and is there from the first pod to the last', async (_, service, name) => {
    const templates = [templateOf('a', { service })]
    await scene.make(experiment('one', { templates, duration: '10s', scaleDownDelaySeconds: 10 }))
    await scene.pass(5)
    expect((await services()).map(one => one.metadata.name)).toEqual([name])
    expect(await scene.served(name)).toBe(1)
    await scene.pass(12)
    expect(await phaseOf('one')).toBe('Successful')
    expect(await scene.served(name)).toBe(1)
    await scene.pass(60)
    expect(await services()).toEqual([])
    expect(await scene.pods()).toEqual([])
  })

  test('is told of in the status with its pods, and no longer when they have gone', async () => {
    const templates = [templateOf('a', { service: {}, replicas: 2 })]
    await scene.make(experiment('one', { templates, duration: '10s', scaleDownDelaySeconds: 0 }))
    await scene.pass(5)
    const [set] = await scene.list<ReplicaSet>(REPLICA_SET)
    const status = async () => {
      const [one] = await scene.list<Experiment>(EXPERIMENT)
      return one?.status?.templateStatuses?.[0]
    }
    expect(await status()).toMatchObject({
      replicas: 2,
      availableReplicas: 2,
      serviceName: 'one-a',
      podTemplateHash: set === undefined ? '' : podHashOf(set),
    })
    const [service] = await services()
    expect(service?.metadata).toMatchObject({
      annotations: { 'experiment.argoproj.io/name': 'one', 'experiment.argoproj.io/template-name': 'a' },
      ownerReferences: [{ kind: 'Experiment', name: 'one', controller: true }],
    })
    await scene.pass(60)
    const gone = await status()
    expect(gone).toMatchObject({ status: 'Successful', replicas: 0, availableReplicas: 0 })
    expect(gone).not.toHaveProperty('serviceName')
    expect(gone).not.toHaveProperty('podTemplateHash')
  })

  test('has a port for each port of the container', async () => {
    const ports = [8080, 8081, 8082].map((containerPort, i) => ({ name: `p${i}`, containerPort }))
    await scene.make(
      experiment('one', { templates: [templateOf('a', { service: {} }, ports)], duration: '10s' }),
    )
    await scene.pass(5)
    const [service] = await services()
    expect(service?.spec.ports?.map(one => [one.name, one.port, one.targetPort])).toEqual([
      ['p0', 8080, 8080],
      ['p1', 8081, 8081],
      ['p2', 8082, 8082],
    ])
  })

  test('whose name is somebody else’s fails the experiment, and theirs stays', async () => {
    const theirs = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'mine' },
      spec: { ports: [{ port: 80 }] },
    }
    await scene.make(
      theirs,
      experiment('one', { templates: [templateOf('a', { service: { name: 'mine' } })] }),
    )
    await scene.pass(5)
    expect(await phaseOf('one')).toBe('Error')
    expect((await scene.list(SERVICE)).map(one => one.metadata.name)).toContain('mine')
  })
})

describe('the experiment of a step', () => {
  const args = [
    { name: 'hashes', value: '{{templates.baseline.podTemplateHash}}.{{templates.canary.podTemplateHash}}' },
  ]
  const step = {
    templates: [
      { name: 'baseline', specRef: 'stable' },
      { name: 'canary', specRef: 'canary' },
    ],
    analyses: [{ name: 'check', templateName: 'check', requiredForCompletion: true, args }],
    analysisRunMetadata: { labels: { run: 'mine' } },
  }
  const template = (image: string) => ({
    metadata: { labels: { app: 'demo' } },
    spec: { containers: [{ name: 'app', image, ports: [{ containerPort: 8080 }] }] },
  })
  const withStep = (experimentStep: object) => ({
    ...argo,
    kind: 'Rollout',
    metadata: { name: 'demo' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'demo' } },
      template: template('demo:v1'),
      strategy: { canary: { steps: [{ setWeight: 50 }, { experiment: experimentStep }, { pause: {} }] } },
    },
  })

  async function updated(): Promise<void> {
    await scene.make(check, withStep(step))
    await scene.pass(10)
    await scene.run('set image demo app=demo:v2')
  }

  test('has hashes of its own, hands them to its analysis, and goes on when that has succeeded', async () => {
    await updated()
    await scene.pass(60)
    const sets = await scene.list<ReplicaSet>(REPLICA_SET)
    expect(new Set(sets.map(podHashOf)).size).toBe(4)
    const [run] = await scene.list<AnalysisRun>(ANALYSIS_RUN)
    const hashes = sets.filter(one => one.metadata.name.match(/baseline|canary/)).map(podHashOf)
    expect(run?.spec.args).toEqual([{ name: 'hashes', value: hashes.join('.') }])
    expect(run?.metadata.labels).toMatchObject({ run: 'mine' })
    expect((await scene.rollout('demo')).status).toMatchObject({ currentStepIndex: 2, phase: 'Paused' })
  })

  test('and all that it makes say whose they are', async () => {
    await updated()
    await scene.pass(4)
    const [made] = await scene.list<Experiment>(EXPERIMENT)
    const { name } = made?.metadata ?? { name: '' }
    expect(made?.metadata).toMatchObject({
      name: expect.stringMatching(/^demo-[a-z0-9]+-2-1$/),
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [{ kind: 'Rollout', name: 'demo', controller: true }],
    })
    const sets = await scene.list<ReplicaSet>(REPLICA_SET)
    for (const of of ['baseline', 'canary'])
      expect(sets.find(one => one.metadata.name === `${name}-${of}`)?.metadata).toMatchObject({
        annotations: {
          'experiment.argoproj.io/name': name,
          'experiment.argoproj.io/template-name': of,
        },
        ownerReferences: [{ kind: 'Experiment', name, controller: true }],
      })
  })

  test('gives the Job of its analysis labels and annotations with the hashes of both revisions', async () => {
    const hashes = { stable: '{{args.stable}}', latest: '{{args.latest}}', baseline: '{{args.baseline}}' }
    const metadata = { labels: hashes, annotations: hashes }
    const checking = {
      ...check,
      spec: {
        args: Object.keys(hashes).map(name => ({ name })),
        metrics: [{ name: 'check', provider: { job: { metadata, spec: job } } }],
      },
    }
    const given = [
      { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
      { name: 'latest', valueFrom: { podTemplateHashValue: 'Latest' } },
      { name: 'baseline', value: '{{templates.baseline.podTemplateHash}}' },
    ]
    await scene.make(checking, withStep({ ...step, analyses: [{ ...step.analyses[0], args: given }] }))
    await scene.pass(10)
    await scene.run('set image demo app=demo:v2')
    await scene.pass(6)
    const [made] = await scene.list(JOB)
    const [run] = await scene.list<AnalysisRun>(ANALYSIS_RUN)
    const baseline = (await scene.list<ReplicaSet>(REPLICA_SET)).find(one =>
      one.metadata.name.endsWith('baseline'),
    )
    const wanted = {
      stable: podHashOf(await scene.replicaSet(1)),
      latest: podHashOf(await scene.replicaSet(2)),
      baseline: baseline === undefined ? '' : podHashOf(baseline),
    }
    expect(new Set(Object.values(wanted)).size).toBe(3)
    const uid = run?.metadata.uid ?? ''
    expect(made?.metadata).toMatchObject({
      name: `${uid}.check.1`,
      labels: { ...wanted, 'analysisrun.argoproj.io/uid': uid },
      annotations: wanted,
    })
    const [pod] = (await scene.list<Pod>(POD)).filter(
      one => one.metadata.ownerReferences?.[0]?.kind === 'Job',
    )
    expect(pod?.metadata.labels).toMatchObject({ 'analysisrun.argoproj.io/uid': uid })
  })

  test('ends with an abort, and its pods after the delay', async () => {
    await updated()
    await scene.pass(4)
    await scene.run('abort demo')
    await scene.pass(90)
    const [made] = await scene.list<Experiment>(EXPERIMENT)
    expect(made?.spec.terminate).toBe(true)
    expect(made?.status?.phase).toBe('Successful')
    expect((await scene.pods()).length).toBe(2)
  })

  test('goes with its Rollout', async () => {
    await updated()
    await scene.pass(4)
    await scene.remove(ROLLOUT, 'demo')
    await scene.pass(60)
    expect(await scene.list(EXPERIMENT)).toEqual([])
    expect(await scene.pods()).toEqual([])
  })
})

test('two of the same templates live side by side; one that is retried begins anew', async () => {
  const spec = { templates: [templateOf('a')], duration: '5s', scaleDownDelaySeconds: 1 }
  await scene.make(experiment('one', spec), experiment('two', spec))
  await scene.pass(60)
  expect([await phaseOf('one'), await phaseOf('two')]).toEqual(['Successful', 'Successful'])
  await scene.run('retry experiment one')
  await scene.pass(4)
  expect(await phaseOf('one')).toBe('Running')
  expect((await scene.pods()).length).toBe(1)
  await scene.run('terminate experiment one')
  await scene.pass(60)
  expect(await phaseOf('one')).toBe('Successful')
  expect(await scene.pods()).toEqual([])
})

const COUNT = 200

test('of many at once none is under way a minute after its time, and no pod is left', async () => {
  const spec = { templates: [templateOf('a'), templateOf('b')], duration: '20s', scaleDownDelaySeconds: 10 }
  await scene.make(...Array.from({ length: COUNT }, (_, i) => experiment(`many-${i}`, spec)))
  await scene.pass(90)
  const phases = (await scene.list<Experiment>(EXPERIMENT)).map(one => one.status?.phase)
  expect(phases).toEqual(Array.from({ length: COUNT }, () => 'Successful'))
  expect(await scene.pods()).toEqual([])
}, 240_000)

test('under an instance id all that is watched carries it, and others’ experiments are left alone', async () => {
  const ours = await aScene({ instanceId: 'ours' })
  const label = 'argo-rollouts.argoproj.io/controller-instance-id'
  const metadata = { labels: { [label]: 'ours' } }
  const spec = { templates: [templateOf('a')], analyses: [{ name: 'check', templateName: 'check' }] }
  const one = experiment('one', spec)
  await ours.make(check, { ...one, metadata: { ...one.metadata, ...metadata } }, experiment('nobodys', spec))
  await ours.pass(8)
  const [run, ...others] = await ours.list<AnalysisRun>(ANALYSIS_RUN)
  expect(run?.metadata.labels?.[label]).toBe('ours')
  expect([run?.status?.phase, others]).toEqual(['Successful', []])
  expect((await ours.list<ReplicaSet>(REPLICA_SET)).map(set => set.metadata.name)).toEqual(['one-a'])
  await ours.stop()
})
