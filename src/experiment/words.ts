// What an Experiment's conditions and Events say, word for word.
import type { AnalysisPhase } from '../api/analysis.ts'
import type { ExperimentAnalysis, ExperimentCondition, TemplateWord } from '../api/experiment.ts'
import type { Refusal } from '../kube/refusal.ts'
import type { EventNote } from '../kube/write.ts'

type Said = Pick<ExperimentCondition, 'type' | 'status' | 'reason' | 'message'>

export const CONDITIONS = {
  invalid: (message: string): Said => ({
    type: 'InvalidSpec',
    status: 'True',
    reason: 'InvalidSpec',
    message,
  }),
  progressing: (name: string): Said => ({
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `Experiment "${name}" is progressing.`,
  }),
  running: (name: string): Said => ({
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: `Experiment "${name}" is running.`,
  }),
  completed: (name: string): Said => ({
    type: 'Progressing',
    status: 'False',
    reason: 'ExperimentCompleted',
    message: `Experiment "${name}" has successfully ran and completed.`,
  }),
  /** Ours alone. */
  refused: ({ reason, message }: Refusal): Said => ({
    type: 'WriteRefused',
    status: 'True',
    reason,
    message,
  }),
} as const

interface Change<Word> {
  readonly from: Word | ''
  readonly to: Word
  readonly message?: string | undefined
}

export const EXPERIMENT_EVENTS = {
  template: (name: string, change: Change<TemplateWord>): EventNote =>
    transition({ what: `Template '${name}'`, reason: `Template${change.to}` }, change),
  analysisRun: ({ name }: ExperimentAnalysis, change: Change<AnalysisPhase>): EventNote =>
    transition({ what: `AnalysisRun '${name}'`, reason: `AnalysisRun${change.to}` }, change),
  experiment: (change: Change<AnalysisPhase>): EventNote =>
    transition({ what: 'Experiment', reason: `Experiment${change.to}` }, change),
  terminating: (run: string): EventNote => ({
    type: 'Normal',
    reason: 'AnalysisRunTerminating',
    message: `Terminating AnalysisRun '${run}'`,
  }),
  scaled: (replicaSet: string, from: number, to: number): EventNote => ({
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${to > from ? 'up' : 'down'} ReplicaSet ${replicaSet} from ${from} to ${to}`,
  }),
} as const

const BAD: readonly string[] = ['Failed', 'Error', 'Inconclusive']

function transition(
  { what, reason }: { readonly what: string; readonly reason: string },
  { from, to, message = '' }: Change<string>,
): EventNote {
  const why = message === '' ? '' : `: ${message}`
  return {
    type: BAD.includes(to) ? 'Warning' : 'Normal',
    reason,
    message: `${what} transitioned from ${from} -> ${to}${why}`,
  }
}
