// What the gateway has answered, by route, version, pod and status: for pictures of live traffic, and as Prometheus
// text that analysis can ask for.
import { metricText } from '../std/metric-text.ts'

export interface CountLabels {
  readonly namespace: string
  readonly service: string
  readonly app: string
  readonly role: string
  readonly version: string
  readonly pod: string
  /** The HTTP status as text. */
  readonly status: string
  /** `load` for the demo's own load generator; empty for everybody else. */
  readonly source: string
}

export interface CountRow extends CountLabels {
  readonly count: number
  /** The sum of the answers' durations. */
  readonly seconds: number
}

export interface Counts {
  /** The row of these labels, to be added to again and again. */
  counter(labels: CountLabels): Counter
  rows(): readonly CountRow[]
}

export interface Counter {
  add(seconds: number): void
}

interface Row {
  readonly labels: CountLabels
  count: number
  seconds: number
}

const ROWS_MAX = 10_000

/** Counters only grow. When there are too many, those of the oldest pods are kept without the pod's name. */
export function createCounts(): Counts {
  const rows = new Map<string, Row>()
  const rowOf = (labels: CountLabels): Row => {
    const key = keyOf(labels)
    const row = rows.get(key) ?? { labels, count: 0, seconds: 0 }
    rows.set(key, row)
    return row
  }
  const fold = (): void => {
    const oldest = [...rows].find(([, row]) => row.labels.pod !== '')
    if (oldest === undefined) return
    const [key, { labels, count, seconds }] = oldest
    rows.delete(key)
    const rest = rowOf({ ...labels, pod: '' })
    rest.count += count
    rest.seconds += seconds
  }
  return {
    counter(labels) {
      const key = keyOf(labels)
      rowOf(labels)
      if (rows.size > ROWS_MAX) fold()
      return {
        add(seconds) {
          const row = rows.get(key) ?? rowOf(labels)
          row.count++
          row.seconds += seconds
        },
      }
    },
    rows: () => [...rows.values()].map(({ labels, count, seconds }) => ({ ...labels, count, seconds })),
  }
}

function keyOf({ namespace, service, app, role, version, pod, status, source }: CountLabels): string {
  return [namespace, service, app, role, version, pod, status, source].join('\n')
}

export function prometheusText(rows: readonly CountRow[]): string {
  const counter = (name: string, help: string, valueOf: (row: CountRow) => number) =>
    metricText({
      name,
      help,
      type: 'counter',
      rows: rows.map(row => ({ labels: labelsOf(row), value: valueOf(row) })),
    })
  return [
    counter('response_status', 'Answers by the status that clients saw.', row => row.count),
    counter('response_seconds_sum', 'Time taken by the answers.', row => row.seconds),
    counter('response_seconds_count', 'Answers whose time was taken.', row => row.count),
  ].join('')
}

function labelsOf({ namespace, service, app, role, version, pod, status, source }: CountRow) {
  return { namespace, service, app, role, version, pod, status, source }
}
