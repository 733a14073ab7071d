// Where a played measurement is meant to differ from its recording, with the reason and the row of docs/COMPAT.md.

export interface OnPurpose {
  readonly case: string
  /** Beginnings of the places that differ: `status.message`, `requests`, `events`. */
  readonly fields: readonly string[]
  readonly reason: string
  /** How its row of docs/COMPAT.md begins. */
  readonly row: string
}

export const ON_PURPOSE: readonly OnPurpose[] = [
  ...['web-010', 'web-011'].map(id => ({
    case: id,
    fields: ['status', 'events'],
    reason: 'A body that is null ends the whole controller there; ours makes an Error of the measurement.',
    row: 'analysis: a web answer `null`',
  })),
  {
    case: 'web-112',
    fields: ['status.metricResults[0].measurements[0].value'],
    reason: 'The secret stands in the value there; ours has five stars in its place.',
    row: 'analysis: secrets in values and notes',
  },
  {
    case: 'prometheus-046',
    fields: ['status.metricResults[0].metadata'],
    reason: 'The secret stands in the query that is noted there; ours has five stars in its place.',
    row: 'analysis: secrets in values and notes',
  },
  {
    case: 'web-167',
    fields: ['status', 'requests', 'events'],
    reason:
      'A value that does not fit into the store is asked for again and again there, and each answer is lost; ours is ' +
      'cut, and says so.',
    row: 'analysis: a value of more than 64 KiB',
  },
  {
    case: 'run-085',
    fields: ['status.startedAt', 'status.metricResults[1].measurements', 'requests'],
    reason: 'A slow answer holds up the other metric there, and one of its measurements is lost; ours goes on.',
    row: 'analysis: one slow answer of several',
  },
  {
    case: 'run-116',
    fields: ['status', 'requests', 'events'],
    reason: 'A measurement that somebody left under way never ends there; ours asks once more, and it counts once.',
    row: 'analysis: a measurement that was left under way',
  },
  {
    case: 'run-121',
    fields: ['status', 'requests', 'events'],
    reason: 'A touch while a request is open measures twice there and loses the first answer; ours counts it once.',
    row: 'analysis: a run that is changed while a request is open',
  },
]
