// What a route asks of sessions: how a client is known again, so that it stays with one version. What comes of it is
// decided with each request, in ../sessions.ts.
import { isOfTheMessage } from '../headers.ts'

export interface Session {
  /** Which header carries it. */
  readonly by: 'cookie' | 'header'
  /** Of the cookie, or of the header in lower case. */
  readonly name: string
  /** Of the cookie, as they stand behind its value. */
  readonly attributes: string
  /** Of the cookie; without one it ends with the browser. */
  readonly maxAgeSeconds?: number
  /** The same, as an instant that old browsers understand. */
  readonly hasExpires?: true
  /** So long after its first request a client is assigned anew, however often it comes. */
  readonly absoluteSeconds?: number
  /** So long after its last request a client is assigned anew. */
  readonly idleSeconds?: number
}

export interface CookieAsked {
  readonly name: string
  readonly path?: string | undefined
  readonly sameSite?: string | undefined
  readonly isSecure?: boolean
  readonly maxAgeSeconds?: number | undefined
  readonly hasExpires?: boolean
}

const NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/
const PATH = /^\/[\x21-\x3a\x3c-\x7e]{0,1023}$|^\/$/
const SAME_SITE = ['Lax', 'Strict', 'None']

/** No script sees it. A path or a `SameSite` that is none is as if it were not there. */
export function cookieSession(asked: CookieAsked): Session {
  const { name, path = '/', sameSite = '', isSecure = false, maxAgeSeconds, hasExpires = false } = asked
  const site = SAME_SITE.find(one => one.toLowerCase() === sameSite.toLowerCase()) ?? 'Lax'
  const parts = [`Path=${PATH.test(path) ? path : '/'}`, 'HttpOnly', `SameSite=${site}`]
  return {
    by: 'cookie',
    name,
    attributes: [...parts, ...(isSecure ? ['Secure'] : [])].join('; '),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    ...(hasExpires && { hasExpires }),
  }
}

/** Headers that mean something else already. */
const TAKEN = new Set([
  'cookie',
  'set-cookie',
  'authorization',
  'content-type',
  'content-encoding',
  'location',
])

/** Why a session cannot have this name, in words. */
export function sessionNameProblem(by: Session['by'], name: string): string | undefined {
  if (!NAME.test(name)) return `${JSON.stringify(name.slice(0, 60))} is no name of a ${by}`
  const isTaken = by === 'header' && (isOfTheMessage(name) || TAKEN.has(name.toLowerCase()))
  return isTaken ? `the header ${name} means something else` : undefined
}

/** Of a text in whole seconds, as annotations have them; undefined: it says none. */
export function secondsIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
