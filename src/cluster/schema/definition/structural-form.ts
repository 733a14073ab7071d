// Whether a schema is structural: every node has a type or may be anything on purpose, and what only restricts values
// (allOf, anyOf, oneOf, not) names nothing of its own.
import { equal } from '../../../std/equal.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { list, record, text } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'
import { forbidden, invalid, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { subschemas } from '../subschemas.ts'
import { clauses, patternProblems, restrictionProblems, unnamedProblems } from './restrictions.ts'

type Level = 'root' | 'item' | 'field'

const UNTYPED: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}
const PRESERVE = 'x-kubernetes-preserve-unknown-fields'
const EMBEDDED = 'x-kubernetes-embedded-resource'
const INT_OR_STRING = 'x-kubernetes-int-or-string'
const ONLY_NAMES =
  'must not specify anything other than name and generateName, but metadata is implicitly specified'

/** In the order of their texts, as Kubernetes tells them. */
export function structuralProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  const said = ({ path: at, message }: FieldProblem) => `${at}: ${message}`
  return [...nodeProblems(schema, path, 'root'), ...unnamedProblems(schema, path)].toSorted((a, b) =>
    said(a) < said(b) ? -1 : 1,
  )
}

function nodeProblems(schema: JsonObject, path: string, level: Level): readonly FieldProblem[] {
  const isWithHead = level === 'root' || schema[EMBEDDED] === true
  return [
    ...(schema['type'] === 'array' && schema['items'] === undefined
      ? [required(`${path}.items`, 'must be specified')]
      : []),
    ...typeProblems(schema, path, level),
    ...markProblems(schema, path),
    ...patternProblems(schema, path),
    ...(schema['additionalProperties'] !== undefined && level === 'root'
      ? [forbidden(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(isWithHead ? headProblems(record(schema['properties']), path, level) : []),
    ...valueProblems(schema, path),
    ...subschemas(schema, path).flatMap(([one, at]) =>
      nodeProblems(one, at, at === `${path}.items` ? 'item' : 'field'),
    ),
  ]
}

function typeProblems(schema: JsonObject, path: string, level: Level): readonly FieldProblem[] {
  const type = text(schema['type'])
  if (schema[EMBEDDED] === true && type !== 'object') {
    const said = 'must be object if x-kubernetes-embedded-resource is true'
    return [type === '' ? required(`${path}.type`, said) : invalid(`${path}.type`, type, said)]
  }
  if (type === '' && schema[INT_OR_STRING] !== true && schema[PRESERVE] !== true) {
    return [required(`${path}.type`, UNTYPED[level])]
  }
  return level === 'root' && type !== '' && type !== 'object'
    ? [invalid(`${path}.type`, type, 'must be object at the root')]
    : []
}

/** What the extensions of a node say against each other. */
function markProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  const isEmbedded = schema[EMBEDDED] === true
  const isEither = schema[INT_OR_STRING] === true
  const notEither = 'must be false if x-kubernetes-int-or-string is true'
  const isBare =
    isEmbedded && schema[PRESERVE] !== true && Object.keys(record(schema['properties'])).length === 0
  return [
    ...(isEither && schema[PRESERVE] === true ? [invalid(`${path}.${PRESERVE}`, true, notEither)] : []),
    ...(isEither && isEmbedded ? [invalid(`${path}.${EMBEDDED}`, true, notEither)] : []),
    ...(isEmbedded && schema['additionalProperties'] !== undefined
      ? [
          forbidden(
            `${path}.additionalProperties`,
            'must not be used if x-kubernetes-embedded-resource is set',
          ),
        ]
      : []),
    ...(isBare
      ? [required(`${path}.properties`, `must not be empty if ${EMBEDDED} is true without ${PRESERVE}`)]
      : []),
  ]
}

/** `kind`, `apiVersion` and `metadata` are what they are everywhere. */
function headProblems(properties: JsonObject, path: string, level: Level): readonly FieldProblem[] {
  const at = (field: string) => `${path}.properties[${field}]`
  const isWrong = (field: string, type: string) => {
    const schema = own(properties, field)
    const given = text(record(schema)['type'])
    return schema !== undefined && given !== type
      ? [invalid(`${at(field)}.type`, given, `must be ${type}`)]
      : []
  }
  const metadata = own(properties, 'metadata')
  return [
    ...isWrong('kind', 'string'),
    ...isWrong('apiVersion', 'string'),
    ...isWrong('metadata', 'object'),
    ...(level === 'root' && metadata !== undefined && !namesOnly(record(metadata))
      ? [forbidden(at('metadata'), ONLY_NAMES)]
      : []),
  ]
}

/** A schema's other words that say nothing of values. */
const FREE: ReadonlySet<string> = new Set(['type', 'default', 'example', 'externalDocs'])

function namesOnly(metadata: JsonObject): boolean {
  const given = Object.entries(metadata).filter(([word, value]) => !FREE.has(word) && !isNothing(value))
  return given.every(
    ([word, value]) =>
      word === 'properties' &&
      Object.keys(record(value)).every(field => field === 'name' || field === 'generateName'),
  )
}

/** What Go can not tell from a word that was not given. */
function isNothing(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return !value
  return Object.keys(value).length === 0
}

const EITHER: Json = [{ type: 'integer' }, { type: 'string' }]

/** The two ways to write down an integer or string may name these types. */
function valueProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  return clauses(schema, path).flatMap(({ junctor, index, clause, path: at }) => {
    if (junctor === 'anyOf' && equal(schema['anyOf'] as Json, EITHER)) return []
    const mayNameTypes = junctor === 'allOf' && index === 0 && equal(list(clause['anyOf']), EITHER)
    return restrictionProblems(mayNameTypes ? { ...clause, anyOf: [] } : clause, at)
  })
}
