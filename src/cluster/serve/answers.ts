// Answers as values: a status, headers and bytes. Every refusal is a Status object, worded as Kubernetes
// words it, and always JSON, whatever the client likes to read.
import type { Json } from '../../std/json.ts'
import { StatusError } from '../resources/resources.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Written one after the other; large lists are thousands of small parts. */
  readonly chunks: readonly (string | Uint8Array)[]
}

export const JSON_TYPE = 'application/json'
const NO_STORE = { 'Cache-Control': 'no-cache, private' }

export function jsonAnswer(status: number, value: Json, more: Readonly<Record<string, string>> = {}): Answer {
  const text = `${JSON.stringify(value)}\n`
  return { status, headers: { ...NO_STORE, 'Content-Type': JSON_TYPE, ...more }, chunks: [text] }
}

export function bytesAnswer(
  status: number,
  contentType: string,
  chunks: readonly (string | Uint8Array)[],
): Answer {
  return { status, headers: { ...NO_STORE, 'Content-Type': contentType }, chunks }
}

export function textAnswer(status: number, text: string): Answer {
  return {
    status,
    headers: {
      ...NO_STORE,
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    },
    chunks: [text],
  }
}

/** A path outside of the API that nobody knows. */
export function pageNotFound(): Answer {
  return textAnswer(404, '404 page not found\n')
}

export function statusBody(error: StatusError): { readonly [field: string]: Json } {
  const { continue: goOn, ...told } = error.details
  const details = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''))
  const hasDetails = Object.keys(details).length > 0 || error.code === 422
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: typeof goOn === 'string' ? { continue: goOn } : {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(hasDetails ? { details } : {}),
    code: error.code,
  }
}

export function errorAnswer(error: StatusError): Answer {
  const retry =
    error.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(error.retryAfterSeconds) }
  return jsonAnswer(error.code, statusBody(error), retry)
}

/** The refusals that are about the URL or the method alone carry empty details. */
function plainRefusal(code: number, reason: string, message: string): Answer {
  return jsonAnswer(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: {},
    code,
  })
}

export function noSuchResource(): Answer {
  return plainRefusal(404, 'NotFound', 'the server could not find the requested resource')
}

export function noSuchMethod(): Answer {
  return plainRefusal(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  )
}

export function unsupportedPatch(): Answer {
  return plainRefusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type')
}

/** What this server would answer if it had the part: exec, port forwarding and the like. */
export function notImplemented(what: string, instead?: string): StatusError {
  const said = `${what} is not implemented by this server`
  return new StatusError(501, 'NotImplemented', instead === undefined ? said : `${said}; ${instead}`)
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized')
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`
  return new StatusError(406, 'NotAcceptable', message)
}

export function internalError(): StatusError {
  return new StatusError(500, 'InternalError', 'Internal error occurred: see the log of the server')
}

/** One `Warning` header for each text; kubectl prints them. */
export function warningHeaders(warnings: readonly string[]): Readonly<Record<string, readonly string[]>> {
  if (warnings.length === 0) return {}
  const texts = [...new Set(warnings)].map(text => `299 - "${headerText(text)}"`)
  return { Warning: texts }
}

const WARNING_MAX = 1_000

/** Quoted, on one line, and in bytes that a header may hold. */
function headerText(text: string): string {
  return text
    .slice(0, WARNING_MAX)
    .replace(/[\\"]/g, '\\$&')
    .replace(/[^\x20-\x7e]/g, '?')
}
