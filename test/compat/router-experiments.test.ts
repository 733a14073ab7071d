// What people's suites check of an experiment behind a router: its templates get their share beside the canary and the
// stable revision as soon as their pods are there, and give it back when it ends. In virtual time.
import { afterEach, describe, expect, test } from 'vitest'
import type { Experiment } from '../../src/api/experiment.ts'
import {
  DESTINATION_RULE,
  EXPERIMENT,
  REPLICA_SET,
  SERVICE,
  TRAFFIC_SPLIT,
  VIRTUAL_SERVICE,
} from '../../src/kube/kinds.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Kind } from '../../src/kube/object.ts'
import { objects, record } from '../../src/std/json-parts.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import { aScene } from './scene.ts'
import type { Scene } from './scene.ts'
import {
  action,
  albIngress,
  annotationOf,
  BY_SUBSETS,
  canary,
  image,
  ISTIO,
  mesh,
  phase,
  RULE,
  service,
  SERVICES,
  SHARED,
  specOf,
  SUBSETS,
} from './shop.ts'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop()
})

const CANARY = { name: 'b', specRef: 'canary', weight: 20 }
const STABLE = { name: 'a', specRef: 'stable', weight: 30 }
const PAUSE = { pause: {} }

/** A canary of 10 % and one template beside it. */
const STEPS = [{ setWeight: 10 }, { experiment: { templates: [CANARY], duration: '20s' } }, PAUSE]

/** The experiment of an update is under way. */
async function running(...given: readonly object[]): Promise<Scene> {
  const scene = await aScene()
  scenes.push(scene)
  await scene.make(...given)
  await scene.pass(8)
  await image(scene, 2)
  await scene.pass(10)
  return scene
}

/** Its time is over, and so is the delay of its pods. */
const ended = (scene: Scene) => scene.pass(60)

async function servicesOf(scene: Scene): Promise<readonly string[]> {
  const [made] = await scene.list<Experiment>(EXPERIMENT)
  return (made?.status?.templateStatuses ?? []).map(one => one.serviceName ?? '')
}

const serviceNames = async (scene: Scene) => (await scene.list(SERVICE)).map(one => one.metadata.name)

/** What the first route of the mesh, or the split, gives to whom. */
async function shares(scene: Scene, kind: Kind): Promise<readonly (readonly [string, number])[]> {
  const spec = await specOf(scene, kind)
  const split = objects(spec['backends']).map(one => [one['service'], one['weight']])
  const routed = objects(objects(spec['http'])[0]?.['route']).map(one => {
    const { host, subset = host } = record(one['destination'])
    return [subset, one['weight']]
  })
  return [...split, ...routed].map(([name, weight]) => [String(name), Number(weight)])
}

describe.each([
  ['one Ingress of ALB', ['front']],
  ['two Ingresses of ALB', ['front', 'back']],
])('behind %s', (_, ingresses) => {
  const named = ingresses.length === 1 ? { ingress: ingresses[0] } : { ingresses }
  const alb = { ...named, rootService: 'root', servicePort: 80 }
  const objectsOf = (steps: readonly object[]) => [
    ...SERVICES,
    service('root'),
    ...ingresses.map(name => albIngress(name)),
    canary({ alb }, steps),
  ]
  const actions = (scene: Scene) =>
    Promise.all(ingresses.map(name => annotationOf(scene, name, 'actions.root')))
  const everywhere = (text: string) => ingresses.map(() => text)

  test('a template stands between canary and stable in the action', async () => {
    const scene = await running(...objectsOf(STEPS))
    const [b = ''] = await servicesOf(scene)
    expect(await serviceNames(scene)).toContain(b)
    expect(await actions(scene)).toEqual(everywhere(action(['canary', 10], [b, 20], ['stable', 70])))
    await ended(scene)
    expect(await actions(scene)).toEqual(everywhere(action(['canary', 10], ['stable', 90])))
    expect(await serviceNames(scene)).not.toContain(b)
    expect(await phase(scene)).toBe('Paused')
  })
  test('two templates share although the canary has no weight', async () => {
    const steps = [{ experiment: { templates: [STABLE, CANARY], duration: '20s' } }, PAUSE]
    const scene = await running(...objectsOf(steps))
    const [a = '', b = ''] = await servicesOf(scene)
    expect(await actions(scene)).toEqual(everywhere(action(['canary', 0], [a, 30], [b, 20], ['stable', 50])))
    await ended(scene)
    expect(await actions(scene)).toEqual(everywhere(action(['canary', 0], ['stable', 100])))
    expect(await phase(scene)).toBe('Paused')
  })
})

describe('behind Istio', () => {
  test('a template is a destination beside the hosts of canary and stable', async () => {
    const scene = await running(...SERVICES, mesh(), canary(ISTIO, STEPS))
    const [b = ''] = await servicesOf(scene)
    expect(await shares(scene, VIRTUAL_SERVICE)).toEqual([
      ['stable', 70],
      ['canary', 10],
      [b, 20],
    ])
    await ended(scene)
    expect(await shares(scene, VIRTUAL_SERVICE)).toEqual([
      ['stable', 90],
      ['canary', 10],
    ])
    await scene.run('promote shop')
    await scene.pass(40)
    expect([await phase(scene), await shares(scene, VIRTUAL_SERVICE)]).toEqual([
      'Healthy',
      [
        ['stable', 100],
        ['canary', 0],
      ],
    ])
  })
  test('a template is a subset beside those of canary and stable, with the hash of its pods', async () => {
    const scene = await running(...SERVICES, SUBSETS, RULE, canary(BY_SUBSETS, STEPS))
    const [b = ''] = await servicesOf(scene)
    const subsets = async () => {
      const { subsets: found } = await specOf(scene, DESTINATION_RULE)
      return objects(found).map(one => [one['name'], record(one['labels'])['rollouts-pod-template-hash']])
    }
    const [now, next] = [podHashOf(await scene.replicaSet(1)), podHashOf(await scene.replicaSet(2))]
    const sets = await scene.list<ReplicaSet>(REPLICA_SET)
    const own = sets.map(podHashOf).filter(hash => ![now, next].includes(hash))
    expect(own).toHaveLength(1)
    expect(await shares(scene, VIRTUAL_SERVICE)).toEqual([
      ['now', 70],
      ['next', 10],
      [b, 20],
    ])
    expect(await subsets()).toEqual([
      ['now', now],
      ['next', next],
      [b, own[0]],
    ])
    await ended(scene)
    expect(await shares(scene, VIRTUAL_SERVICE)).toEqual([
      ['now', 90],
      ['next', 10],
    ])
    expect(await subsets()).toEqual([
      ['now', now],
      ['next', next],
    ])
  })
})

describe('behind SMI', () => {
  test('a template is a backend between canary and stable', async () => {
    const scene = await running(...SERVICES, canary({ smi: {} }, STEPS))
    const [b = ''] = await servicesOf(scene)
    expect(await shares(scene, TRAFFIC_SPLIT)).toEqual([
      ['canary', 10],
      [b, 20],
      ['stable', 70],
    ])
    expect((await specOf(scene, TRAFFIC_SPLIT))['service']).toBe('stable')
    await ended(scene)
    expect(await shares(scene, TRAFFIC_SPLIT)).toEqual([
      ['canary', 10],
      ['stable', 90],
    ])
  })
})

test.each([
  ['Istio', [mesh()], ISTIO, VIRTUAL_SERVICE],
  ['SMI', [], { smi: {} }, TRAFFIC_SPLIT],
] as const)('an abort behind %s takes every share back', async (_, route, routing, kind) => {
  const scene = await running(...SERVICES, ...route, canary(routing, STEPS))
  await scene.run('abort shop')
  await scene.pass(3)
  const left = (await shares(scene, kind)).filter(([, weight]) => weight > 0)
  expect(left).toEqual([['stable', 100]])
  await ended(scene)
  expect((await serviceNames(scene)).toSorted()).toEqual(Object.values(SHARED).toSorted())
  expect((await scene.pods()).length).toBe(4)
})

test('a template whose containers name no port has no Service, so users stay with the stable revision', async () => {
  const rollout = canary(ISTIO, STEPS)
  const { template } = rollout.spec
  const containers = template.spec.containers.map(({ ports: _none, ...one }) => one)
  const spec = { ...rollout.spec, template: { ...template, spec: { containers } } }
  const scene = await running(...SERVICES, mesh(), { ...rollout, spec })
  expect(await serviceNames(scene)).toEqual(['canary', 'stable'])
  expect(await shares(scene, VIRTUAL_SERVICE)).toEqual([
    ['stable', 90],
    ['canary', 10],
  ])
  const [experiment] = await scene.list<Experiment>(EXPERIMENT)
  expect(experiment?.status).toMatchObject({
    phase: 'Running',
    templateStatuses: [{ message: 'no Service leads to its pods: no container names a port' }],
  })
})
