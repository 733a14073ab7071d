// An Experiment's reconciler: itself, what it makes, the templates of its analyses and its Rollout are watched; an
// object that can not be made fails the experiment, not the controller.
import type { AnalysisRun } from '../api/analysis.ts'
import { EVENTS } from '../api/event-words.ts'
import type { Experiment, ExperimentStatus } from '../api/experiment.ts'
import { templateRef } from '../api/references.ts'
import type { Rollout } from '../api/rollout.ts'
import { EXPERIMENT_TEMPLATE_NAME, POD_TEMPLATE_HASH } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Cache } from '../kube/cache.ts'
import type { Service } from '../kube/core.ts'
import type { KubeError } from '../kube/errors.ts'
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  CLUSTER_ANALYSIS_TEMPLATE,
  EXPERIMENT,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../kube/kinds.ts'
import {
  controllerKeys,
  controllerKeysOf,
  controllerOf,
  keyOf,
  parseKey,
  refKey,
  refOf,
} from '../kube/object.ts'
import type { Key, Kind, KubeObject, ObjectRef } from '../kube/object.ts'
import type {
  Decision,
  IndexDeclaration,
  Reconciler,
  Selection,
  WatchDeclaration,
} from '../kube/reconciler.ts'
import { isFinal, isLost } from '../kube/refusal.ts'
import type { Refusal } from '../kube/refusal.ts'
import { withoutSecrets } from '../kube/secrets.ts'
import type { Write } from '../kube/write.ts'
import { decide } from './decide.ts'
import { isGrowth } from './moves.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import { withRefusal } from './status.ts'

export interface ExperimentWatches {
  readonly ours: Selection
  readonly theirs: Selection
  /** The Services of experiments that the routers of a Rollout give a weight, as the routes stand. */
  readonly routed: (rollout: Rollout, cache: Cache) => readonly string[]
}

const MADE: readonly Kind[] = [REPLICA_SET, SERVICE, ANALYSIS_RUN]
const TEMPLATES: readonly Kind[] = [ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE]
const NAMED_BY = 'experiments-naming'
const OF_ROLLOUT = 'experiments-of-rollout'

const madeIndex = ({ plural }: Kind) => `${plural}-of-experiment`

export function experimentReconciler({
  ours,
  theirs,
  routed,
}: ExperimentWatches): Reconciler<ExperimentSnapshot, ExperimentStatus> {
  return {
    kind: EXPERIMENT,
    indices: {
      ...Object.fromEntries(MADE.map(kind => [madeIndex(kind), madeByExperiments(kind)])),
      [NAMED_BY]: { of: EXPERIMENT, values: object => namedRefs(object as Experiment).map(refKey) },
      [OF_ROLLOUT]: { of: EXPERIMENT, values: object => controllerKeys(object, ROLLOUT) },
    },
    watches: watchesOf({ ours, theirs }),
    gather(key, cache, now) {
      const { namespace, name } = parseKey(key)
      const experiment = cache.get<Experiment>({ kind: EXPERIMENT, namespace, name })
      if (experiment === undefined || experiment.metadata.deletionTimestamp !== undefined) return undefined
      const { uid = '' } = experiment.metadata
      return {
        now,
        experiment,
        replicaSets: cache.by<ReplicaSet>(REPLICA_SET, madeIndex(REPLICA_SET), uid),
        services: cache.by<Service>(SERVICE, madeIndex(SERVICE), uid),
        analysisRuns: cache.by<AnalysisRun>(ANALYSIS_RUN, madeIndex(ANALYSIS_RUN), uid),
        ...templatesBy(experiment, cache),
        carrying: carryingOf(experiment, cache, routed),
        refused: {},
        taken: [],
      }
    },
    decide,
    recover: (snapshot, write, ...failure) => recover(snapshot, write, failure),
    refused,
  }
}

type Failure = readonly [error: KubeError, found: KubeObject | undefined]

/** A name that is somebody else's is left to them; what can not be made, or get its pods, ends the experiment. */
function recover(
  snapshot: ExperimentSnapshot,
  write: Write,
  [error, found]: Failure,
): Decision<ExperimentStatus> | undefined {
  if (write.verb !== 'create')
    return isGrowth(write) && isFinal(error)
      ? givenUp(snapshot, write, { error, name: write.target.name })
      : undefined
  if (!isLost(snapshot.experiment, error, found)) return undefined
  const { kind, metadata } = write.object
  if (found !== undefined && kind === ANALYSIS_RUN.kind)
    return decide({ ...snapshot, analysisRuns: [...snapshot.analysisRuns, found as AnalysisRun] })
  const template = metadata.annotations?.[EXPERIMENT_TEMPLATE_NAME]
  if (found !== undefined && kind === REPLICA_SET.kind && template !== undefined)
    return { ...decide({ ...snapshot, taken: [...snapshot.taken, template] }), writes: [] }
  return givenUp(snapshot, write, { error, name: metadata.name })
}

/** Told before anything else is tried. */
function givenUp(
  snapshot: ExperimentSnapshot,
  write: Write,
  { error, name }: { readonly error: KubeError; readonly name: string },
): Decision<ExperimentStatus> {
  const why = withoutSecrets(error.message, write)
  return { ...decide({ ...snapshot, refused: { ...snapshot.refused, [name]: why } }), writes: [] }
}

/** What is so is told whatever is refused: its deadline counts, and its failure is heard of. */
function refused(
  snapshot: ExperimentSnapshot,
  refusal: Refusal,
): Pick<Decision<ExperimentStatus>, 'status' | 'events'> {
  const { experiment, now } = snapshot
  const { status = {}, events = [] } = decide(snapshot)
  const known = experiment.status?.conditions?.find(one => one.type === 'WriteRefused')
  const isTold = known?.message === refusal.message
  return {
    status: withRefusal(status, refusal, now),
    events: isTold ? events : [...events, EVENTS.writeRefused(refusal.message)],
  }
}

function watchesOf({ ours, theirs }: Omit<ExperimentWatches, 'routed'>): readonly WatchDeclaration[] {
  const isClusterWide = (theirs.namespace ?? '') === ''
  const owned = controllerKeysOf(EXPERIMENT)
  const revisions = { ...theirs, labels: POD_TEMPLATE_HASH }
  return [
    {
      kind: EXPERIMENT,
      selection: ours,
      optional: true,
      keysFor: now => (now === undefined ? [] : [keyOf(now)]),
    },
    { kind: REPLICA_SET, selection: revisions, keysFor: owned },
    { kind: SERVICE, selection: theirs, keysFor: owned },
    { kind: ANALYSIS_RUN, selection: ours, optional: true, keysFor: owned },
    { kind: ROLLOUT, selection: ours, keysFor: ofRollout },
    ...TEMPLATES.filter(kind => kind.namespaced || isClusterWide).map((kind): WatchDeclaration => ({
      kind,
      selection: theirs,
      optional: true,
      keysFor: (now, before, cache) => whoNames(kind, now ?? before, cache),
    })),
  ]
}

/** The weights that a Rollout has recorded say which Services users are sent to. */
function ofRollout(
  now: KubeObject | undefined,
  before: KubeObject | undefined,
  cache: Cache,
): readonly Key[] {
  const object = now ?? before
  return object === undefined ? [] : cache.by(EXPERIMENT, OF_ROLLOUT, keyOf(object)).map(keyOf)
}

function whoNames(kind: Kind, object: KubeObject | undefined, cache: Cache): readonly Key[] {
  return object === undefined ? [] : cache.by(EXPERIMENT, NAMED_BY, refKey(refOf(kind, object))).map(keyOf)
}

function madeByExperiments(of: Kind): IndexDeclaration {
  return {
    of,
    values: object => {
      const owner = controllerOf(object)
      return owner?.kind === EXPERIMENT.kind ? [owner.uid] : []
    },
  }
}

function namedRefs(experiment: Experiment) {
  return (experiment.spec.analyses ?? []).map(one => templateRef(experiment, one))
}

/** Those that its analyses name, and those that these include; each is looked at once. */
function templatesBy(experiment: Experiment, cache: Cache): Pick<ExperimentSnapshot, 'named' | 'unread'> {
  const found: Record<string, KubeObject> = {}
  const unread: ObjectRef[] = []
  const waiting = namedRefs(experiment)
  for (let ref = waiting.shift(); ref !== undefined; ref = waiting.shift()) {
    if (cache.isForbidden(ref.kind)) unread.push(ref)
    const template = cache.get<KubeObject & { spec?: { templates?: [] } }>(ref)
    if (template === undefined || found[refKey(ref)] !== undefined) continue
    found[refKey(ref)] = template
    waiting.push(...(template.spec?.templates ?? []).map(one => templateRef(experiment, one)))
  }
  return { named: found, unread }
}

/** What is recorded, and what the routes say: each may be late. */
function carryingOf(
  experiment: Experiment,
  cache: Cache,
  routed: ExperimentWatches['routed'],
): readonly string[] {
  const owner = controllerOf(experiment)
  const { namespace = '' } = experiment.metadata
  if (owner?.kind !== ROLLOUT.kind) return []
  const rollout = cache.get<Rollout>({ kind: ROLLOUT, namespace, name: owner.name })
  if (rollout === undefined) return []
  const { additional = [] } = rollout.status?.canary?.weights ?? {}
  const recorded = additional.flatMap(one => (one.weight > 0 ? (one.serviceName ?? []) : []))
  return [...recorded, ...routed(rollout, cache)]
}
