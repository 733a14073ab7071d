// What is forgotten: old measurements of a running run, and a finished run after its time.
import type { AnalysisRun, AnalysisRunStatus, MetricResult } from '../api/analysis.ts'
import { ANALYSIS_RUN } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { Decision } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import { nextNumber } from './due.ts'
import { isOver } from './phases.ts'
import type { MetricPlan } from './plan.ts'
import type { Needed } from './provider.ts'
import type { ProviderEntry } from './registry.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

export function keepMeasurements({ retention }: MetricPlan, result: MetricResult): MetricResult {
  const { measurements = [] } = result
  return measurements.length > retention
    ? { ...result, measurements: measurements.slice(-retention) }
    : result
}

/** What was made for measurements, and of no more use once the status is written. */
export function leftOver(
  snapshot: AnalysisSnapshot,
  status: Partial<AnalysisRunStatus>,
  providers: readonly ProviderEntry[],
): readonly Write[] {
  const measurements = (status.metricResults ?? []).flatMap(one => one.measurements ?? [])
  const needed = { measurements, next: nextOf(snapshot.run, status) }
  return providers.flatMap(provider => provider.leftOver(snapshot, needed))
}

/** A measurement is begun before the status that names it is written: it is not to be begun twice. */
function nextOf(
  { spec }: AnalysisRun,
  { phase, metricResults = [] }: Partial<AnalysisRunStatus>,
): Needed['next'] {
  if (isOver(phase) || spec.terminate === true) return []
  return (spec.metrics ?? []).flatMap(({ name: metric }) => {
    const result = metricResults.find(one => one.name === metric)
    return isOver(result?.phase) ? [] : [{ metric, n: nextNumber(result) }]
  })
}

/** A finished run: nothing happens but that it goes when its time is over. */
export function afterwards({ run, now }: AnalysisSnapshot): Decision<AnalysisRunStatus> {
  const goesAt = leavesAt(run)
  if (goesAt === undefined) return { writes: [] }
  if (now < goesAt) {
    const since = parseInstant(run.status?.completedAt ?? '') ?? now
    return { writes: [], waits: [{ for: `the end of ${run.metadata.name}`, since, until: goesAt }] }
  }
  const { uid } = run.metadata
  const write: Write = {
    verb: 'delete',
    target: refOf(ANALYSIS_RUN, run),
    ...(uid === undefined ? {} : { ifUid: uid }),
    why: `delete AnalysisRun ${run.metadata.name}, whose ttlStrategy says so`,
  }
  return { writes: [write] }
}

/** Compat: when more whole seconds have passed. Whoever waits for the run has seen by then how it ended. */
function leavesAt({ spec, status }: AnalysisRun): Instant | undefined {
  const { secondsAfterCompletion, secondsAfterFailure, secondsAfterSuccess } = spec.ttlStrategy ?? {}
  const completedAt = parseInstant(status?.completedAt ?? '')
  const special =
    status?.phase === 'Successful'
      ? secondsAfterSuccess
      : status?.phase === 'Failed'
        ? secondsAfterFailure
        : undefined
  const seconds = special ?? secondsAfterCompletion
  return seconds === undefined || completedAt === undefined ? undefined : completedAt + (seconds + 1) * 1000
}
