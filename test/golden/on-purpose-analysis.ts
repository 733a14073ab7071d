// Where measuring and judging are meant to differ from what was recorded: by case and field, with the reason.
// docs/COMPAT.md tells users.
import { record } from '../../src/std/json-parts.ts'
import { secretsIn } from '../golden-measurements/recorded-case.ts'
import type { RecordedCase } from '../golden-measurements/recorded-case.ts'

export interface OnPurposeAnalysis {
  readonly id: string
  readonly field: string
  /** What ours says there. */
  readonly ours: string | undefined
  readonly reason: string
  /** The first cell of the row in docs/COMPAT.md. */
  readonly row: string
}

export const ON_PURPOSE_ANALYSIS: readonly OnPurposeAnalysis[] = [
  ...['phase', 'error'].map(field => ({
    id: 'cloudwatch-034',
    field,
    ours: field === 'phase' ? 'Successful' : undefined,
    reason: 'There a nil pointer in the compiler, with a stack trace as message; the expression is right, and works.',
    row: '`filter(result, .Id == "x")[0].Label` on results of CloudWatch',
  })),
]

interface MeantToDiffer {
  /** Its name, or what such cases have in common. */
  readonly case: string | ((recorded: RecordedCase) => boolean)
  /** Beginnings of the places that differ: `status.message`, `requests`, `events`; or how they look. */
  readonly fields: readonly (string | RegExp)[]
  readonly reason: string
  /** How its row of docs/COMPAT.md begins. */
  readonly row: string
}

const MEASUREMENTS: readonly MeantToDiffer[] = [
  {
    case: ({ controllerEnded }) => controllerEnded !== undefined,
    fields: ['status', 'events'],
    reason: 'An answer that ends the whole controller there is an Error of the measurement here.',
    row: 'analysis: a web answer `null`',
  },
  {
    case: recorded => secretsIn(recorded).some(secret => JSON.stringify(recorded.result).includes(secret)),
    fields: [/^status\.metricResults\[\d+\]\.(measurements\[\d+\]\.value|(measurements\[\d+\]\.)?metadata\..*)$/],
    reason: 'A secret stands in the value or in a note there; ours has five stars in its place.',
    row: 'analysis: secrets in values and notes',
  },
  {
    case: ({ result }) => {
      const { phase, completedAt } = record(result?.status)
      return phase === 'Error' && completedAt === undefined
    },
    fields: ['status.completedAt'],
    reason: 'A run that can not be played has no end there, and its `ttlStrategy` never takes it.',
    row: 'analysis: a run that can not be played',
  },
  {
    case: 'run-097',
    fields: ['deletedAfter'],
    reason: 'Its time is over: it goes.',
    row: 'analysis: a run that can not be played',
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

/** What is meant to differ in a case. */
export function meantIn(recorded: RecordedCase): readonly (string | RegExp)[] {
  return MEASUREMENTS.filter(({ case: of }) =>
    typeof of === 'string' ? of === recorded.id : of(recorded),
  ).flatMap(({ fields }) => fields)
}

export function isMeant(known: string | RegExp, field: string): boolean {
  return typeof known === 'string' ? field.startsWith(known) : known.test(field)
}
