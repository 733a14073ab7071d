// What people see of a write that the API server refuses, in virtual time: the whole controller over the real API
// pipeline, and whoever says no.
import { afterEach, describe, expect, test } from 'vitest'
import type { Rollout } from '../../src/api/rollout.ts'
import { INSTANCE_ID } from '../../src/api/words.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import { KubeError } from '../../src/kube/errors.ts'
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  EVENT,
  EXPERIMENT,
  INGRESS,
  JOB,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../../src/kube/kinds.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import { apiVersionOf } from '../../src/kube/object.ts'
import type { Write } from '../../src/kube/write.ts'
import { createWorld } from '../../src/sim/world.ts'
import type { World } from '../../src/sim/world.ts'
import type { Json } from '../../src/std/json.ts'
import { rolloutView } from '../../src/view/rollout-view.ts'
import { rolloutText } from '../../src/view/header.ts'
import { blueGreen, canary, ingress, services } from './rollouts.ts'
import { INSTANCE } from './world.ts'

const namespace = 'default'
const MINUTE = 60_000

interface Event extends KubeObject {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly involvedObject: { readonly name: string }
}

interface Scene {
  readonly world: World
  /** Whoever says no, and to what. */
  refuse: (write: Write) => KubeError | undefined
  /** Writes that were sent, refused or not. */
  readonly sent: Write[]
  make(...objects: readonly KubeObject[]): Promise<void>
  patch(kind: Kind, name: string, patch: Json): Promise<void>
  rollout(name?: string): Promise<Rollout>
  events(): Promise<readonly Event[]>
}

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

async function begin(): Promise<Scene> {
  const scene: Pick<Scene, 'refuse' | 'sent'> = { refuse: () => undefined, sent: [] }
  const world = await createWorld({
    reconcilers: reconcilers({ instanceId: INSTANCE }),
    refuse(write) {
      scene.sent.push(write)
      return scene.refuse(write)
    },
  })
  worlds.push(world)
  const { client } = world
  return Object.assign(scene, {
    world,
    async make(...objects: readonly KubeObject[]) {
      for (const object of objects) {
        const metadata = { ...object.metadata, namespace }
        await client.write({ verb: 'create', why: 'a person', object: { ...object, metadata } })
      }
    },
    async patch(kind: Kind, name: string, patch: Json) {
      await client.write({ verb: 'patch', why: 'a person', target: { kind, name, namespace }, patch })
    },
    rollout: async (name = 'app') => (await client.get({ kind: ROLLOUT, name, namespace })) as Rollout,
    async events() {
      const { items } = await client.list(EVENT, { namespace })
      return (items as readonly Event[]).filter(one => one.reason === 'WriteRefused')
    },
  })
}

const denial = (words: string) => new KubeError('Forbidden', words, { status: 403 })
const touches = (write: Write, kind: Kind) =>
  write.verb === 'create'
    ? write.object.kind === kind.kind && write.object.apiVersion === apiVersionOf(kind)
    : write.target.kind.kind === kind.kind
const isStatus = (write: Write) => write.verb === 'patch' && write.subresource === 'status'
const refusedIn = ({ status }: Rollout) => status?.conditions?.find(one => one.type === 'WriteRefused')

async function setImage(scene: Scene, version: number, name = 'app'): Promise<void> {
  const { spec } = await scene.rollout(name)
  const containers = spec.template?.spec?.containers.map(one => ({ ...one, image: `web:${version}` }))
  await scene.patch(ROLLOUT, name, { spec: { template: { spec: { containers } } } } as unknown as Json)
}

async function untilHealthy({ world, rollout }: Scene, name = 'app'): Promise<void> {
  const isHealthy = async () => {
    const { metadata, status } = await rollout(name)
    return status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation)
  }
  expect(await world.advanceUntil(isHealthy, 2 * MINUTE)).toBe(true)
}

describe('a refused write', () => {
  test('to a Service stands in the status and in one Event until it is made, and nothing else moves', async () => {
    const scene = await begin()
    await scene.make(...services('active'), blueGreen({}, { replicas: 1 }))
    await untilHealthy(scene)
    scene.refuse = write =>
      touches(write, SERVICE)
        ? denial(`webhook "policy" says\n\x1b[31mno\x1b[0m ${'é'.repeat(2000)}`)
        : undefined
    await setImage(scene, 2)
    await scene.world.advanceUntil(async () => refusedIn(await scene.rollout()) !== undefined, MINUTE)
    const before = await scene.rollout()
    const { message = '', ...condition } = refusedIn(before) ?? {}
    expect(condition).toMatchObject({ status: 'True', reason: 'Forbidden' })
    expect(message).toMatch(/^switch service active to \w+: webhook "policy" says\^J\^\[\[31mno\^\[\[0m é+…$/)
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024)
    expect(Buffer.byteLength(message)).toBeGreaterThan(1000)
    expect(before.status?.phase).toBe('Progressing')

    const from = scene.sent.length
    await scene.world.advance(10 * MINUTE)
    expect(await scene.rollout()).toEqual(before)
    const since = scene.sent.slice(from)
    expect(since.length).toBeGreaterThan(30)
    expect(since.length).toBeLessThan(100)
    expect(since.every(write => touches(write, SERVICE))).toBe(true)
    const told = await scene.events()
    expect(told).toMatchObject([{ type: 'Warning', message, count: 1, involvedObject: { name: 'app' } }])

    scene.refuse = () => undefined
    await untilHealthy(scene)
    expect(refusedIn(await scene.rollout())).toBeUndefined()
    expect(await scene.events()).toEqual(told)
  })

  test('leaves phase, message and what `get rollout` prints as they were', async () => {
    const scene = await begin()
    await scene.make(...services('active'), blueGreen({ autoPromotionEnabled: false }, { replicas: 1 }))
    await untilHealthy(scene)
    await setImage(scene, 2)
    const isPaused = async () => (await scene.rollout()).status?.phase === 'Paused'
    expect(await scene.world.advanceUntil(isPaused, MINUTE)).toBe(true)
    await scene.world.advance(MINUTE)
    const before = await scene.rollout()
    scene.refuse = write => (touches(write, SERVICE) ? denial('not now') : undefined)
    await scene.world.client.write({
      verb: 'patch',
      why: 'promote',
      target: { kind: ROLLOUT, name: 'app', namespace },
      patch: { status: { pauseConditions: null } },
      subresource: 'status',
    })
    await scene.world.advance(MINUTE)
    const after = await scene.rollout()
    const { conditions = [], ...rest } = after.status ?? {}
    const { conditions: known = [], pauseConditions: _resumed, ...was } = before.status ?? {}
    expect(rest).toEqual(was)
    expect(conditions).toEqual([...known, refusedIn(after)])
    const print = (rollout: Rollout) => {
      const none = { replicaSets: [], pods: [], experiments: [], analysisRuns: [] }
      return rolloutText(rolloutView(rollout, none), { now: scene.world.clock.now(), coloured: false })
    }
    const unsaid = { ...after, status: { ...after.status, conditions: known } } as Rollout
    expect(print(after)).toBe(print(unsaid))
  })

  test('of the API server itself: annotations that have no room for ours', async () => {
    const scene = await begin()
    const [active] = services('active') as [KubeObject]
    const annotations = { theirs: 'x'.repeat(256 * 1024 - 20) }
    await scene.make(
      { ...active, metadata: { ...active.metadata, annotations } },
      blueGreen({}, { replicas: 1 }),
    )
    await scene.world.advance(MINUTE)
    expect(refusedIn(await scene.rollout())).toMatchObject({ reason: 'Invalid' })
    expect(refusedIn(await scene.rollout())?.message).toContain('metadata.annotations')
    expect(await scene.events()).toHaveLength(1)
    await scene.patch(SERVICE, 'active', { metadata: { annotations: { theirs: null } } })
    await untilHealthy(scene)
    expect(refusedIn(await scene.rollout())).toBeUndefined()
  })

  test('to an Ingress, and a create of an AnalysisRun', async () => {
    const scene = await begin()
    const trafficRouting = { nginx: { stableIngress: 'app' } }
    const steps = [{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'check' }] } }]
    const metric = { name: 'job', provider: { job: { spec: { template: { spec: { containers: [] } } } } } }
    await scene.make(
      ...services('stable', 'canary'),
      ingress('app', 'stable'),
      {
        apiVersion: apiVersionOf(ANALYSIS_TEMPLATE),
        kind: ANALYSIS_TEMPLATE.kind,
        metadata: { name: 'check' },
        spec: { metrics: [metric] },
      } as unknown as KubeObject,
      canary({ stableService: 'stable', canaryService: 'canary', trafficRouting, steps }, { replicas: 1 }),
    )
    await untilHealthy(scene)
    scene.refuse = write =>
      touches(write, INGRESS) || (write.verb === 'create' && write.object.kind === 'AnalysisRun')
        ? denial('exceeded quota')
        : undefined
    await setImage(scene, 2)
    await scene.world.advance(MINUTE)
    expect(refusedIn(await scene.rollout())?.message).toMatch(
      /^set the weight of canary Ingress .*: exceeded quota$/,
    )
    scene.refuse = write =>
      write.verb === 'create' && write.object.kind === 'AnalysisRun' ? denial('exceeded quota') : undefined
    await scene.world.advance(MINUTE)
    expect(refusedIn(await scene.rollout())?.message).toMatch(/^create AnalysisRun .*: exceeded quota$/)
    expect(await scene.events()).toHaveLength(2)
    scene.refuse = () => undefined
    await scene.world.advance(MINUTE)
    expect(refusedIn(await scene.rollout())).toBeUndefined()
  })

  test('to a ReplicaSet once a pause is over: that it is over is reported all the same', async () => {
    const scene = await begin()
    const steps = [{ setWeight: 50 }, { pause: { duration: 10 } }, { setWeight: 75 }]
    await scene.make(canary({ steps }, { replicas: 4 }))
    await untilHealthy(scene)
    await setImage(scene, 2)
    const status = async () => (await scene.rollout()).status ?? {}
    expect(await scene.world.advanceUntil(async () => (await status()).phase === 'Paused', MINUTE)).toBe(true)
    scene.refuse = write => (touches(write, REPLICA_SET) ? denial('the webhook is strict') : undefined)
    await scene.world.advance(20_000)
    expect(await status()).toMatchObject({ phase: 'Progressing', currentStepIndex: 2 })
    expect((await status()).pauseConditions).toBeUndefined()
    expect(refusedIn(await scene.rollout())?.message).toMatch(/^scale ReplicaSet .*: the webhook is strict$/)
    scene.refuse = () => undefined
    await untilHealthy(scene)
    expect(refusedIn(await scene.rollout())).toBeUndefined()
    const { items } = await scene.world.client.list(EVENT, { namespace })
    const completed = (items as readonly Event[]).filter(one => one.message.includes('step 2/3 completed'))
    expect(completed).toHaveLength(1)
  })

  test('of the status is told beside the old one; of that, too, costs a request now and then', async () => {
    const scene = await begin()
    await scene.make(canary({}, { replicas: 1 }))
    await untilHealthy(scene)
    const says = (write: Write, field: string) =>
      isStatus(write) && JSON.stringify(write).includes(`"${field}":`)
    scene.refuse = write => (says(write, 'observedGeneration') ? denial('no such field') : undefined)
    await setImage(scene, 2)
    await scene.world.advance(MINUTE)
    const { status } = await scene.rollout()
    expect(status?.observedGeneration).toBe('1')
    expect(refusedIn(await scene.rollout())?.message).toMatch(/^report .*: no such field$/)
    scene.refuse = write => (isStatus(write) && touches(write, ROLLOUT) ? denial('no rights') : undefined)
    const from = scene.sent.length
    await scene.world.advance(10 * MINUTE)
    expect(scene.sent.slice(from).length).toBeLessThan(80)
    scene.refuse = () => undefined
    await untilHealthy(scene)
    expect(refusedIn(await scene.rollout())).toBeUndefined()
  })

  test('of a hundred Rollouts at once is told once for each, and gone for each', async () => {
    const scene = await begin()
    const names = Array.from({ length: 100 }, (_, i) => `app-${i}`)
    scene.refuse = write => (touches(write, SERVICE) ? denial('the webhook is strict') : undefined)
    for (const name of names) {
      const [active] = services(`svc-${name}`) as [KubeObject]
      const made = blueGreen({ activeService: `svc-${name}` }, { replicas: 0 })
      await scene.make(active, { ...made, metadata: { ...made.metadata, name } })
    }
    await scene.world.advance(5 * MINUTE)
    const rollouts = () => Promise.all(names.map(name => scene.rollout(name)))
    expect((await rollouts()).every(one => refusedIn(one) !== undefined)).toBe(true)
    const told = await scene.events()
    expect(new Set(told.map(one => one.involvedObject.name)).size).toBe(100)
    expect(told).toHaveLength(100)
    scene.refuse = () => undefined
    await scene.world.advance(MINUTE)
    expect((await rollouts()).every(one => refusedIn(one) === undefined)).toBe(true)
  })

  test('of a ReplicaSet is told as Argo Rollouts tells it', async () => {
    const scene = await begin()
    await scene.make(canary({}, { replicas: 1 }))
    await untilHealthy(scene)
    scene.refuse = write =>
      write.verb === 'create' && write.object.kind === 'ReplicaSet' ? denial('exceeded quota') : undefined
    await setImage(scene, 2)
    await scene.world.advance(MINUTE)
    const { conditions = [] } = (await scene.rollout()).status ?? {}
    expect(conditions.find(one => one.type === 'Progressing')?.reason).toBe('ReplicaSetCreateError')
    expect(refusedIn(await scene.rollout())).toBeUndefined()
    expect(await scene.events()).toEqual([])
  })

  test('to delete a Job, or to scale the pods of an Experiment, ends these all the same', async () => {
    const scene = await begin()
    const { client } = scene.world
    const containers = [{ name: 'load', image: 'load' }]
    const job = { spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } } }
    const [ours, labels] = [{ [INSTANCE_ID]: INSTANCE }, { app: 'x' }]
    const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app' }] } }
    const analysisRun = {
      apiVersion: apiVersionOf(ANALYSIS_RUN),
      kind: 'AnalysisRun',
      metadata: { name: 'run', labels: ours },
      spec: { metrics: [{ name: 'load', provider: { job } }] },
    }
    const experiment = {
      apiVersion: apiVersionOf(EXPERIMENT),
      kind: 'Experiment',
      metadata: { name: 'test', labels: ours },
      spec: {
        scaleDownDelaySeconds: 0,
        templates: [{ name: 'a', selector: { matchLabels: labels }, template }],
      },
    }
    const statusOf = async (kind: Kind, name: string) =>
      ((await client.get({ kind, name, namespace })) as Rollout).status
    const isRunning = (kind: Kind, name: string) => async () =>
      String((await statusOf(kind, name))?.phase) === 'Running'
    await scene.make(experiment)
    expect(await scene.world.advanceUntil(isRunning(EXPERIMENT, 'test'), MINUTE)).toBe(true)
    scene.refuse = write =>
      write.verb !== 'create' && [JOB, REPLICA_SET].includes(write.target.kind)
        ? denial('not signed')
        : undefined
    await scene.make(analysisRun)
    expect(await scene.world.advanceUntil(isRunning(ANALYSIS_RUN, 'run'), MINUTE)).toBe(true)
    await scene.patch(ANALYSIS_RUN, 'run', { spec: { terminate: true } })
    await scene.patch(EXPERIMENT, 'test', { spec: { terminate: true } })
    await scene.world.advance(10 * MINUTE)
    expect(await statusOf(ANALYSIS_RUN, 'run')).toMatchObject({ phase: 'Inconclusive' })
    expect(await statusOf(EXPERIMENT, 'test')).toMatchObject({
      phase: 'Successful',
      conditions: [{}, { type: 'WriteRefused', message: 'scale ReplicaSet test-a from 1 to 0: not signed' }],
    })
    const told = await scene.events()
    expect(told.map(one => [one.involvedObject.name, one.message])).toEqual([
      ['run', expect.stringMatching(/^delete Job .*: not signed$/)],
      ['test', 'scale ReplicaSet test-a from 1 to 0: not signed'],
    ])
    scene.refuse = () => undefined
    await scene.world.advance(MINUTE)
    expect((await client.list(JOB, { namespace })).items).toEqual([])
    expect(await statusOf(EXPERIMENT, 'test')).toMatchObject({ conditions: [{ type: 'Progressing' }] })
  })
})
