// What the built-ins that look at each element give, and the names that stand behind their `#`.
import { ANY, ANYS, BOOL, GROUPS, INT, NIL, UNKNOWN, inGo, isUnknown, listOf } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { refuse } from '../refusal.ts'

type ResultType = (collection: GoType, body?: GoType) => GoType

const element = (collection: GoType): GoType =>
  isUnknown(collection) ? UNKNOWN : (collection.element ?? UNKNOWN)

/** Compat: nothing is made of what gives nil. */
function notNil(body: GoType): GoType {
  return body === NIL ? refuse('predicate should has one input and one output param') : body
}

/** Their predicate must be true or false. */
const judging =
  (result: (collection: GoType) => GoType): ResultType =>
  (collection, body) => {
    if (body !== undefined && notNil(body).kind !== 'bool' && !isUnknown(body)) {
      refuse(`predicate should return boolean (got ${body.name})`)
    }
    return result(collection)
  }

const isTrue = judging(() => BOOL)
const isPlace = judging(() => INT)
const found = judging(element)

function summed(collection: GoType, body?: GoType): GoType {
  if (body === undefined) return element(collection)
  if (body !== NIL) return isUnknown(body) ? ANY : inGo(body)
  return refuse('cannot use func(interface {}) as argument (type func(interface {}) bool) to call sum ')
}

function reduced(_: GoType, body: GoType = UNKNOWN): GoType {
  return body === NIL ? refuse('predicate should has two input and one output param') : body
}

export const PREDICATE_RESULTS: ReadonlyMap<string, ResultType> = new Map([
  ...['all', 'none', 'any', 'one'].map((name): [string, ResultType] => [name, isTrue]),
  ...['count', 'findIndex', 'findLastIndex'].map((name): [string, ResultType] => [name, isPlace]),
  ['find', found],
  ['findLast', found],
  ['filter', judging(collection => (isUnknown(collection) ? ANYS : listOf(element(collection))))],
  ['map', (_, body = UNKNOWN) => listOf(notNil(body))],
  ['sum', summed],
  ['groupBy', (_, body = UNKNOWN) => (notNil(body), GROUPS)],
  ['sortBy', (collection, body = UNKNOWN) => (notNil(body), collection)],
  ['reduce', reduced],
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
