// How a metric is measured: one file a provider in providers/, one line in registry.ts. What a provider needs of the
// world it writes (objects that it makes, as the Job does) or asks (questions, answered out of band); all of it is
// pure. What a measurement means for its metric and the run is counted alike for all, and no provider sees it.
import type { Argument, Measurement } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import type { Kind } from '../kube/object.ts'
import type { Question, Wait } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

/** The n-th measurement of a metric, errors included, of the run in the snapshot. */
export interface Measuring {
  readonly snapshot: AnalysisSnapshot
  readonly metric: string
  readonly n: number
}

/** What a run still needs of what was made for it. */
export interface Needed {
  readonly measurements: readonly Measurement[]
  /** Those that may have been begun, and stand in no status yet. */
  readonly next: readonly Pick<Measuring, 'metric' | 'n'>[]
}

export interface Measured {
  /** The measurement as it now stands. Absent: nothing new is to be recorded yet. */
  readonly measurement?: Measurement
  readonly writes?: readonly Write[]
  /** A question stays listed until the measurement made of its answer is recorded: then the answer counts once. */
  readonly questions?: readonly Question[]
  readonly waits?: readonly Wait[]
  /** Notes about the metric itself, kept with its first measurement. */
  readonly metadata?: Readonly<Record<string, string>>
  /** A question is open whose answer counts, although the run is to end: it ends when that has come. */
  readonly isAwaited?: boolean
  /** Why the run can not go on, whatever its metrics say. */
  readonly runProblem?: string
}

/** A metric as it stands in the spec, and the arguments of its run: for those who fill them in later. */
export interface MetricSource {
  readonly metric: Metric
  readonly args: readonly Argument[]
}

/** Objects that are made for measurements: watched by their label, gathered by their owner, the run. */
export interface MadeKind {
  readonly kind: Kind
  readonly labels: string
}

export interface MetricProvider<Settings> {
  /** The field of a metric's `provider` that asks for it. */
  readonly field: string
  readonly makes: readonly MadeKind[]
  /** What it takes of a metric that asks for it, the arguments filled in (but secrets) or as it was written. */
  settings(metric: Metric, source: MetricSource): Settings
  /** The metric as Go writes it into the spec of a run. */
  asStored?(metric: Metric): Metric
  /** Called when the measurement is due, and again until it gives one. */
  begin(settings: Settings, at: Measuring): Measured
  /** Called for a measurement that is under way. */
  look(settings: Settings, at: Measuring, open: Measurement): Measured
  /**
   * Called in place of both once the run is to end: what has come by then counts, and so does what was asked; the rest
   * is given up, and what was made for it is left over. Without `open` nothing was recorded: at most a question was
   * asked.
   */
  stop(settings: Settings, at: Measuring, open: Measurement | undefined): Measured
  /** Takes away what was made for no measurement that is needed, and what goes on of those that have ended. */
  leftOver?(snapshot: AnalysisSnapshot, needed: Needed): readonly Write[]
}
