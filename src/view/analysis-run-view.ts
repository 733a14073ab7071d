// An AnalysisRun as people see it: how it stands, how many measurements ended how, and the Jobs that
// measured.
import type { AnalysisRun } from '../api/analysis.ts'
import { revisionOf } from '../workload/replica-set.ts'
import { byRevisionThenAge, ownedBy } from './owned.ts'
import { icon } from './words.ts'

export interface JobView {
  readonly name: string
  readonly startedAt: string
  readonly status: string
  readonly icon: string
}

export interface AnalysisRunView {
  readonly name: string
  readonly createdAt: string
  readonly revision: number
  readonly status: string
  readonly icon: string
  readonly successful: number
  readonly failed: number
  readonly inconclusive: number
  readonly error: number
  readonly jobs: readonly JobView[]
}

/** The note that a `job` metric leaves with its measurement. */
const JOB_NAME = 'job-name'

export function analysisRunViews(
  owner: Parameters<typeof ownedBy>[0],
  runs: readonly AnalysisRun[],
): AnalysisRunView[] {
  return ownedBy(owner, runs).map(analysisRunView).toSorted(byRevisionThenAge)
}

function analysisRunView(run: AnalysisRun): AnalysisRunView {
  const results = run.status?.metricResults ?? []
  const status = run.status?.phase ?? ''
  const sum = (of: 'successful' | 'failed' | 'inconclusive' | 'error') =>
    results.reduce((total, result) => total + (result[of] ?? 0), 0)
  return {
    name: run.metadata.name,
    createdAt: run.metadata.creationTimestamp ?? '',
    revision: revisionOf(run),
    status,
    icon: icon('analysis', status),
    successful: sum('successful'),
    failed: sum('failed'),
    inconclusive: sum('inconclusive'),
    error: sum('error'),
    jobs: results.flatMap(result => (result.measurements ?? []).flatMap(jobView)),
  }
}

type Measured = NonNullable<
  NonNullable<NonNullable<AnalysisRun['status']>['metricResults']>[number]['measurements']
>[number]

function jobView(measurement: Measured): JobView[] {
  const name = measurement.metadata?.[JOB_NAME]
  if (name === undefined) return []
  const { phase, startedAt = '' } = measurement
  return [{ name, startedAt, status: phase, icon: icon('analysis', phase) }]
}
