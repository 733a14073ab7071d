// What an Experiment changes in the cluster, in the one safe order: pods and Services are made, then analyses, and what
// is no longer needed goes last, never before the routers have taken the users away.
import { experimentScaleDownDelaySeconds } from '../api/defaults.ts'
import { EXPERIMENT_NAME, EXPERIMENT_TEMPLATE_NAME, SCALE_DOWN_DEADLINE } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { ANALYSIS_RUN, REPLICA_SET } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import { isRunOf, isUnderWay } from '../analysis/make-run.ts'
import { printInstant } from '../std/instant.ts'
import { record } from '../std/json-parts.ts'
import { wantedReplicas } from '../workload/availability.ts'
import { deadlineOf, hasDeadline } from '../workload/deadlines.ts'
import { newReplicaSet } from '../workload/replica-set.ts'
import { serviceOf, serviceWrites } from './services.ts'
import { strays } from './situation.ts'
import type { Situation } from './situation.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import { bareTemplate } from './templates.ts'
import type { TemplateState } from './templates.ts'
import { EXPERIMENT_EVENTS } from './words.ts'

/** Routes are not watched for experiments: what they give is looked at again. */
const LOOKS_AGAIN_MS = 5000

export interface Moves {
  readonly writes: readonly Write[]
  /** What is no longer needed: nothing of the status depends on it. */
  readonly trims: readonly Write[]
  readonly waits: readonly Wait[]
}

export function movesOf(situation: Situation): Moves {
  const { snapshot, templates } = situation
  const services = serviceWrites(situation)
  const ends = [
    ...templates.flatMap(one => (one.desired > 0 ? [] : endOf(snapshot, one.found, one.service))),
    ...strays(situation).flatMap(one => endOf(snapshot, one, serviceOf(snapshot, one))),
  ]
  return {
    writes: [
      ...templates.flatMap(one => made(snapshot, one)),
      ...services.create,
      ...templates.flatMap(grown),
      ...newRuns(situation),
    ],
    trims: [...endedRuns(situation), ...ends.flatMap(one => ('verb' in one ? [one] : [])), ...services.trim],
    waits: ends.flatMap(one => ('verb' in one ? [] : [one])),
  }
}

/** It starts with no pods: a Service that leads to them may come first. */
function made({ experiment }: ExperimentSnapshot, state: TemplateState): readonly Write[] {
  const { template, desired, found, replicaSet: name, hash } = state
  if (found !== undefined || (desired === 0 && state.word !== 'Progressing')) return []
  const object = newReplicaSet({
    owner: experiment,
    name,
    hash,
    selector: template.selector,
    template: bareTemplate(template.template),
    replicas: 0,
    minReadySeconds: template.minReadySeconds,
    annotations: { [EXPERIMENT_NAME]: experiment.metadata.name, [EXPERIMENT_TEMPLATE_NAME]: template.name },
  })
  return [{ verb: 'create', object, why: `create ReplicaSet ${name} for template ${template.name}` }]
}

function grown({ found, desired }: TemplateState): readonly Write[] {
  if (found === undefined || desired === 0) return []
  const isLiving = wantedReplicas(found) === desired && !hasDeadline(found)
  return isLiving ? [] : [scale(found, desired)]
}

/** Pods that are no longer asked for live on for a while, and as long as users may be sent to them. */
function endOf(
  { experiment, now, carrying }: ExperimentSnapshot,
  found: ReplicaSet | undefined,
  service: string | undefined,
): readonly (Write | Wait)[] {
  if (found === undefined || wantedReplicas(found) === 0) return []
  const delayMs = experimentScaleDownDelaySeconds(experiment.spec) * 1000
  const { name } = found.metadata
  const deadline = deadlineOf(found)
  if (deadline === undefined && delayMs > 0) return [deadlineWrite(found, printInstant(now + delayMs))]
  if (service !== undefined && carrying.includes(service)) {
    const what = `the routers to take users away from Service ${service}`
    return [{ for: what, since: now, until: now + LOOKS_AGAIN_MS }]
  }
  if (deadline === undefined || now >= deadline) return [scale(found, 0)]
  return [{ for: `the scale-down delay of ReplicaSet ${name}`, since: now, until: deadline }]
}

function scale(replicaSet: ReplicaSet, to: number): Write {
  const { name } = replicaSet.metadata
  const from = wantedReplicas(replicaSet)
  const isKept = to > 0 && hasDeadline(replicaSet)
  return {
    verb: 'patch',
    target: refOf(REPLICA_SET, replicaSet),
    patch: {
      ...(isKept ? { metadata: { annotations: { [SCALE_DOWN_DEADLINE]: null } } } : {}),
      spec: { replicas: to },
    },
    why: `scale ReplicaSet ${name} from ${from} to ${to}`,
    ...(from === to ? {} : { event: EXPERIMENT_EVENTS.scaled(name, from, to) }),
  }
}

/** Whether a write gives pods to a ReplicaSet. */
export function isGrowth(write: Write): boolean {
  if (write.verb !== 'patch' || write.target.kind !== REPLICA_SET) return false
  return Number(record(record(write.patch)['spec'])['replicas'] ?? 0) > 0
}

function deadlineWrite(replicaSet: ReplicaSet, deadline: string): Write {
  return {
    verb: 'patch',
    target: refOf(REPLICA_SET, replicaSet),
    patch: { metadata: { annotations: { [SCALE_DOWN_DEADLINE]: deadline } } },
    why: `set the scale-down deadline of ReplicaSet ${replicaSet.metadata.name} to ${deadline}`,
  }
}

function newRuns({ analyses, phase }: Situation): readonly Write[] {
  if (phase !== 'Running') return []
  return analyses.flatMap(({ run, isNew }) =>
    run === undefined || !isNew
      ? []
      : [{ verb: 'create', object: run, why: `create AnalysisRun ${run.metadata.name}` } as const],
  )
}

/** Those of analyses that are no longer asked for, and all when it ends: also those that no status names. */
function endedRuns({ snapshot, analyses, endsRuns }: Situation): readonly Write[] {
  const { experiment, analysisRuns } = snapshot
  const hasBegun = experiment.status?.phase !== undefined
  const kept = new Set(analyses.map(one => one.run?.metadata.name))
  const open = analysisRuns.filter(
    run => isRunOf(experiment, run) && isUnderWay(run) && run.spec.terminate !== true,
  )
  const ended = open.filter(run => endsRuns || (hasBegun && !kept.has(run.metadata.name)))
  return ended.map(run => ({
    verb: 'patch',
    target: refOf(ANALYSIS_RUN, run),
    patch: { spec: { terminate: true } },
    why: `end AnalysisRun ${run.metadata.name}, which is no longer needed`,
    event: EXPERIMENT_EVENTS.terminating(run.metadata.name),
  }))
}
