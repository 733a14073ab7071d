// Whether a custom resource is as its schema says, told in the words of Kubernetes' own validator.
// Ratcheting: what an update leaves as it was is not held against it.
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'
import { acceptedPattern } from '../../std/regex.ts'
import { duplicate, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from './field-errors.ts'
import type { FieldProblem } from './field-errors.ts'
import { counterparts } from './counterparts.ts'
import { matchesFormat } from './formats.ts'
import type { Structural } from './structural.ts'

const NOWHERE = '<nil>'

/** `old`: the value that stands, where there is one to compare with. */
export function validateStructural(
  schema: Structural,
  value: Json,
  { path, old }: { path: string; old?: Json | undefined },
): readonly FieldProblem[] {
  if (old !== undefined && equal(value, old)) return []
  const problems = [...typeProblems(schema, value, path)]
  if (value === null) return schema.nullable ? [] : [...problems, ...enumProblems(schema, value, path)]
  problems.push(...combinedProblems(schema, value, path))
  if (typeof value === 'string') problems.push(...stringProblems(schema, value, path))
  else if (typeof value === 'number') problems.push(...numberProblems(schema, value, path))
  else if (Array.isArray(value)) problems.push(...listProblems(schema, value, { path, old }))
  problems.push(...enumProblems(schema, value, path))
  if (isJsonObject(value)) problems.push(...objectProblems(schema, value, { path, old }))
  return problems
}

function typeProblems(schema: Structural, value: Json, path: string): readonly FieldProblem[] {
  const wanted = schema['x-kubernetes-int-or-string']
    ? ['integer', 'string']
    : schema.type
      ? [schema.type]
      : []
  const found = typeOf(value)
  if (value === null && schema.nullable) return []
  const isRight =
    wanted.length === 0 || wanted.includes(found) || (found === 'integer' && wanted.includes('number'))
  if (!isRight)
    return [typeInvalid(path, found, `${path} in body must be of type ${wanted.join(',')}: "${found}"`)]
  if (typeof value !== 'string' || !schema.format || matchesFormat(schema.format, value)) return []
  return [
    typeInvalid(path, value, `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`),
  ]
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function enumProblems(schema: Structural, value: Json, path: string): readonly FieldProblem[] {
  if (!schema.enum || schema.enum.some(one => equal(one, value))) return []
  const listed = schema.enum.map(one => (typeof one === 'string' ? one : JSON.stringify(one)))
  return [notSupported(path, value, listed)]
}

/** The first that is wrong, as Kubernetes tells it: too long, too short, another pattern. */
function stringProblems(schema: Structural, value: string, path: string): readonly FieldProblem[] {
  const length = [...value].length
  if (schema.maxLength !== undefined && length > schema.maxLength) return [tooLong(path, schema.maxLength)]
  if (schema.minLength !== undefined && length < schema.minLength) {
    return [invalid(path, value, `${path} in body should be at least ${schema.minLength} chars long`)]
  }
  if (schema.pattern === undefined) return []
  const pattern = acceptedPattern(schema.pattern)
  if (!pattern.fits(value))
    return [invalid(path, `${value.slice(0, 50)}...`, `is too long to be held against '${schema.pattern}'`)]
  if (pattern.test(value)) return []
  return [invalid(path, value, `${path} in body should match '${schema.pattern}'`)]
}

function numberProblems(schema: Structural, value: number, path: string): FieldProblem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const problem = (said: string) => invalid(path, value, `${path} in body should be ${said}`)
  const problems: FieldProblem[] = []
  if (multipleOf !== undefined && value % multipleOf !== 0)
    problems.push(problem(`a multiple of ${multipleOf}`))
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    problems.push(problem(`less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`))
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    problems.push(problem(`greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`))
  }
  return problems
}

interface Place {
  readonly path: string
  readonly old: Json | undefined
}

function listProblems(schema: Structural, value: readonly Json[], { path, old }: Place): FieldProblem[] {
  const { items, minItems, maxItems } = schema
  const before = counterparts(schema, value, old)
  const problems = items
    ? value.flatMap((one, i) => validateStructural(items, one, { path: `${path}[${i}]`, old: before[i] }))
    : []
  if (minItems !== undefined && value.length < minItems) {
    problems.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`))
  }
  if (maxItems !== undefined && value.length > maxItems) problems.push(tooMany(path, value.length, maxItems))
  return problems
}

function objectProblems(schema: Structural, value: JsonObject, { path, old }: Place): FieldProblem[] {
  const { minProperties, maxProperties } = schema
  const inside = (field: string) => (path === '' ? field : `${path}.${field}`)
  const before = record(old)
  const names = [
    ...(schema.required ?? []),
    ...(schema['x-kubernetes-embedded-resource'] ? ['apiVersion', 'kind'] : []),
  ]
  const problems: FieldProblem[] = names
    .filter(field => value[field] === undefined)
    .map(field => required(inside(field)))
  const count = Object.keys(value).length
  if (minProperties !== undefined && count < minProperties) {
    problems.push(invalid(path, count, `${path} in body should have at least ${minProperties} properties`))
  }
  if (maxProperties !== undefined && count > maxProperties) problems.push(tooMany(path, count, maxProperties))
  for (const [field, one] of Object.entries(value)) {
    const of = propertyOf(schema, field)
    if (of) problems.push(...validateStructural(of, one, { path: inside(field), old: before[field] }))
  }
  return problems
}

function propertyOf(schema: Structural, field: string): Structural | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, field)) return schema.properties[field]
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

function combinedProblems(schema: Structural, value: Json, path: string): FieldProblem[] {
  const check = (one: Structural) => validateStructural(one, value, { path })
  const said = (what: string) => invalid(NOWHERE, '', `"${path}" must ${what}`)
  const problems: FieldProblem[] = []
  if (schema.anyOf && schema.anyOf.length > 0) {
    const tried = schema.anyOf.map(check)
    if (tried.every(one => one.length > 0)) {
      problems.push(said('validate at least one schema (anyOf)'), ...fewest(tried))
    }
  }
  if (schema.oneOf && schema.oneOf.length > 0) {
    const tried = schema.oneOf.map(check)
    const valid = tried.filter(one => one.length === 0).length
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
    if (valid !== 1) problems.push(said(`validate one and only one schema (oneOf). ${found}`))
    if (valid === 0) problems.push(...fewest(tried))
  }
  const failed = (schema.allOf ?? []).flatMap(check)
  if (failed.length > 0) problems.push(...failed, said('validate all the schemas (allOf)'))
  if (schema.not && check(schema.not).length === 0) problems.push(said('not validate the schema (not)'))
  return problems
}

/** The alternative that came nearest; the first of those. */
function fewest(tried: readonly (readonly FieldProblem[])[]): readonly FieldProblem[] {
  return tried.reduce((best, one) => (one.length < best.length ? one : best))
}

/** Elements that a set or a map-like list holds twice. */
export function duplicateElements(schema: Structural, value: Json, path: string): readonly FieldProblem[] {
  if (Array.isArray(value)) {
    const { items } = schema
    const nested = items
      ? value.flatMap((one: Json, i) => duplicateElements(items, one, `${path}[${i}]`))
      : []
    return [...ownDuplicates(schema, value, path), ...nested]
  }
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([field, one]) => {
    const of = propertyOf(schema, field)
    return of ? duplicateElements(of, one, path === '' ? field : `${path}.${field}`) : []
  })
}

function ownDuplicates(schema: Structural, value: readonly Json[], path: string): readonly FieldProblem[] {
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  if (listType !== 'set' && !(listType === 'map' && keys)) return []
  const seen = new Map<string, number>()
  return value.flatMap((one, i) => {
    const shown = listType === 'set' ? one : pick(one, keys ?? [])
    const text = JSON.stringify(shown)
    const times = (seen.get(text) ?? 0) + 1
    seen.set(text, times)
    return times === 2 ? [duplicate(`${path}[${i}]`, shown)] : []
  })
}

function pick(element: Json, keys: readonly string[]): Json {
  const object = record(element)
  const present = keys.filter(key => object[key] !== undefined)
  return Object.fromEntries(present.map(key => [key, object[key] as Json]))
}
