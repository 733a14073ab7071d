// What an Experiment reports: the words and counts of its templates and analyses, the phase, and the Events of the
// change.
import type {
  Experiment,
  ExperimentAnalysisStatus,
  ExperimentCondition,
  ExperimentStatus,
  TemplateStatus,
} from '../api/experiment.ts'
import type { Refusal } from '../kube/refusal.ts'
import type { EventNote } from '../kube/write.ts'
import { printInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import { actualReplicas, availableReplicas, readyReplicas } from '../workload/availability.ts'
import type { AnalysisState } from './analyses.ts'
import { isNeeded } from './services.ts'
import type { Situation } from './situation.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import type { TemplateState } from './templates.ts'
import { isOver } from './timing.ts'
import { CONDITIONS, EXPERIMENT_EVENTS } from './words.ts'

/** `isTidying`: something is to be written yet once it is told; what was refused of that stands until it is made. */
export function statusOf(situation: Situation, isTidying: boolean): ExperimentStatus {
  const { snapshot, templates, analyses, availableAt, phase, message } = situation
  const { experiment, now } = snapshot
  const before = experiment.status ?? {}
  const runs = analyses.flatMap(analysisStatus)
  const { message: _before, ...kept } = before
  return {
    ...kept,
    phase,
    ...(message === undefined ? {} : { message }),
    ...(availableAt === undefined ? {} : { availableAt }),
    templateStatuses: templates.map(templateStatus),
    ...(runs.length === 0 ? {} : { analysisRuns: runs }),
    conditions: conditionsOf(experiment, situation, { now, isTidying }),
  }
}

/** Beside what is so whether the write is made or not. */
export function withRefusal(status: ExperimentStatus, refusal: Refusal, now: Instant): ExperimentStatus {
  const said = CONDITIONS.refused(refusal)
  const { conditions = [] } = status
  const known = conditions.find(one => one.type === said.type)
  if (known?.reason === said.reason && known.message === said.message) return status
  return { ...status, conditions: [...conditions.filter(one => one !== known), stamped(said, known, now)] }
}

/** Compat: only the condition says it, and the phase stays what it was. */
export function invalidStatus({ experiment, now }: ExperimentSnapshot, problem: string): ExperimentStatus {
  const { status = {} } = experiment
  const said = CONDITIONS.invalid(problem)
  const known = status.conditions?.find(one => one.type === said.type)
  if (known?.message === problem) return status
  const others = (status.conditions ?? []).filter(one => one !== known)
  return { ...status, conditions: [...others, stamped(said, undefined, now)] }
}

function templateStatus(state: TemplateState): TemplateStatus {
  const { template, found, word, message, since, service, hash, collisionCount } = state
  const replicas = found === undefined ? 0 : actualReplicas(found)
  return {
    name: template.name,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: readyReplicas(found),
    availableReplicas: availableReplicas(found),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    status: word,
    ...(message === undefined ? {} : { message }),
    lastTransitionTime: printInstant(since),
    // Compat: both go with the Service.
    ...(service === undefined || !isNeeded(state) ? {} : { serviceName: service, podTemplateHash: hash }),
  }
}

function analysisStatus({ analysis, run, before, phase, message = '' }: AnalysisState) {
  if (phase === undefined) return []
  const analysisRun = run?.metadata.name ?? before?.analysisRun ?? ''
  const status: ExperimentAnalysisStatus = {
    name: analysis.name,
    analysisRun,
    phase,
    ...(message === '' ? {} : { message }),
  }
  return [status]
}

/** Compat: one that failed keeps what was said before. */
function conditionsOf(
  { metadata, status }: Experiment,
  { availableAt, phase }: Situation,
  { now, isTidying }: { readonly now: Instant; readonly isTidying: boolean },
): readonly ExperimentCondition[] {
  const known = (status?.conditions ?? []).filter(
    one => one.type !== 'InvalidSpec' && (isTidying || one.type !== 'WriteRefused'),
  )
  if (isOver(phase) && phase !== 'Successful') return known
  const { name } = metadata
  const running = availableAt === undefined ? CONDITIONS.progressing(name) : CONDITIONS.running(name)
  const said = phase === 'Successful' ? CONDITIONS.completed(name) : running
  const before = known.find(one => one.type === said.type)
  if (before?.status === said.status && before.reason === said.reason) return known
  return [...known.filter(one => one !== before), stamped(said, before, now)]
}

function stamped(
  said: Pick<ExperimentCondition, 'type' | 'status' | 'reason' | 'message'>,
  before: ExperimentCondition | undefined,
  now: Instant,
): ExperimentCondition {
  const at = printInstant(now)
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : at
  return { ...said, lastUpdateTime: at, lastTransitionTime }
}

export function eventsOf({ snapshot, templates, analyses, phase }: Situation): readonly EventNote[] {
  const before = snapshot.experiment.status?.phase
  return [
    ...templates
      .filter(one => one.word !== one.before?.status)
      .map(({ template, before: known, word, message }) =>
        EXPERIMENT_EVENTS.template(template.name, { from: known?.status ?? '', to: word, message }),
      ),
    ...analyses.flatMap(analysisEvent),
    ...(phase === before ? [] : [EXPERIMENT_EVENTS.experiment({ from: before ?? '', to: phase })]),
  ]
}

/** Compat: a run that was only asked for is told of as if it had no phase yet. */
function analysisEvent({ analysis, before, phase, message }: AnalysisState): readonly EventNote[] {
  if (phase === undefined || phase === before?.phase) return []
  const from = before === undefined || before.phase === 'Pending' ? '' : before.phase
  return [EXPERIMENT_EVENTS.analysisRun(analysis, { from, to: phase, message })]
}
