// The times of a CronJob, read as Kubernetes reads them: five fields, or a word that stands for them. Gives the
// sentence that says what is wrong.
import { parseDuration } from '../../../std/duration.ts'

interface Field {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
]
const WORDS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']
const EVERY = '@every '

/** Undefined: it is a schedule. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.startsWith('@')) return wordProblem(schedule)
  const parts = schedule.split(/\s+/).filter(part => part !== '')
  if (parts.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${parts.length}: [${parts.join(' ')}]`
  }
  for (const [i, field] of FIELDS.entries()) {
    for (const range of (parts[i] ?? '').split(',').filter(part => part !== '')) {
      const problem = rangeProblem(range, field)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

function wordProblem(word: string): string | undefined {
  if (WORDS.includes(word)) return undefined
  if (!word.startsWith(EVERY)) return `unrecognized descriptor: ${word}`
  const duration = word.slice(EVERY.length)
  if (parseDuration(duration) !== undefined) return undefined
  return `failed to parse duration ${word}: time: invalid duration ${JSON.stringify(duration)}`
}

function rangeProblem(range: string, field: Field): string | undefined {
  const [span = '', stepText, ...slashes] = range.split('/')
  const [low = '', high, ...hyphens] = span.split('-')
  const isAll = low === '*' || low === '?'
  const first = isAll ? field.min : numberOf(low, field)
  if (typeof first === 'string') return first
  if (!isAll && hyphens.length > 0) return `too many hyphens: ${range}`
  const second = isAll ? field.max : high === undefined ? first : numberOf(high, field)
  if (typeof second === 'string') return second
  const step = stepText === undefined ? 1 : numberOf(stepText, { min: 0, max: 0 })
  if (typeof step === 'string') return step
  if (slashes.length > 0) return `too many slashes: ${range}`
  const last = stepText !== undefined && high === undefined ? field.max : second
  return boundsProblem(range, field, { first, last, step })
}

function boundsProblem(
  range: string,
  { min, max }: Field,
  { first, last, step }: { readonly first: number; readonly last: number; readonly step: number },
): string | undefined {
  if (first < min) return `beginning of range (${first}) below minimum (${min}): ${range}`
  if (last > max) return `end of range (${last}) above maximum (${max}): ${range}`
  if (first > last) return `beginning of range (${first}) beyond end of range (${last}): ${range}`
  return step === 0 ? `step of range should be a positive number: ${range}` : undefined
}

/** The number, or what is wrong with it. */
function numberOf(text: string, { names = [], min }: Field): number | string {
  const at = names.indexOf(text.toLowerCase())
  if (at !== -1) return at + min
  if (/^[+]?\d+$/.test(text)) return Number(text)
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
}
