// The gateway's counts as Prometheus has them: `response_status`, by the status that clients saw, and the histogram
// `response_seconds` of how long the answers took. Rows that have ended are left out.
import type { Metric } from '../std/metric-text.ts'
import { metricText } from '../std/metric-text.ts'
import { BUCKETS } from './counts.ts'
import type { CountRow } from './counts.ts'

export function prometheusText(rows: readonly CountRow[]): string {
  return countMetrics(rows).map(metricText).join('')
}

/** The samples of one row, by the names of their series. */
export function samplesOf(row: CountRow) {
  return countMetrics([{ ...row, endedAt: undefined }]).flatMap(({ name, rows }) =>
    rows.map(({ suffix = '', labels, value }) => ({ name: `${name}${suffix}`, labels, value })),
  )
}

function countMetrics(rows: readonly CountRow[]): readonly Metric[] {
  const live = rows.filter(row => row.endedAt === undefined)
  return [
    {
      name: 'response_status',
      help: 'Answers by the status that clients saw.',
      type: 'counter',
      rows: live.map(row => ({ labels: labelsOf(row), value: row.count })),
    },
    {
      name: 'response_seconds',
      help: 'How long the answers took.',
      type: 'histogram',
      rows: live.flatMap(histogramOf),
    },
  ]
}

function histogramOf(row: CountRow): Metric['rows'] {
  const labels = labelsOf(row)
  let count = 0
  const buckets = row.buckets.map((more, i) => {
    count += more
    return { suffix: '_bucket', labels: { ...labels, le: boundText(BUCKETS[i] as number) }, value: count }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels, value: row.seconds },
    { suffix: '_count', labels, value: row.count },
  ]
}

function boundText(bound: number): string {
  return bound === Infinity ? '+Inf' : String(bound)
}

function labelsOf(row: CountRow): Readonly<Record<string, string>> {
  const { namespace, route, host, service, rollout, hash, app, role, version, pod, status, source } = row
  const rollouts_pod_template_hash = hash
  return {
    namespace,
    route,
    host,
    service,
    rollout,
    rollouts_pod_template_hash,
    app,
    role,
    version,
    pod,
    status,
    source,
  }
}
