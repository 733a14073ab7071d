// What is wrong with an object's fields, in the words that every Kubernetes client knows.
import type { Json } from '../../std/json.ts'

export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'Forbidden'
  | 'NotSupported'
  | 'Duplicate'
  | 'NotFound'
  | 'TooLong'
  | 'TooMany'
  | 'TypeInvalid'
  | 'Internal'

export interface FieldProblem {
  readonly type: FieldErrorType
  /** `spec.ports[0].port`; `<nil>` where a rule is about nothing in particular. */
  readonly path: string
  /** Everything after the path: `Invalid value: 0: must be between 1 and 65535, inclusive`. */
  readonly message: string
}

const CAUSES: Readonly<Record<FieldErrorType, string>> = {
  Required: 'FieldValueRequired',
  Invalid: 'FieldValueInvalid',
  Forbidden: 'FieldValueForbidden',
  NotSupported: 'FieldValueNotSupported',
  Duplicate: 'FieldValueDuplicate',
  NotFound: 'FieldValueNotFound',
  TooLong: 'FieldValueTooLong',
  TooMany: 'FieldValueTooMany',
  TypeInvalid: 'FieldValueTypeInvalid',
  Internal: 'InternalError',
}

const withDetail = (head: string, detail: string) => (detail === '' ? head : `${head}: ${detail}`)

export function required(path: string, detail = ''): FieldProblem {
  return { type: 'Required', path, message: withDetail('Required value', detail) }
}

export function invalid(path: string, value: Json | undefined, detail: string): FieldProblem {
  return { type: 'Invalid', path, message: withDetail(`Invalid value: ${printed(value)}`, detail) }
}

export function typeInvalid(path: string, value: Json | undefined, detail: string): FieldProblem {
  return { type: 'TypeInvalid', path, message: withDetail(`Invalid value: ${printed(value)}`, detail) }
}

export function forbidden(path: string, detail: string): FieldProblem {
  return { type: 'Forbidden', path, message: withDetail('Forbidden', detail) }
}

export function duplicate(path: string, value: Json): FieldProblem {
  return { type: 'Duplicate', path, message: `Duplicate value: ${printed(value)}` }
}

/** `supported` is listed as given; Kubernetes sorts it for built-in kinds. */
export function notSupported(path: string, value: Json, supported: readonly string[]): FieldProblem {
  const listed = supported.map(one => JSON.stringify(one)).join(', ')
  return {
    type: 'NotSupported',
    path,
    message: withDetail(`Unsupported value: ${printed(value)}`, listed && `supported values: ${listed}`),
  }
}

export function tooLong(path: string, max: number): FieldProblem {
  return {
    type: 'TooLong',
    path,
    message: `Too long: may not be more than ${max} byte${max === 1 ? '' : 's'}`,
  }
}

export function tooMany(path: string, count: number, max: number): FieldProblem {
  return { type: 'TooMany', path, message: `Too many: ${count}: must have at most ${max} items` }
}

/** `spec.replicas: Invalid value: -1: must be …`, one or several of them in brackets. */
export function aggregate(problems: readonly FieldProblem[]): string {
  const sentences = [...new Set(problems.map(problem => `${problem.path}: ${problem.message}`))]
  return sentences.length === 1 ? (sentences[0] as string) : `[${sentences.join(', ')}]`
}

export function causesOf(problems: readonly FieldProblem[]): Json {
  return problems.map(({ type, path, message }) => ({ reason: CAUSES[type], message, field: path }))
}

/** A value as Go's field errors print it. */
function printed(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null'
  const text = JSON.stringify(value)
  return typeof value === 'object' ? text.replace(/[<>&]/g, escaped) : text
}

/** Go's JSON may stand in a page of HTML. */
function escaped(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`
}
