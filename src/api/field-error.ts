// A user's mistake in a manifest, as a value: where, what, and how to mend it. Never thrown.
import { escapeHtml } from '../kube/go-print.ts'
import type { Json } from '../std/json.ts'

export interface FieldError {
  /** `spec.strategy.steps[0].setWeight`, in the words of Kubernetes' field paths. */
  readonly path: string
  readonly value: Json
  /** What is wrong, in the text that users know from Argo Rollouts where there is one. */
  readonly message: string
  readonly cure: string
}

/** Where, and how to mend it. */
export interface Place {
  readonly path: string
  readonly value?: Json | undefined
  readonly cure: string
}

function fieldError({ path, value, cure }: Place, message: string): FieldError {
  return { path, value: value ?? null, message, cure }
}

const withDetail = (head: string, detail: string) => (detail === '' ? head : `${head}: ${detail}`)

/** A value as Go prints it in such messages: objects with `<`, `>` and `&` escaped. */
function printed(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null)
  return typeof value === 'object' ? escapeHtml(text) : text
}

export function invalid(place: Place, detail: string): FieldError {
  return fieldError(place, withDetail(`Invalid value: ${printed(place.value)}`, detail))
}

export function missing(place: Place, detail = ''): FieldError {
  return fieldError(place, withDetail('Required value', detail))
}

export function notSupported(place: Place, supported: readonly string[]): FieldError {
  const listed = supported.map(one => JSON.stringify(one)).join(', ')
  return fieldError(place, `Unsupported value: ${printed(place.value)}: supported values: ${listed}`)
}

export function duplicate(place: Place): FieldError {
  return fieldError(place, `Duplicate value: ${printed(place.value)}`)
}

export function notFound(place: Place): FieldError {
  return fieldError(place, `Not found: ${printed(place.value)}`)
}

export function forbidden(place: Place, detail: string): FieldError {
  return fieldError(place, withDetail('Forbidden', detail))
}

export function internal(place: Place, detail: string): FieldError {
  return fieldError(place, `Internal error: ${detail}`)
}

/** `spec.replicas: Invalid value: -1: must be …`: as conditions and the command line say it. */
export function fieldErrorText({ path, message }: FieldError): string {
  return path === '' ? message : `${path}: ${message}`
}
