// From the cluster's local copy to a snapshot (station f of the walk). Reads indices only: it must stay far
// below a millisecond however many objects there are.
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout, RolloutSpec } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Cache } from '../kube/cache.ts'
import type { Pod, Service } from '../kube/core.ts'
import { ANALYSIS_RUN, EXPERIMENT, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../kube/kinds.ts'
import type { Key, KubeObject, ObjectRef, RefKey } from '../kube/object.ts'
import { controllerOf, keyOf, parseKey, refKey, resourceName, sameResource } from '../kube/object.ts'
import type { Answer } from '../kube/reconciler.ts'
import type { Repeats } from '../kube/repeats.ts'
import type { Instant } from '../std/instant.ts'
import { ROUTER_KINDS } from '../traffic/registry.ts'
import type { IngressClasses } from '../traffic/ingress-class.ts'
import type { Found } from '../traffic/router.ts'
import { sameTemplate, podHash } from '../workload/pod-hash.ts'
import { isDressed, ownTemplate } from '../workload/pod-metadata.ts'
import { byCreation, claim, podHashOf } from '../workload/replica-set.ts'
import {
  EXPERIMENTS_OF,
  ORPHANS_IN,
  PODS_OF,
  REPLICA_SETS_OF,
  RUNS_OF,
  SERVICES_MANAGED_BY,
} from './gather/indices.ts'
import { withStable } from './gather/lost-status.ts'
import { includedTemplates, linkedRefs, namedRefs } from './gather/named.ts'
import { serviceNames } from './services.ts'
import type { Revision, RolloutSnapshot } from './snapshot.ts'
import { wellFormed } from './gather/well-formed.ts'

/** What the loop knows of the key. */
export interface Known {
  readonly answers: Readonly<Record<string, Answer>>
  readonly repeats?: Repeats | undefined
  /** What the controller was told on its command line. */
  readonly ingressClasses?: IngressClasses | undefined
}

const NOTHING: Repeats = {}
const ANY_CLASS: IngressClasses = {}

/** Undefined when there is nothing to decide: no such Rollout, or it is being deleted. */
export function gather(
  key: Key,
  cache: Cache,
  now: Instant,
  { answers, repeats = NOTHING, ingressClasses = ANY_CLASS }: Known,
): RolloutSnapshot | undefined {
  const { namespace, name } = parseKey(key)
  const stored = cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
  if (stored === undefined || stored.metadata.deletionTimestamp !== undefined) return undefined
  const read = wellFormed(stored)
  const { owned, adopt, release } = claimedBy(read, cache)
  const current = currentOf(read, owned)
  const services = servicesOf(read, cache)
  const named = namedBy(read, cache)
  const rollout = withStable(read, { owned, current, services, named })
  const experiments = cache.by<Experiment>(EXPERIMENT, EXPERIMENTS_OF, key)
  return {
    now,
    rollout,
    template: rollout.spec.template,
    selector: rollout.spec.selector,
    revisions: revisionsOf(rollout, owned, current),
    adopt,
    release,
    pods: podsOf(rollout, owned, cache),
    services,
    named,
    served: servedTo(rollout, cache),
    forbidden: namedRefs(rollout).filter(({ kind }) => cache.isForbidden(kind)),
    isMalformed: read !== stored,
    analysisRuns: cache.by<AnalysisRun>(ANALYSIS_RUN, RUNS_OF, key),
    experiments,
    tried: experiments.flatMap(({ metadata: { uid = '' } }) =>
      cache.by<ReplicaSet>(REPLICA_SET, REPLICA_SETS_OF, uid),
    ),
    answers,
    repeats,
    ingressClasses,
  }
}

function revisionsOf(
  rollout: Rollout,
  owned: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): readonly Revision[] {
  const stable = owned.find(one => podHashOf(one) === rollout.status?.stableRS)
  const all = owned.map(one => ({ replicaSet: one, isCurrent: one === current, isStable: one === stable }))
  return [
    ...all.filter(one => one.isStable),
    ...all.filter(one => one.isCurrent && !one.isStable),
    ...all.filter(one => !one.isCurrent && !one.isStable),
  ]
}

function claimedBy(rollout: Rollout, cache: Cache) {
  const { uid = '', namespace = '' } = rollout.metadata
  const candidates = [
    ...cache.by<ReplicaSet>(REPLICA_SET, REPLICA_SETS_OF, uid),
    ...cache.by<ReplicaSet>(REPLICA_SET, ORPHANS_IN, namespace),
  ]
  const { selector } = rollout.spec
  if (selector === undefined)
    return { owned: [], adopt: [], release: candidates.filter(one => controllerOf(one)?.uid === uid) }
  const { owned, ...others } = claim(rollout, selector, candidates)
  return { owned: owned.toSorted(byCreation), ...others }
}

/**
 * The ReplicaSet of the Rollout's template: by its hash; else by what the template means, since an undo writes back a
 * template that the API server has filled in, and other versions hash otherwise.
 */
function currentOf(rollout: Rollout, owned: readonly ReplicaSet[]): ReplicaSet | undefined {
  const { template } = rollout.spec
  if (template === undefined) return undefined
  const hash = podHash(template, rollout.status?.collisionCount)
  return (
    owned.find(one => podHashOf(one) === hash) ?? owned.find(one => sameTemplate(ownTemplate(one), template))
  )
}

function podsOf(
  rollout: Rollout,
  owned: readonly ReplicaSet[],
  cache: Cache,
): Readonly<Record<string, readonly Pod[]>> {
  return Object.fromEntries(
    owned
      .filter(one => needsPods(rollout, one))
      .map(one => [one.metadata.name, cache.by<Pod>(POD, PODS_OF, one.metadata.uid ?? '')]),
  )
}

/** Pods are looked at only where a restart or a role's metadata asks for them. */
export function needsPods({ spec, status }: Rollout, replicaSet: ReplicaSet): boolean {
  const isRestarting = spec.restartAt !== undefined && spec.restartAt !== status?.restartedAt
  return isRestarting || givesRoles(spec) || isDressed(replicaSet)
}

function givesRoles({ strategy = {} }: RolloutSpec): boolean {
  const { activeMetadata, previewMetadata } = strategy.blueGreen ?? {}
  const { canaryMetadata, stableMetadata } = strategy.canary ?? {}
  return (activeMetadata ?? previewMetadata ?? canaryMetadata ?? stableMetadata) !== undefined
}

function servicesOf(rollout: Rollout, cache: Cache): Readonly<Record<string, Service>> {
  const { namespace = '' } = rollout.metadata
  const named = serviceNames(rollout).flatMap(name => {
    const service = cache.get<Service>({ kind: SERVICE, namespace, name })
    return service === undefined ? [] : [service]
  })
  const managed = cache.by<Service>(SERVICE, SERVICES_MANAGED_BY, keyOf(rollout))
  return Object.fromEntries([...managed, ...named].map(one => [one.metadata.name, one]))
}

const VERSIONED = ROUTER_KINDS.filter((kind, i, all) => all.findIndex(one => sameResource(one, kind)) < i)

const NONE: Readonly<Record<string, string>> = {}

function servedTo({ spec }: Rollout, cache: Cache): Readonly<Record<string, string>> {
  if (spec.strategy?.canary?.trafficRouting === undefined) return NONE
  return Object.fromEntries(
    VERSIONED.flatMap(kind => {
      const served = cache.served(kind)
      return served === undefined ? [] : [[resourceName(kind), served.version] as const]
    }),
  )
}

export function namedBy(rollout: Rollout, cache: Cache): Found {
  const found: Record<RefKey, KubeObject> = { ...includedTemplates(rollout, cache) }
  take(namedRefs(rollout))
  take(linkedRefs(rollout, found))
  return found

  function take(refs: readonly ObjectRef[]): void {
    for (const ref of refs) {
      const object = cache.get(ref)
      if (object !== undefined) found[refKey(ref)] = object
    }
  }
}
