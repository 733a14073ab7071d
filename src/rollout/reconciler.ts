// A Rollout's reconciler: watches, gathering, decision, and what to do when a write fails. Played by
// runtime/loop/loop.ts.
import { EVENTS } from '../api/event-words.ts'
import { PROGRESS } from '../api/condition-words.ts'
import { internal } from '../api/field-error.ts'
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout, RolloutStatus } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { KubeError } from '../kube/errors.ts'
import { ANALYSIS_RUN, EXPERIMENT, REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import type { KubeObject } from '../kube/object.ts'
import { controllerOf, keyOf, refKey, resourceName } from '../kube/object.ts'
import type { Decision, Reconciler } from '../kube/reconciler.ts'
import type { Refusal } from '../kube/refusal.ts'
import { withoutSecrets } from '../kube/secrets.ts'
import type { EventNote, Write } from '../kube/write.ts'
import { sameTemplate } from '../workload/pod-hash.ts'
import { ownTemplate } from '../workload/pod-metadata.ts'
import { conditionOf, withoutCondition, withRefusal, withText } from './status/conditions.ts'
import { decide } from './decide.ts'
import { gather } from './gather.ts'
import { INDICES } from './gather/indices.ts'
import { leftBehindBy } from './gather/left-behind.ts'
import type { LeftBehind } from './gather/left-behind.ts'
import { phaseOf } from './phase.ts'
import { writeOf } from './route-writes.ts'
import { releaseWrite } from './services.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import type { IngressClasses } from '../traffic/ingress-class.ts'
import { ROUTER_KINDS } from '../traffic/registry.ts'
import type { WatchOptions } from './watches.ts'
import { watchesOf } from './watches.ts'

interface RolloutOptions extends WatchOptions {
  readonly ingressClasses?: IngressClasses
}

const ROUTES = new Set(ROUTER_KINDS.map(resourceName))

export function rolloutReconciler(
  options: RolloutOptions,
): Reconciler<RolloutSnapshot | LeftBehind, RolloutStatus> {
  return {
    kind: ROLLOUT,
    indices: INDICES,
    watches: watchesOf(options),
    gather: (key, cache, now, answers, memory) =>
      gather(key, cache, now, {
        answers,
        repeats: memory?.repeats,
        ingressClasses: options.ingressClasses,
      }) ?? leftBehindBy(key, cache, { now, answers, memory }),
    remembersGone: true,
    remembersRepeats: ROUTES,
    decide: found => ('leftBehind' in found ? releaseAll(found) : decide(found)),
    recover: (found, write, ...failure) =>
      'leftBehind' in found ? undefined : recover(found, write, ...failure),
    refused: (found, refusal) => ('leftBehind' in found ? undefined : refused(found, refusal)),
    announce,
  }
}

/** Routes first: they still send users to what the Services select. */
function releaseAll({ leftBehind, marked, routes: left }: LeftBehind): Decision<RolloutStatus> {
  const weights = left.placed.flatMap(({ ref, object, why }) => writeOf({ ref, object, why }, left.found))
  const routes = marked.flatMap(({ ref, before, object }) => {
    const why = `take the weights out of ${ref.kind.kind} ${ref.name}, whose Rollout is gone`
    return writeOf({ ref, object, why }, { [refKey(ref)]: before })
  })
  return {
    writes: [
      ...weights,
      ...routes,
      ...leftBehind.map(service => releaseWrite(service, 'whose Rollout is gone')),
    ],
    waits: left.waits,
    questions: left.questions,
  }
}

/** What a controller has reported on is not new to the next one: a start tells nothing of it. */
function announce(object: KubeObject, what: 'appeared' | 'vanished'): EventNote | undefined {
  const { name, namespace = '' } = object.metadata
  if (what === 'vanished') return EVENTS.deleted(name, namespace)
  const { conditions = [] } = (object as Rollout).status ?? {}
  return conditions.length === 0 ? EVENTS.added(keyOf(object)) : undefined
}

/** A permanently failing write must not hide what people must see. */
function recover(
  snapshot: RolloutSnapshot,
  write: Write,
  error: KubeError,
  found: KubeObject | undefined,
): Decision<RolloutStatus> | undefined {
  if (write.verb === 'evict') return error.reason === 'TooManyRequests' ? withoutWrites(snapshot) : undefined
  if (write.verb !== 'create') return undefined
  const { kind } = write.object
  if (kind === ANALYSIS_RUN.kind || kind === EXPERIMENT.kind) return otherName(snapshot, found)
  if (write.object.kind !== REPLICA_SET.kind) return undefined
  const { rollout } = snapshot
  if (error.reason === 'AlreadyExists') {
    return found === undefined || isOurs(rollout, found as ReplicaSet) ? undefined : collision(rollout)
  }
  return createFailed(snapshot, write.object.metadata.name, withoutSecrets(error.message, write))
}

/** A disruption budget says not now: nothing failed. The restart waits, and people see that it does. */
function withoutWrites(snapshot: RolloutSnapshot): Decision<RolloutStatus> {
  return { ...decide(snapshot), writes: [] }
}

/** Somebody else's AnalysisRun or Experiment has the name: ours gets the next one. */
function otherName(
  snapshot: RolloutSnapshot,
  found: KubeObject | undefined,
): Decision<RolloutStatus> | undefined {
  if (found === undefined || controllerOf(found)?.uid === snapshot.rollout.metadata.uid) return undefined
  if (found.kind === EXPERIMENT.kind)
    return decide({ ...snapshot, experiments: [...snapshot.experiments, found as Experiment] })
  return decide({ ...snapshot, analysisRuns: [...snapshot.analysisRuns, found as AnalysisRun] })
}

function isOurs(rollout: Rollout, found: ReplicaSet): boolean {
  const { template } = rollout.spec
  const isOwned = controllerOf(found)?.uid === rollout.metadata.uid
  return isOwned && template !== undefined && sameTemplate(ownTemplate(found), template)
}

/** Somebody else's ReplicaSet has the name: the same template gets another hash. */
function collision({ status = {} }: Rollout): Decision<RolloutStatus> {
  return report({ ...status, collisionCount: (status.collisionCount ?? 0) + 1 }, [])
}

const TRY_AGAIN_MS = 10_000

/** Whoever has users goes back all the same: an abort, a failed analysis, stable pods that are missing. */
function createFailed(snapshot: RolloutSnapshot, name: string, why: string): Decision<RolloutStatus> {
  const { rollout, now } = snapshot
  const message = `Failed to create new replica set "${name}": ${why}`
  const cure = 'See who refuses it.'
  const back = decide(snapshot, internal({ path: 'spec.template', cure }, message))
  const { conditions: known = [] } = rollout.status ?? {}
  const { conditions: told = [] } = back.status ?? {}
  const others = withoutCondition(told, 'InvalidSpec')
  const isAborted = conditionOf(others, 'Progressing')?.reason === 'RolloutAborted'
  const conditions = isAborted ? others : withText(others, PROGRESS.createError(message), now)
  const isTold = isAborted || conditionOf(conditions, 'Progressing') === conditionOf(known, 'Progressing')
  const next = { ...back.status, conditions }
  // Whatever stood in the way (a quota, a webhook that is down) may go without a change of anything that we watch.
  const wait = { for: `another try to create ${name}`, since: now, until: now + TRY_AGAIN_MS, cure }
  return {
    ...back,
    status: { ...next, ...phaseOf(rollout.spec, next) },
    events: [...(back.events ?? []), ...(isTold ? [] : [EVENTS.replicaSetCreateError(message)])],
    waits: [wait],
  }
}

/** Beside what was last reported, which stays: nobody knows yet whether it is still so. */
function refused({ rollout, now }: RolloutSnapshot, refusal: Refusal): Decision<RolloutStatus> | undefined {
  const { status = {} } = rollout
  const conditions = withRefusal(status.conditions ?? [], refusal, now)
  if (conditions === status.conditions) return undefined
  return report({ ...status, conditions }, [EVENTS.writeRefused(refusal.message)])
}

function report(status: RolloutStatus, events: readonly EventNote[]): Decision<RolloutStatus> {
  return { writes: [], status, events }
}
