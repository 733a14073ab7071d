// How each analysis of an Experiment stands: its AnalysisRun, which may be about to be made, and its phase.
import { isRunOf, makeRun, runSpecFor } from '../analysis/make-run.ts'
import type { MadeRun } from '../analysis/make-run.ts'
import type { AnalysisPhase, AnalysisRun } from '../api/analysis.ts'
import type { ExperimentAnalysis, ExperimentAnalysisStatus } from '../api/experiment.ts'
import { templateRef } from '../api/references.ts'
import { refKey, resourceName } from '../kube/object.ts'
import { argumentsOf } from './arguments.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import type { TemplateState } from './templates.ts'
import { endOf, isEnding, isOver } from './timing.ts'

export interface AnalysisState {
  readonly analysis: ExperimentAnalysis
  readonly before: ExperimentAnalysisStatus | undefined
  readonly run: AnalysisRun | undefined
  readonly isNew: boolean
  /** Undefined: it has not begun. */
  readonly phase: AnalysisPhase | undefined
  readonly message: string | undefined
  /** Nothing more will come of it. */
  readonly isDone: boolean
}

/** Nothing is looked at in the first pass. */
export function analysisStates(
  snapshot: ExperimentSnapshot,
  templates: readonly TemplateState[],
): readonly AnalysisState[] {
  const { spec, status } = snapshot.experiment
  if (status?.phase === undefined) return []
  return (spec.analyses ?? []).map(analysis => analysisState(snapshot, analysis, templates))
}

function analysisState(
  snapshot: ExperimentSnapshot,
  analysis: ExperimentAnalysis,
  templates: readonly TemplateState[],
): AnalysisState {
  const { experiment, analysisRuns } = snapshot
  const { status } = experiment
  const before = status?.analysisRuns?.find(one => one.name === analysis.name)
  const run = analysisRuns.find(one => one.metadata.name === before?.analysisRun && isRunOf(experiment, one))
  const at = { analysis, before, run, isNew: false, message: before?.message }
  if (isOver(before?.phase)) return { ...at, phase: before?.phase, isDone: true }
  if (run !== undefined) return measured(at, run)
  const missing = missingTemplate(snapshot, analysis)
  if (missing !== undefined && !isEnding(experiment)) return failed(at, missing)
  const idle = { ...at, phase: before?.phase, isDone: isEnding(experiment) }
  if (status?.availableAt === undefined) return idle
  const made = madeRun(snapshot, analysis, templates)
  if ('run' in made && !made.isNew) return measured(at, made.run)
  if (!mayBegin(snapshot)) return idle
  if ('problem' in made) return failed(at, made.problem)
  const refusal = snapshot.refused[made.run.metadata.name]
  return refusal === undefined ? begun(at, made.run) : failed(at, refusal)
}

type Known = Pick<AnalysisState, 'analysis' | 'before' | 'run' | 'isNew'>

function measured(at: Known, run: AnalysisRun): AnalysisState {
  const phase = run.status?.phase ?? at.before?.phase ?? 'Pending'
  return { ...at, run, phase, message: run.status?.message, isDone: isOver(phase) }
}

function begun(at: Known, run: AnalysisRun): AnalysisState {
  return { ...at, run, isNew: true, phase: 'Pending', message: undefined, isDone: false }
}

function failed(at: Known, message: string): AnalysisState {
  return { ...at, phase: 'Error', message, isDone: true }
}

/** When the time is over only those begin that the experiment lasts for. */
function mayBegin({ experiment, now }: ExperimentSnapshot): boolean {
  const end = endOf(experiment)
  const isLate = end !== undefined && now >= end
  const isAwaited = (experiment.spec.analyses ?? []).some(one => one.requiredForCompletion === true)
  return !isEnding(experiment) && (!isLate || isAwaited)
}

function missingTemplate(
  { experiment, named, unread }: ExperimentSnapshot,
  analysis: ExperimentAnalysis,
): string | undefined {
  const ref = templateRef(experiment, analysis)
  if (named[refKey(ref)] !== undefined) return undefined
  const kind = resourceName({ ...ref.kind, plural: ref.kind.kind.toLowerCase() })
  const why = unread.some(one => refKey(one) === refKey(ref)) ? 'may not be read' : 'not found'
  return `AnalysisTemplate verification failed for analysis '${analysis.name}': ${kind} "${ref.name}" ${why}`
}

/** One that no status names yet is taken also when it has ended: else a failure would be forgotten. */
function madeRun(
  { experiment, named, analysisRuns }: ExperimentSnapshot,
  analysis: ExperimentAnalysis,
  templates: readonly TemplateState[],
): MadeRun | { readonly problem: string } {
  const { dryRun = [], measurementRetention = [], analysisRunMetadata } = experiment.spec
  const args = argumentsOf(experiment, analysis.args ?? [], templates)
  if ('problem' in args) return args
  const request = { templates: [analysis], args: args.value, dryRun, measurementRetention }
  const spec = runSpecFor(experiment, request, named)
  if ('problem' in spec) return spec
  const name = `${experiment.metadata.name}-${analysis.name}`
  const told = new Set(experiment.status?.analysisRuns?.map(one => one.analysisRun))
  return makeRun(
    experiment,
    {
      name,
      spec: spec.value,
      metadata: analysisRunMetadata,
      labels: {},
      annotations: {},
      isTaken: run => !told.has(run.metadata.name),
    },
    analysisRuns,
  )
}
