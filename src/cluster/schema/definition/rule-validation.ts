// What a rule says besides its expressions: its messages, its reason, and the field that it is about.
import type { JsonObject } from '../../../std/json.ts'
import { isJsonObject } from '../../../std/json.ts'
import { list, record, text } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'
import { invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const LINE_BREAK = /[\n\r]/

export function ruleProblems(schema: JsonObject, path: string): readonly FieldProblem[] {
  return list(schema['x-kubernetes-validations']).flatMap((one, i) => {
    const rule = record(one)
    const at = `${path}.x-kubernetes-validations[${i}]`
    const reason = rule['reason']
    const expression = text(rule['messageExpression'])
    return [
      ...textProblems(rule, at),
      ...(expression !== '' && expression.trim() === ''
        ? [required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified')]
        : []),
      ...(reason === undefined || REASONS.includes(text(reason))
        ? []
        : [notSupported(`${at}.reason`, reason, REASONS)]),
      ...pathProblems(schema, text(rule['fieldPath']), `${at}.fieldPath`),
    ]
  })
}

/** The first that is wrong. */
function textProblems(rule: JsonObject, at: string): readonly FieldProblem[] {
  const source = text(rule['rule']).trim()
  const message = text(rule['message'])
  const said = message.trim()
  if (source === '') return [required(`${at}.rule`, 'rule is not specified')]
  if (message !== '' && said === '') {
    return [invalid(`${at}.message`, message, 'must be non-empty if specified')]
  }
  if (LINE_BREAK.test(said)) {
    return [invalid(`${at}.message`, message, 'must not contain line breaks')]
  }
  return LINE_BREAK.test(source) && said === ''
    ? [required(`${at}.message`, 'message must be specified if rule contains line breaks')]
    : []
}

function pathProblems(schema: JsonObject, given: string, at: string): readonly FieldProblem[] {
  if (given === '') return []
  return [
    ...(given.trim() === '' ? [invalid(at, given, 'must be non-empty if specified')] : []),
    ...(LINE_BREAK.test(given) ? [invalid(at, given, 'must not contain line breaks')] : []),
    ...(isField(schema, given) ? [] : [invalid(at, given, 'must be a valid path')]),
  ]
}

const SELECTION = /\.([^.[\]']+)|\['((?:\\.|[^'\\])*)'\]/gy

/** `.spec.labels['a.b']`: fields and keys that the schema has. */
function isField(schema: JsonObject, path: string): boolean {
  let at = schema
  let read = 0
  for (const [selection, name, quoted = ''] of path.matchAll(SELECTION)) {
    read += selection.length
    const next = fieldOf(at, name ?? quoted.replace(/\\(.)/g, '$1'))
    if (next === undefined) return false
    at = next
  }
  return read === path.length
}

function fieldOf({ properties, additionalProperties }: JsonObject, name: string): JsonObject | undefined {
  if (isJsonObject(properties)) {
    const found = own(properties, name)
    return found === undefined ? undefined : record(found)
  }
  return isJsonObject(additionalProperties) ? additionalProperties : undefined
}
