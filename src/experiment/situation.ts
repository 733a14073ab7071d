// What a pass knows of an Experiment before it moves anything: templates, analyses, and what follows for the whole.
import type { AnalysisPhase } from '../api/analysis.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { printInstant } from '../std/instant.ts'
import { analysisStates } from './analyses.ts'
import type { AnalysisState } from './analyses.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import { templateNameOf, templateStates } from './templates.ts'
import type { TemplateState } from './templates.ts'
import { isBad, isEnding, isOver, isProven } from './timing.ts'

export interface Situation {
  readonly snapshot: ExperimentSnapshot
  readonly templates: readonly TemplateState[]
  readonly analyses: readonly AnalysisState[]
  readonly availableAt: string | undefined
  readonly phase: AnalysisPhase
  readonly message: string | undefined
  /** Analyses that are under way are to come to their end. */
  readonly endsRuns: boolean
}

export function situationOf(snapshot: ExperimentSnapshot): Situation {
  const { experiment, now } = snapshot
  const templates = templateStates(snapshot)
  const analyses = analysisStates(snapshot, templates)
  const isAvailable = templates.every(one => one.word === 'Running')
  const availableAt = experiment.status?.availableAt ?? (isAvailable ? printInstant(now) : undefined)
  const outcome = outcomeOf({ snapshot, templates, analyses, availableAt })
  const endsRuns = isEnding(experiment) || isOver(outcome.phase)
  return { snapshot, templates, analyses, availableAt, ...outcome, endsRuns }
}

/** ReplicaSets of templates that are no longer asked for. */
export function strays({ snapshot, templates }: Situation): readonly ReplicaSet[] {
  const names = new Set(templates.map(one => one.template.name))
  return snapshot.replicaSets.filter(one => !names.has(templateNameOf(one) ?? ''))
}

type Facts = Pick<Situation, 'snapshot' | 'templates' | 'analyses' | 'availableAt'>
type Result = Pick<Situation, 'phase' | 'message'>

/** A phase that is final stays. */
function outcomeOf(facts: Facts): Result {
  const { status } = facts.snapshot.experiment
  if (status?.phase !== undefined && isOver(status.phase))
    return { phase: status.phase, message: status.message }
  if (status?.phase === undefined) return { phase: 'Pending', message: undefined }
  return broken(facts) ?? proven(facts) ?? under(facts)
}

function broken(facts: Facts): Result | undefined {
  const { templates, analyses } = facts
  const template = templates.find(one => isBad(one.word))
  if (template !== undefined) return { phase: template.word as AnalysisPhase, message: template.message }
  const analysis = analyses.find(one => isBad(one.phase) && !isCutShort(one, facts))
  if (analysis?.phase === undefined) return undefined
  return { phase: analysis.phase, message: analysis.message }
}

/** It was stopped because nothing more is to be proven: that it can not tell then is no answer. */
function isCutShort({ phase, run }: AnalysisState, { snapshot, analyses }: Facts): boolean {
  const { spec } = snapshot.experiment
  const isOfOurs = spec.terminate === true || isProven(spec, phaseIn(analyses))
  return isOfOurs && phase === 'Inconclusive' && run?.spec.terminate === true
}

const phaseIn = (analyses: readonly AnalysisState[]) => (name: string) =>
  analyses.find(one => one.analysis.name === name)?.phase

/** What it lasts for has succeeded: it ends with the last of the others, which are stopped. */
function proven({ snapshot, analyses }: Facts): Result | undefined {
  const { spec } = snapshot.experiment
  if (!isProven(spec, phaseIn(analyses))) return undefined
  return analyses.every(one => one.isDone)
    ? { phase: 'Successful', message: 'Required AnalysisRuns completed' }
    : { phase: 'Running', message: undefined }
}

function under({ templates, analyses, availableAt }: Facts): Result {
  const isAwaited = analyses.some(one => one.analysis.requiredForCompletion === true && !one.isDone)
  if (templates.every(one => one.word === 'Successful') && !isAwaited)
    return { phase: 'Successful', message: undefined }
  return { phase: availableAt === undefined ? 'Pending' : 'Running', message: undefined }
}
