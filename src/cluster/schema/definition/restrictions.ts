// What stands under allOf, anyOf, oneOf and not: it may restrict values, and neither shape them nor name fields that
// the schema around it does not.
import { isJsonObject } from '../../../std/json.ts'
import type { JsonObject } from '../../../std/json.ts'
import { list, record } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'
import { patternProblem } from '../../../std/regex.ts'
import { forbidden, invalid, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'

type Junctor = 'allOf' | 'anyOf' | 'oneOf' | 'not'

interface Clause {
  readonly junctor: Junctor
  readonly index: number
  readonly clause: JsonObject
  readonly path: string
}

/** The schemas under a schema's junctors, each with where it stands. */
export function clauses(schema: JsonObject, path: string): readonly Clause[] {
  const listed = (['anyOf', 'allOf', 'oneOf'] as const).flatMap(junctor =>
    list(schema[junctor]).map((one, index) => ({
      junctor,
      index,
      clause: record(one),
      path: `${path}.${junctor}[${index}]`,
    })),
  )
  return isJsonObject(schema['not'])
    ? [...listed, { junctor: 'not', index: 0, clause: schema['not'], path: `${path}.not` }]
    : listed
}

const EMPTY = 'must be empty to be structural'
const UNDEFINED = 'must be undefined to be structural'
const FALSE = 'must be false to be structural'

/** The words that shape values, and what Kubernetes says of each. */
const SHAPING: readonly (readonly [word: string, said: string])[] = [
  ['type', EMPTY],
  ['additionalProperties', UNDEFINED],
  ['default', UNDEFINED],
  ['title', EMPTY],
  ['description', EMPTY],
  ['nullable', FALSE],
  ['x-kubernetes-preserve-unknown-fields', FALSE],
  ['x-kubernetes-embedded-resource', FALSE],
  ['x-kubernetes-int-or-string', FALSE],
  ['x-kubernetes-list-map-keys', EMPTY],
  ['x-kubernetes-list-type', UNDEFINED],
  ['x-kubernetes-map-type', UNDEFINED],
  ['x-kubernetes-validations', EMPTY],
]

function isGiven(schema: JsonObject, word: string, said: string): boolean {
  const value = schema[word]
  if (value === undefined || value === null) return false
  if (word === 'additionalProperties') return isJsonObject(value)
  if (said === UNDEFINED) return true
  return said === FALSE ? value === true : (value as { readonly length: number }).length > 0
}

export function restrictionProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  const properties = record(schema['properties'])
  return [
    ...SHAPING.filter(([word, said]) => isGiven(schema, word, said)).map(([word, said]) =>
      forbidden(`${path}.${word}`, said),
    ),
    ...patternProblems(schema, path),
    ...clauses(schema, path).flatMap(one => restrictionProblems(one.clause, one.path)),
    ...(isJsonObject(schema['items']) ? restrictionProblems(schema['items'], `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([field, one]) =>
      restrictionProblems(record(one), `${path}.properties[${field}]`),
    ),
    ...(Object.hasOwn(properties, 'metadata')
      ? [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')]
      : []),
  ]
}

/** Fields and elements that only a restriction names: Kubernetes asks this of the root's restrictions alone. */
export function unnamedProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  return clauses(schema, path).flatMap(one => unnamed(one, schema, path))
}

function unnamed(
  { clause, path: from }: Pick<Clause, 'clause' | 'path'>,
  schema: JsonObject | undefined,
  path: string,
): readonly FieldProblem[] {
  if (!schema) return [required(path, `because it is defined in ${from}`)]
  const items = clause['items']
  const known = schema['items']
  return [
    ...clauses(clause, from).flatMap(one => unnamed(one, schema, path)),
    ...(isJsonObject(items)
      ? unnamed(
          { clause: items, path: `${from}.items` },
          isJsonObject(known) ? known : undefined,
          `${path}.items`,
        )
      : []),
    ...Object.entries(record(clause['properties'])).flatMap(([field, one]) => {
      const of = own(record(schema['properties']), field)
      const at = `properties[${field}]`
      return unnamed(
        { clause: record(one), path: `${from}.${at}` },
        of === undefined ? undefined : record(of),
        `${path}.${at}`,
      )
    }),
  ]
}

export function patternProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  const pattern = schema['pattern']
  if (typeof pattern !== 'string') return []
  const problem = patternProblem(pattern)
  if (problem === undefined) return []
  return [invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${problem}`)]
}
