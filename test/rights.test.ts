// The rights that `install` asks for are the ones that lives use: nothing is done without one, and none lies idle. That
// whatever is watched may be watched is checked beside the manifests (src/controller/install.test.ts).
import { expect, test } from 'vitest'
import { permissions, resourceOf } from '../src/controller/permissions.ts'
import { ROUTER_KINDS } from '../src/traffic/registry.ts'
import { knownKind } from '../src/kube/kinds.ts'
import type { AnyObject, Kind, KubeObject } from '../src/kube/object.ts'
import type { Write } from '../src/kube/write.ts'
import type { Effect } from '../src/runtime/loop/effects.ts'
import { readScenario } from './golden-lives/recording.ts'
import type { Scenario } from './golden-lives/recording.ts'
import { playInWorld } from './golden-lives/virtual-life.ts'

/** Together they have the controller do all that it ever does. */
const LIVES = [
  'bg-basic',
  'bg-history',
  'canary-metadata',
  'canary-restart',
  'nginx-basic',
  'ambassador-basic',
  'istio-subsets',
  'traefik-basic',
  'router-apisix-header',
  'appmesh-basic',
  'router-smi-plain',
]

/** What stands where a Job is to be made: its name holds an id that no life can know before. */
const RARE = ['get batch/jobs']

/**
 * What is looked up to answer a question, and no effect of a pass: Secrets that a metric's arguments name, and whether
 * a Rollout that has gone really has.
 */
const ASKED = ['get /secrets', 'get argoproj.io/rollouts']

/** `patch argoproj.io/rollouts/status`. */
function usedBy(effect: Effect): readonly string[] {
  if (effect.type === 'read') return [`get ${resource(effect.ref.kind)}`]
  return effect.type === 'write' ? [usedToWrite(effect.write), ...usedToOwn(effect.write)] : []
}

/** What a server that guards owner references looks for. */
function usedToOwn(write: Write): readonly string[] {
  const owners = write.verb === 'create' ? (write.object.metadata.ownerReferences ?? []) : []
  return owners
    .filter(owner => owner.blockOwnerDeletion === true)
    .map(owner => `update ${resource(knownKind(owner))}/finalizers`)
}

function usedToWrite(write: Write): string {
  switch (write.verb) {
    case 'create':
      return `create ${resource(kindOf(write.object))}`
    case 'evict':
      return `create ${resource(write.target.kind)}/eviction`
    case 'patch':
      return `patch ${resource(write.target.kind)}${write.subresource === undefined ? '' : `/${write.subresource}`}`
    case 'delete':
      return `delete ${resource(write.target.kind)}`
  }
}

/** In whatever version it is made. */
function kindOf(object: KubeObject): Kind | undefined {
  const [group] = object.apiVersion.split('/')
  return knownKind(object) ?? ROUTER_KINDS.find(one => one.group === group && one.kind === object.kind)
}

const resource = (kind: Kind | undefined) => `${kind?.group}/${kind?.plural}`

function granted(): string[] {
  return permissions().flatMap(one =>
    one.verbs
      .filter(verb => verb !== 'list' && verb !== 'watch')
      .map(verb => `${verb} ${one.kind.group}/${resourceOf(one)}`),
  )
}

/** A life with other objects in it. */
function among(name: string, change: (objects: readonly AnyObject[]) => readonly KubeObject[]): Scenario {
  const scenario = readScenario(name)
  return { ...scenario, objects: change(scenario.objects as readonly AnyObject[]) }
}

/** Somebody else's ReplicaSet has the name that the first revision would have. */
function nameTaken(): Scenario {
  const labels = { app: 'another' }
  const spec = {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'another' }] } },
  }
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'demo-684df9f9cc', labels },
    spec,
  }
  return among('bg-basic', objects => [replicaSet, ...objects])
}

/** An analysis that is skipped and forgotten; somebody else's AnalysisRun has the name that it would have. */
function analysed(): Scenario {
  const metrics = [{ name: 'none', provider: { job: { spec: { template: {} } } } }]
  const taken = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'demo-578cf9bbd-2-1' },
    spec: { terminate: true, metrics },
  }
  const forgetful = (object: AnyObject) =>
    object.kind === 'Rollout'
      ? { ...object, spec: { ...(object['spec'] as object), analysis: { unsuccessfulRunHistoryLimit: 0 } } }
      : object
  return among('canary-skip-current-step', objects => [taken, ...objects.map(forgetful)])
}

/** A Service that is made, and gone with its pods; and one whose name is somebody else's. */
function experimented(): Scenario {
  const taken = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'taken' },
    spec: { ports: [{ port: 80 }] },
  }
  const served = (object: AnyObject) => {
    const spec = object['spec'] as { readonly templates: readonly object[] }
    const services = [{}, { name: 'taken' }]
    const templates = spec.templates.map((one, i) => ({ ...one, service: services[i] }))
    return { ...object, spec: { ...spec, scaleDownDelaySeconds: 1, templates } }
  }
  const scenario = among('experiment', objects => [taken, ...objects.map(served)])
  return { ...scenario, steps: [{ sleep: 90 }, { snapshot: 'end' }] }
}

/** A step's Experiment whose name is taken, and that is forgotten when it has ended. */
function compared(): Scenario {
  const taken = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'demo-578cf9bbd-2-0' },
    spec: { terminate: true, templates: [] },
  }
  const forgetful = (object: AnyObject) => ({
    ...object,
    spec: { ...(object['spec'] as object), analysis: { successfulRunHistoryLimit: 0 } },
  })
  return among('canary-experiment-step', objects => [taken, ...objects.map(forgetful)])
}

/** The weights of NGINX's life, in an HTTPRoute. */
function byHttpRoute(): Scenario {
  const rules = [
    {
      backendRefs: [
        { name: 'stable', port: 80 },
        { name: 'canary', port: 80 },
      ],
    },
  ]
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'demo' },
    spec: { parentRefs: [{ name: 'gateway' }], rules },
  }
  const plugins = { 'argoproj-labs/gatewayAPI': { httpRoute: 'demo', namespace: '{{NS}}' } }
  const routed = (object: AnyObject) =>
    JSON.parse(JSON.stringify(object), (key, value: unknown) =>
      key === 'trafficRouting' ? { plugins } : value,
    ) as KubeObject
  return among('nginx-basic', objects => [
    route,
    ...objects.filter(({ kind }) => kind !== 'Ingress').map(routed),
  ])
}

/** NGINX's life, at whose end the router is taken out of the spec. */
function routerLeft(): Scenario {
  const scenario = readScenario('nginx-basic')
  const canary = { trafficRouting: null, scaleDownDelaySeconds: null }
  const steps = [
    { patch: 'rollouts/demo', with: { spec: { strategy: { canary } } } },
    { settle: { seconds: 3, phase: 'Healthy' } },
  ]
  return { ...scenario, steps: [...scenario.steps, ...steps] }
}

/** A TrafficSplit that was left, and a TraefikService of the old group. */
function splitLeft(): Scenario {
  const scenario = readScenario('router-smi-named')
  const step = { patch: 'rollouts/shop', with: { spec: { strategy: { canary: { trafficRouting: null } } } } }
  return { ...scenario, steps: [...scenario.steps, step, { sleep: 5 }] }
}

function oldTraefik(): Scenario {
  return among('traefik-basic', objects =>
    objects.map(one =>
      one.kind === 'TraefikService' ? { ...one, apiVersion: 'traefik.containo.us/v1alpha1' } : one,
    ),
  )
}

test('lives use every right that the manifests grant, and no other', { timeout: 60_000 }, async () => {
  const used = new Set<string>()
  const onEffect = (effect: Effect) => {
    for (const right of usedBy(effect)) used.add(right)
  }
  const analyses = [analysed(), experimented(), compared()]
  const routes = [byHttpRoute(), routerLeft(), splitLeft(), oldTraefik()]
  const more = [nameTaken(), ...analyses, ...routes]
  for (const life of [...LIVES.map(readScenario), ...more]) {
    const { failed } = await playInWorld(life, { onEffect })
    expect(failed, life.name).toBeUndefined()
  }
  expect([...used, ...RARE, ...ASKED].toSorted()).toEqual(granted().toSorted())
})
