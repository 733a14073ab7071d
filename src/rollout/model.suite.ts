// A small world for tests of decisions: objects in the real local copy, decisions applied write by write,
// pods that become available when told to. No API server, no loop: one pass after the other, so that any
// state can be set up.
import type { AnalysisRun, AnalysisTemplate, AnalysisTemplateSpec } from '../api/analysis.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Pod, Service } from '../kube/core.ts'
import {
  AMBASSADOR_MAPPING,
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  APISIX_ROUTE,
  DESTINATION_RULE,
  EXPERIMENT,
  HTTP_ROUTE,
  INGRESS,
  POD,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
  TRAEFIK_SERVICE,
  TRAFFIC_SPLIT,
  VIRTUAL_SERVICE,
} from '../kube/kinds.ts'
import type { Cache } from '../kube/cache.ts'
import type { HttpRoute, Ingress } from '../kube/networking.ts'
import { asJson, fromJson } from '../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../kube/object.ts'
import { applyMergePatch } from '../kube/patch.ts'
import type { Decision } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import { playedRouters, ROUTE_SCENES } from './routes.suite.ts'
import type { PlayedRouter, RouteScene } from './routes.suite.ts'
import { createStore } from '../runtime/mirror/store.ts'
import type { Instant } from '../std/instant.ts'
import { printInstant } from '../std/instant.ts'
import { equal } from '../std/equal.ts'
import { podHash } from '../workload/pod-hash.ts'
import { newReplicaSet } from '../workload/replica-set.ts'
import { decide } from './decide.ts'
import { gather } from './gather.ts'
import { INDICES } from './gather/indices.ts'

export const NOW: Instant = Date.UTC(2026, 7, 1, 12)
const KINDS = [
  ANALYSIS_RUN,
  EXPERIMENT,
  ANALYSIS_TEMPLATE,
  ROLLOUT,
  REPLICA_SET,
  POD,
  SERVICE,
  INGRESS,
  HTTP_ROUTE,
  AMBASSADOR_MAPPING,
  VIRTUAL_SERVICE,
  DESTINATION_RULE,
  TRAFFIC_SPLIT,
  TRAEFIK_SERVICE,
  APISIX_ROUTE,
]

export function template(image: string) {
  return {
    metadata: { labels: { app: 'demo' } },
    spec: { containers: [{ name: 'app', image }] },
  }
}

export function hashOf(image: string): string {
  return podHash(template(image))
}

export function aRollout(image: string, spec: Partial<RolloutSpec>, status?: RolloutStatus): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'demo', namespace: 'shop', uid: 'rollout', generation: 1 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'demo' } },
      template: template(image),
      ...spec,
    } as RolloutSpec,
    ...(status === undefined ? {} : { status }),
  }
}

export interface ReplicaSetOf {
  readonly image: string
  readonly revision: number
  readonly replicas: number
  readonly available?: number
  readonly deadline?: Instant | undefined
  readonly desired?: number
}

export function aReplicaSet(of: ReplicaSetOf): ReplicaSet {
  const { image, revision, replicas, available = replicas, deadline, desired = replicas } = of
  const made = newReplicaSet({
    owner: aRollout(image, {}),
    name: `demo-${hashOf(image)}`,
    hash: hashOf(image),
    selector: { matchLabels: { app: 'demo' } },
    template: template(image),
    replicas,
    annotations: {
      'rollout.argoproj.io/revision': String(revision),
      'rollout.argoproj.io/desired-replicas': String(desired),
      ...(deadline === undefined ? {} : { 'scale-down-deadline': printInstant(deadline) }),
    },
  })
  return {
    ...made,
    metadata: {
      ...made.metadata,
      uid: `set-${image}`,
      creationTimestamp: printInstant(NOW - 3_600_000 + revision * 60_000),
    },
    status: counts(replicas, available),
  }
}

function counts(replicas: number, available: number) {
  return { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 }
}

export function aService(name: string, hash?: string): Service {
  const selector = { app: 'demo', ...(hash === undefined ? {} : { 'rollouts-pod-template-hash': hash }) }
  return fromJson({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: 'shop',
      uid: `service-${name}`,
      annotations: hash === undefined ? {} : { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'demo' },
    },
    spec: { selector },
  }) as Service
}

export function aTemplate(name: string, spec: AnalysisTemplateSpec): AnalysisTemplate {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name, namespace: 'shop', uid: `template-${name}` },
    spec,
  }
}

export function anIngress(service: string): Ingress {
  const paths = [{ path: '/', backend: { service: { name: service, port: { number: 80 } } } }]
  return fromJson({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'demo', namespace: 'shop', uid: 'ingress' },
    spec: { rules: [{ host: 'demo.example', http: { paths } }] },
  }) as Ingress
}

export function aPod(name: string, { of, ready }: { of: ReplicaSet; ready: boolean }): KubeObject {
  const { name: owner, uid = '', labels = {} } = of.metadata
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid, controller: true }
  return fromJson({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      labels,
      creationTimestamp: printInstant(NOW - 3_600_000),
      ownerReferences: [controller],
    },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  })
}

export const ROUTERS = ['nginx', 'ambassador', 'httpRoute', ...playedRouters] as const
/** What a Rollout is behind. */
export type Router = (typeof ROUTERS)[number]

export interface Model {
  now: Instant
  /** Kinds that may not be read, by their names. */
  unread: readonly string[]
  rollout(): Rollout
  replicaSets(): readonly ReplicaSet[]
  replicaSet(image: string): ReplicaSet | undefined
  service(name: string): Service | undefined
  /** The weight that the canary's route carries; of a router, or of the only one that there is. */
  weight(router?: Router): number
  objects(): readonly KubeObject[]
  runs(): readonly AnalysisRun[]
  allPods(): readonly Pod[]
  put(object: KubeObject): void
  remove(ref: ObjectRef): void
  /** On the snapshot and on a copy of it: both must give the same. */
  decide(): Decision<RolloutStatus>
  decideOnce(): Decision<RolloutStatus>
  /**
   * One pass: its writes, each told of before and after it is made, then its status. Gives back whether anything
   * changed.
   */
  pass(check?: (write: Write, model: Model) => (() => void) | void): boolean
  /** What the last pass decided. */
  decided(): Decision<RolloutStatus>
  /** Makes every pod available, but for those of an image that never comes up. */
  pods(broken?: readonly string[]): boolean
}

export function aModel(objects: readonly KubeObject[]): Model {
  const store = createStore({ indices: [INDICES] })
  let version = 1
  let last: Decision<RolloutStatus> = { writes: [] }
  const model: Model = {
    now: NOW,
    unread: [],
    rollout: () => get(ROLLOUT, 'demo') as Rollout,
    replicaSets: () => store.list<ReplicaSet>(REPLICA_SET),
    replicaSet: image => get(REPLICA_SET, `demo-${hashOf(image)}`) as ReplicaSet | undefined,
    service: name => get(SERVICE, name) as Service | undefined,
    weight(router) {
      const said = (router === undefined ? ROUTERS : [router]).map(one =>
        one in weights ? weights[one as keyof typeof weights]() : playedWeight(one as PlayedRouter),
      )
      return Number(said.find(one => one !== undefined) ?? 0)
    },
    objects: () => KINDS.flatMap(kind => store.list(kind)),
    runs: () => store.list<AnalysisRun>(ANALYSIS_RUN),
    allPods: () => store.list<Pod>(POD),
    put(object) {
      const metadata = { ...object.metadata, resourceVersion: String(version++) }
      store.put(kindOf(object), JSON.parse(JSON.stringify({ ...object, metadata })) as KubeObject)
    },
    remove(ref) {
      const found = store.get(ref)
      if (found !== undefined)
        store.remove(ref.kind, {
          ...found,
          metadata: { ...found.metadata, resourceVersion: String(version++) },
        })
    },
    decideOnce: () => decide(snapshotNow()),
    decide() {
      const snapshot = snapshotNow()
      const decision = decide(snapshot)
      const copy = JSON.parse(JSON.stringify(snapshot)) as typeof snapshot
      if (!equal(decide(copy), decision)) throw new Error('a copy of the snapshot is decided on otherwise')
      return decision
    },
    decided: () => last,
    pass(check) {
      const decision = model.decide()
      last = decision
      for (const write of decision.writes) {
        const after = check?.(write, model)
        apply(write)
        after?.()
      }
      const { status } = model.rollout()
      const isNew = decision.status !== undefined && !equal(status ?? {}, decision.status)
      if (isNew) model.put({ ...model.rollout(), status: decision.status } as unknown as KubeObject)
      return decision.writes.length > 0 || isNew
    },
    pods(broken = []) {
      let changed = false
      for (const one of model.replicaSets()) {
        const replicas = one.spec.replicas ?? 1
        const isBroken = broken.some(image => one.metadata.name === `demo-${hashOf(image)}`)
        const available = isBroken ? 0 : replicas
        const status = counts(replicas, available)
        if (equal(one.status, status)) continue
        changed = true
        model.put({ ...one, status } as KubeObject)
      }
      return changed
    },
  }
  const snapshotNow = () => {
    const isForbidden = ({ kind }: Kind) => model.unread.includes(kind)
    const cache: Cache = {
      ...store,
      get: <T extends KubeObject>(ref: ObjectRef) => (isForbidden(ref.kind) ? undefined : store.get<T>(ref)),
      isForbidden,
    }
    const snapshot = gather('shop/demo', cache, model.now, { answers: {} })
    if (snapshot === undefined) throw new Error('there is no Rollout')
    return snapshot
  }
  const playedWeight = (router: PlayedRouter) => {
    const { kind, name, weight } = ROUTE_SCENES[router] as RouteScene
    const object = get(kind, name)
    return object === undefined ? undefined : weight(asJson(object))
  }
  const weights: Readonly<Record<Exclude<Router, PlayedRouter>, () => number | string | undefined>> = {
    nginx: () =>
      get(INGRESS, 'demo-demo-canary')?.metadata.annotations?.['nginx.ingress.kubernetes.io/canary-weight'],
    ambassador: () =>
      (get(AMBASSADOR_MAPPING, 'demo-canary') as { spec?: { weight?: number } } | undefined)?.spec?.weight,
    httpRoute: () =>
      (get(HTTP_ROUTE, 'demo') as HttpRoute | undefined)?.spec.rules?.[0]?.backendRefs?.[1]?.weight,
  }
  const get = (kind: Kind, name: string) => store.get({ kind, namespace: 'shop', name })
  const apply = (write: Write) => {
    switch (write.verb) {
      case 'create':
        return model.put({
          ...write.object,
          metadata: {
            ...write.object.metadata,
            uid: `made-${version}`,
            creationTimestamp: printInstant(model.now),
          },
        })
      case 'patch': {
        const found = store.get(write.target)
        if (found === undefined) throw new Error(`${write.why}: it is not there`)
        return model.put(fromJson(applyMergePatch(asJson(found), write.patch)))
      }
      case 'delete':
        return model.remove(write.target)
      default:
        throw new Error(`not played here: ${write.why}`)
    }
  }
  for (const object of objects) model.put(object)
  return model
}

export function kindOf(object: KubeObject): Kind {
  const kind = KINDS.find(one => one.kind === object.kind)
  if (kind === undefined) throw new Error(`not played here: ${object.kind}`)
  return kind
}

/** Passes and pods, until nothing moves. */
export function rest(model: Model, check?: (write: Write, model: Model) => (() => void) | void): void {
  for (let pass = 0; pass < 300; pass++) {
    if (!model.pass(check) && !model.pods()) return
  }
  const whys = model.decide().writes.map(write => write.why)
  throw new Error(`it goes round in circles: ${whys.join('; ')}`)
}
