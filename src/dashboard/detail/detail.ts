// One rollout, whole, as its page shows it: from a local copy of all that a decision about it looks at.
import { POD_TEMPLATE_HASH, EXPERIMENT_TEMPLATE_NAME } from '../../api/words.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Service } from '../../kube/core.ts'
import { ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import { asJson, parseKey } from '../../kube/object.ts'
import { wellFormed } from '../../rollout/gather/well-formed.ts'
import { selectedHash, servicesOf } from '../../rollout/services.ts'
import { rolloutView } from '../../view/rollout-view.ts'
import type { RolloutParts } from '../../view/rollout-view.ts'
import type { ReplicaSetView } from '../../view/replica-set-view.ts'
import { isTimed } from '../attention.ts'
import { ownPartsIn } from '../own-parts.ts'
import { bareRollout, short } from '../showable.ts'
import { rowOf } from '../rows.ts'
import type { Detail, RevisionDetail, ServiceDetail, WaitDetail } from '../wire.ts'
import { waitsOf } from './decision.ts'
import type { Seen } from './decision.ts'
import { planOf } from './plan.ts'
import { runDetails } from './runs.ts'
import { templateDifferences } from './template-differences.ts'
import { conditionsOf, eventsOf } from './told.ts'

const PODS_MAX = 1000

/** Undefined: there is no such rollout. */
export function detailOf(options: Seen): Detail | undefined {
  const { cache, key } = options
  const { namespace, name } = parseKey(key)
  const stored = cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
  if (stored === undefined) return undefined
  try {
    return detailWith(wellFormed(stored), ownPartsIn(cache)(stored), options)
  } catch (error) {
    return detailWith(bareRollout(stored, error), NOTHING, options)
  }
}

const NOTHING: RolloutParts = { replicaSets: [], pods: [], experiments: [], analysisRuns: [] }

function detailWith(rollout: Rollout, parts: RolloutParts, options: Seen): Detail {
  const { cache } = options
  const { revisions: _few, ...row } = rowOf(rollout, parts.replicaSets)
  const { status } = rollout
  const told = [rollout, ...parts.replicaSets, ...parts.analysisRuns, ...parts.experiments]
  return {
    ...row,
    currentHash: status?.currentPodHash ?? '',
    stableHash: status?.stableRS ?? '',
    isPaused: rollout.spec.paused === true,
    isAborted: status?.abort === true,
    isTimed: isTimed(rollout),
    containers: (rollout.spec.template?.spec.containers ?? []).map(one => ({
      name: short(one.name),
      image: short(one.image),
    })),
    plan: planOf(rollout),
    revisions: revisionsOf(rollout, parts),
    runs: runDetails(parts.analysisRuns),
    experiments: parts.experiments.map(one => ({
      name: one.metadata.name,
      phase: one.status?.phase ?? 'Pending',
      message: short(one.status?.message),
    })),
    waits: waitsOrWhy(options),
    conditions: conditionsOf(rollout),
    events: eventsOf(told, cache),
    services: servicesShown(rollout, options),
  }
}

function waitsOrWhy(options: Seen): readonly WaitDetail[] {
  try {
    return waitsOf(options)
  } catch (error) {
    return [{ for: `nobody can tell: ${String(error)}`, since: '' }]
  }
}

function revisionsOf(rollout: Rollout, parts: RolloutParts): Readonly<Record<string, RevisionDetail>> {
  const { revisions } = rolloutView(rollout, { ...parts, analysisRuns: [] })
  const sets = new Map(parts.replicaSets.map(one => [one.metadata.name, one]))
  const own = revisions.flatMap(one => one.replicaSets)
  const ofExperiments = revisions.flatMap(one => one.experiments.flatMap(each => each.replicaSets))
  const detailed = own.map((view, i) =>
    revisionDetail(view, sets.get(view.name), sets.get(own[i + 1]?.name ?? '')),
  )
  const others = ofExperiments.map(view => revisionDetail(view, sets.get(view.name), undefined))
  return Object.fromEntries([...detailed, ...others].map(one => [one.name, one]))
}

function revisionDetail(
  view: ReplicaSetView,
  set: ReplicaSet | undefined,
  before: ReplicaSet | undefined,
): RevisionDetail {
  const { metadata } = set ?? {}
  const template = metadata?.annotations?.[EXPERIMENT_TEMPLATE_NAME]
  return {
    name: view.name,
    revision: view.revision,
    hash: metadata?.labels?.[POD_TEMPLATE_HASH] ?? '',
    status: view.status,
    tags: view.tags,
    createdAt: view.createdAt,
    replicas: view.replicas,
    available: view.available,
    images: view.images.map(image => short(image)),
    ...(view.scaleDownAt === undefined ? {} : { scaleDownAt: view.scaleDownAt }),
    ...(template === undefined ? {} : { template }),
    pods: view.pods.slice(0, PODS_MAX).map(({ name, status, icon, ready, total, restarts }) => ({
      name,
      status,
      icon,
      ready,
      total,
      restarts,
    })),
    differences:
      set === undefined || before === undefined
        ? []
        : templateDifferences(asJson(before.spec.template), asJson(set.spec.template)),
  }
}

function servicesShown(rollout: Rollout, { cache }: Seen): readonly ServiceDetail[] {
  const { namespace = '' } = rollout.metadata
  const { next, ...roles } = servicesOf(rollout)
  const named = Object.entries(next === roles.canary ? roles : { ...roles, next })
  return named.flatMap(([role, name]) => {
    if (name === undefined) return []
    const service = cache.get<Service>({ kind: SERVICE, namespace, name })
    const hash = selectedHash(service)
    const port = service?.spec.ports?.[0]?.port ?? 80
    return [{ role, name, port, ...(hash === undefined ? {} : { hash }) }]
  })
}
