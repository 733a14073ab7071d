// A write that will not succeed as it is, in words for people: which one, and what the API server says to it.
import { printable } from '../std/printable.ts'
import type { KubeError, KubeErrorReason } from './errors.ts'
import { controllerOf } from './object.ts'
import type { KubeObject } from './object.ts'
import { withoutSecrets } from './secrets.ts'
import type { Write } from './write.ts'

export interface Refusal {
  /** The server's reason, in one word. */
  readonly reason: KubeErrorReason
  /** At most a kilobyte, nothing in it that a terminal would obey, and no secrets. */
  readonly message: string
}

const MESSAGE_MAX_BYTES = 1024

/** Another try of the same write would be answered the same. */
const FINAL: ReadonlySet<KubeErrorReason> = new Set([
  'Invalid',
  'Forbidden',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'UnsupportedMediaType',
  'RequestEntityTooLarge',
])

export function isFinal({ reason }: KubeError): boolean {
  return FINAL.has(reason)
}

/**
 * Whether a create of an object for `owner` will never succeed: it is refused for good, or somebody else has the name.
 * Where nobody can tell whose the name is, it may be our own, whose answer was lost: that is tried again.
 */
export function isLost(owner: KubeObject, error: KubeError, found: KubeObject | undefined): boolean {
  if (error.reason !== 'AlreadyExists') return isFinal(error)
  return found !== undefined && controllerOf(found)?.uid !== owner.metadata.uid
}

export function refusalOf(write: Write, { reason, message }: KubeError): Refusal {
  return { reason, message: printable(`${write.why}: ${withoutSecrets(message, write)}`, MESSAGE_MAX_BYTES) }
}
