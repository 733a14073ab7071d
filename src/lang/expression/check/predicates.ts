// What the built-ins that look at each element give, and the names that stand behind their `#`.
import { ANYS, BOOL, GROUPS, INT, UNKNOWN, isUnknown, listOf } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { refuse } from '../refusal.ts'

type ResultType = (collection: GoType, body: GoType | undefined) => GoType

const element = (collection: GoType): GoType =>
  isUnknown(collection) ? UNKNOWN : (collection.element ?? UNKNOWN)

/** Their predicate must be true or false. */
const judging =
  (result: (collection: GoType) => GoType): ResultType =>
  (collection, body) => {
    if (body !== undefined && body.kind !== 'bool' && !isUnknown(body)) {
      refuse(`predicate should return boolean (got ${body.name})`)
    }
    return result(collection)
  }

const isTrue = judging(() => BOOL)
const isPlace = judging(() => INT)
const found = judging(element)

const listed = (of: GoType): GoType => (isUnknown(of) ? ANYS : listOf(of))

export const PREDICATE_RESULTS: ReadonlyMap<string, ResultType> = new Map([
  ...['all', 'none', 'any', 'one'].map((name): [string, ResultType] => [name, isTrue]),
  ...['count', 'findIndex', 'findLastIndex'].map((name): [string, ResultType] => [name, isPlace]),
  ['find', found],
  ['findLast', found],
  ['filter', judging(collection => listed(element(collection)))],
  ['map', (_, body = UNKNOWN) => listed(body)],
  ['sum', (collection, body) => body ?? element(collection)],
  ['groupBy', () => GROUPS],
  ['sortBy', collection => (isUnknown(collection) ? ANYS : collection)],
  ['reduce', (_, body = UNKNOWN) => body],
])

export const SCOPE_NAMES: ReadonlyMap<string, ReadonlyMap<string, GoType>> = new Map([
  ['map', new Map([['index', INT]])],
  [
    'reduce',
    new Map([
      ['index', INT],
      ['acc', UNKNOWN],
    ]),
  ],
])
