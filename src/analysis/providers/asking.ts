// Metrics that are asked of somebody outside: the question names the metric as it was written and its arguments, never
// the value of a Secret; the answer is a finished measurement. Nothing is recorded before it has come.
import type { Argument, Measurement } from '../../api/analysis.ts'
import type { Metric } from '../../api/metric.ts'
import type { Answer, Question } from '../../kube/reconciler.ts'
import { asJson } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'
import { printInstant } from '../../std/instant.ts'
import type { Measured, Measuring, MetricProvider } from '../provider.ts'

/** What the answerer is to measure. */
export interface MeasureQuestion {
  readonly measure: {
    readonly namespace: string
    readonly metric: Metric
    readonly args: readonly Argument[]
  }
}

/** What it gives back. */
export type FinishedMeasurement =
  | {
      readonly measurement: Measurement
      /** What is noted about the metric itself. */
      readonly metadata?: Readonly<Record<string, string>>
    }
  /** Nothing was measured: the run can not go on. */
  | { readonly runProblem: string }

type Asked = Omit<MeasureQuestion['measure'], 'namespace'>

export interface AskedProvider {
  readonly field: string
  /** The metric as Go writes it into the spec of a run. */
  readonly asStored?: (metric: Metric) => Metric
}

export function asking({ field, asStored }: AskedProvider): MetricProvider<Asked> {
  return {
    field,
    makes: [],
    settings: (_, { metric, args }) => ({ metric, args }),
    ...(asStored === undefined ? {} : { asStored }),
    begin: ask,
    // One that was left under way by somebody else was never finished: it is asked for, and counts once.
    look: ask,
    stop(asked, at) {
      const { answers, open, now } = at.snapshot
      const id = questionId(at)
      const answer = answers[id]
      if (answer !== undefined) return { questions: [questionOf(asked, at)], ...measured(answer, now) }
      // Who waits for an answer gets it: it is not lost because somebody wants the run to end.
      return open.includes(id) ? { questions: [questionOf(asked, at)], isAwaited: true } : {}
    },
  }
}

function ask(asked: Asked, at: Measuring): Measured {
  const answer = at.snapshot.answers[questionId(at)]
  const questions = [questionOf(asked, at)]
  return answer === undefined ? { questions } : { questions, ...measured(answer, at.snapshot.now) }
}

/** A run of the same name, made anew, asks anew. */
function questionId({ snapshot, metric, n }: Measuring): string {
  return `measurement ${n} of ${metric} (${snapshot.run.metadata.uid ?? ''})`
}

function questionOf({ metric, args }: Asked, at: Measuring): Question {
  const { namespace = '' } = at.snapshot.run.metadata
  const about: MeasureQuestion = { measure: { namespace, metric, args } }
  return { id: questionId(at), about: asJson(about) }
}

function measured(answer: Answer, now: Instant): Measured {
  if ('error' in answer) {
    const at = printInstant(now)
    return { measurement: { phase: 'Error', message: answer.error, startedAt: at, finishedAt: at } }
  }
  const finished = answer.value as unknown as FinishedMeasurement
  if ('runProblem' in finished) return { runProblem: finished.runProblem }
  const { measurement, metadata } = finished
  return { measurement, ...(metadata === undefined ? {} : { metadata }) }
}

/** Compat: Go writes the empty structs of an authentication. */
export function withAuthentication<Settings extends { readonly authentication?: object }>(
  settings: Settings,
): Settings {
  const empty = { sigv4: {}, oauth2: {}, basicAuth: {} }
  return { ...settings, authentication: { ...empty, ...settings.authentication } }
}
