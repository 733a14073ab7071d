// Whether a version's schema can be served: its form, its defaults, the words of each node, and then its rules, which
// are only understood where the rest is right.
import { isJsonObject } from '../../../std/json.ts'
import type { JsonObject } from '../../../std/json.ts'
import { text } from '../../../std/json-parts.ts'
import { forbidden, invalid, notSupported } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import type { Structural } from '../structural.ts'
import { subschemas } from '../subschemas.ts'
import { defaultProblems } from './defaults.ts'
import { markProblems } from './list-marks.ts'
import { clauses } from './restrictions.ts'
import { expressionProblems } from './rule-expressions.ts'
import { ruleProblems } from './rule-validation.ts'
import { structuralProblems } from './structural-form.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const REFUSED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']
const HEAD: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

export function validateSchema(schema: JsonObject, path: string): readonly FieldProblem[] {
  // What has no place in a structural schema is told below, and the form is not looked at then.
  const form = REFUSED.some(word => schema[word] !== undefined) ? [] : structuralProblems(schema, path)
  const defaults = form.length > 0 ? [] : defaultProblems(schema as unknown as Structural, path, true)
  const isSound = form.length === 0 && defaults.length === 0
  const found = nodeProblems(schema, path, { isRoot: true, hasRules: isSound })
  return [...form, ...defaults, ...found.words, ...found.rules]
}

interface Place {
  readonly isRoot?: boolean
  /** Inside `apiVersion`, `kind` or `metadata`. */
  readonly isInsideHead?: boolean
  /** Why there may be no default. */
  readonly noDefaults?: string
  /** Where the old value of what stands here can no longer be told: the highest such place. */
  readonly uncorrelatable?: string
  /** Whether rules are understood here. */
  readonly hasRules: boolean
}

interface Found {
  readonly words: readonly FieldProblem[]
  readonly rules: readonly FieldProblem[]
}

function nodeProblems(schema: JsonObject, path: string, place: Place): Found {
  const inner = [
    ...subschemas(schema, path).map(([one, at]) =>
      nodeProblems(one, at, placeOf(schema, path, { at, place })),
    ),
    ...clauses(schema, path).map(one =>
      nodeProblems(one.clause, one.path, { ...place, isRoot: false, hasRules: false }),
    ),
  ]
  const words = [
    ...wordProblems(schema, path, place),
    ...inner.flatMap(one => one.words),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
    ...markProblems(schema, path),
    ...ruleProblems(schema, path),
  ]
  const own =
    place.hasRules && words.length === 0
      ? expressionProblems(schema as unknown as Structural, path, {
          isRoot: place.isRoot === true,
          uncorrelatable: place.uncorrelatable,
        })
      : []
  return { words, rules: [...inner.flatMap(one => one.rules), ...own] }
}

/** The place of a subschema. */
function placeOf(schema: JsonObject, path: string, { at, place }: { at: string; place: Place }): Place {
  const base: Place = { ...place, isRoot: false }
  if (at === `${path}.items`) {
    const isCorrelated = schema['x-kubernetes-list-type'] === 'map'
    return isCorrelated ? base : { ...base, uncorrelatable: place.uncorrelatable ?? path }
  }
  if (at === `${path}.additionalProperties`) {
    return place.isInsideHead
      ? { ...base, noDefaults: 'inside additionalProperties applying to object metadata' }
      : base
  }
  const field = at.slice(`${path}.properties[`.length, -1)
  const isResource = place.isRoot === true || schema['x-kubernetes-embedded-resource'] === true
  const isHead = isResource && HEAD.has(field)
  return {
    ...base,
    ...(isHead ? { isInsideHead: true } : {}),
    ...(isHead && place.isRoot === true ? { noDefaults: `in top-level ${field}` } : {}),
  }
}

function wordProblems(schema: JsonObject, path: string, place: Place): readonly FieldProblem[] {
  const type = text(schema['type'])
  const { default: standard, properties, additionalProperties, items } = schema
  const isOpen = additionalProperties === undefined || additionalProperties === true
  const problems: FieldProblem[] = []
  if (type !== '' && !TYPES.includes(type)) problems.push(notSupported(`${path}.type`, type, TYPES))
  if (standard !== undefined && place.noDefaults !== undefined) {
    problems.push(forbidden(`${path}.default`, `must not be set ${place.noDefaults}`))
  }
  problems.push(
    ...REFUSED.filter(word => schema[word] !== undefined).map(word =>
      forbidden(`${path}.${word}`, `${word} is not supported`),
    ),
  )
  if (type === 'null') {
    const said = 'type cannot be set to null, use nullable as an alternative'
    problems.push(forbidden(`${path}.type`, said))
  }
  if (Array.isArray(items)) {
    problems.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'))
  }
  if (place.isInsideHead && schema['x-kubernetes-embedded-resource'] === true) {
    const at = `${path}.x-kubernetes-embedded-resource`
    problems.push(forbidden(at, 'must not be used inside of resource meta'))
  }
  if (schema['uniqueItems'] === true) {
    const said = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    problems.push(forbidden(`${path}.uniqueItems`, said))
  }
  if (isJsonObject(properties) && Object.keys(properties).length > 0 && !isOpen) {
    const said = 'additionalProperties and properties are mutual exclusive'
    problems.push(forbidden(`${path}.additionalProperties`, said))
  }
  if (place.isRoot === true && schema['nullable'] === true) {
    problems.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  }
  return problems
}
