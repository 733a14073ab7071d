// The world's errors: what an API server answered instead of an object, or that it could not be reached.
import type { ObjectRef } from './object.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import { text } from '../std/json-parts.ts'
import { own } from '../std/own.ts'

export type KubeErrorReason =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'Expired'
  | 'TooManyRequests'
  | 'Timeout'
  | 'Internal'
  | 'Unreachable'

/** The words of Status objects; servers of old say some of them otherwise. */
const BY_WORD: Readonly<Record<string, KubeErrorReason>> = {
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Invalid: 'Invalid',
  BadRequest: 'BadRequest',
  Unauthorized: 'Unauthorized',
  Forbidden: 'Forbidden',
  MethodNotAllowed: 'MethodNotAllowed',
  NotAcceptable: 'NotAcceptable',
  UnsupportedMediaType: 'UnsupportedMediaType',
  RequestEntityTooLarge: 'RequestEntityTooLarge',
  Expired: 'Expired',
  Gone: 'Expired',
  TooManyRequests: 'TooManyRequests',
  Timeout: 'Timeout',
  ServerTimeout: 'Timeout',
}

/** What a Status object's `reason` means to us; undefined when it is none that we tell apart. */
export function reasonOf(word: string): KubeErrorReason | undefined {
  return own(BY_WORD, word)
}

/** Nobody is blind, or idle, for a day because one answer says so. */
const LONGEST_WAIT_MS = 60_000

export class KubeError extends Error {
  readonly reason: KubeErrorReason
  /** The HTTP status, or undefined when no answer came. */
  readonly status: number | undefined
  /** How long the server asks us to wait before trying again, within reason. */
  readonly retryAfterMs: number | undefined
  /** The `details` of the Status object. */
  readonly details: Json

  constructor(
    reason: KubeErrorReason,
    message: string,
    more: { status?: number; retryAfterMs?: number; details?: Json } = {},
  ) {
    super(message)
    this.name = 'KubeError'
    this.reason = reason
    this.status = more.status
    this.retryAfterMs = more.retryAfterMs && Math.min(more.retryAfterMs, LONGEST_WAIT_MS)
    this.details = more.details ?? null
  }
}

/** The server says that this very object is not there. A path that it does not know (yet) is no word about it. */
export function isAbsent(error: unknown, { kind, name }: ObjectRef): boolean {
  if (!(error instanceof KubeError) || error.reason !== 'NotFound' || !isJsonObject(error.details))
    return false
  // Of a subresource it says `replicasets/scale`.
  return text(error.details['kind']).split('/')[0] === kind.plural && error.details['name'] === name
}

/** The namespace is being deleted: nothing can be created in it any more, whoever asks. */
export function isNamespaceGoing({ details }: KubeError): boolean {
  const causes = isJsonObject(details) ? details['causes'] : undefined
  return (
    Array.isArray(causes) &&
    causes.some((cause: Json) => isJsonObject(cause) && cause['reason'] === 'NamespaceTerminating')
  )
}

/** What was thrown, as a KubeError: anything else than one is a defect on our side of the wire. */
export function asKubeError(thrown: unknown): KubeError {
  if (thrown instanceof KubeError) return thrown
  return new KubeError('Internal', thrown instanceof Error ? thrown.message : String(thrown))
}
