// Who may use the dashboard. A key stands in a URL's fragment, which no server, log or prefetch sees, and is
// exchanged once for a session. Sessions are kept as hashes.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../std/instant.ts'

export interface KeptSession {
  /** SHA-256, in hex. */
  readonly hash: string
  readonly expiresAt: Instant
}

export interface Sessions {
  /** A key that can be exchanged once, within minutes. */
  newKey(): string
  /** The session's secret, or undefined for a key that is not good (any more). */
  exchange(key: string): string | undefined
  isSession(secret: string): boolean
  isToken(token: string): boolean
}

export interface SessionOptions {
  readonly now: () => Instant
  readonly token: string
  readonly kept: readonly KeptSession[]
  keep(sessions: readonly KeptSession[]): void
  /** A key that somebody else who may write to the home has made (`--url`), and that is taken when it is used. */
  offered(): KeptSession | undefined
  takeOffer(): void
}

const KEY_MS = 10 * 60_000
const SESSION_MS = 30 * 24 * 3_600_000
const KEYS_MAX = 16
const SESSIONS_MAX = 64

export function createSessions(options: SessionOptions): Sessions {
  const { now, token, kept, keep } = options
  let keys: KeptSession[] = []
  let sessions = kept.slice(-SESSIONS_MAX)
  const alive = (list: readonly KeptSession[]) => list.filter(one => one.expiresAt > now())
  return {
    newKey() {
      const { key, offer } = newOffer(now())
      keys = [...alive(keys).slice(1 - KEYS_MAX), offer]
      return key
    },
    exchange(key) {
      const offered = options.offered()
      const found = alive(offered === undefined ? keys : [...keys, offered]).find(one =>
        isSame(one.hash, key),
      )
      if (found === undefined) return undefined
      if (found === offered) options.takeOffer()
      keys = keys.filter(one => one !== found)
      const secret = newSecret()
      const session = { hash: hashOf(secret), expiresAt: now() + SESSION_MS }
      sessions = [...alive(sessions).slice(1 - SESSIONS_MAX), session]
      keep(sessions)
      return secret
    },
    isSession: secret => alive(sessions).some(one => isSame(one.hash, secret)),
    isToken: given => isSame(hashOf(token), given),
  }
}

export function newOffer(now: Instant): { readonly key: string; readonly offer: KeptSession } {
  const key = newSecret()
  return { key, offer: { hash: hashOf(key), expiresAt: now + KEY_MS } }
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function isSame(hash: string, secret: string): boolean {
  const [kept, given] = [Buffer.from(hash), Buffer.from(hashOf(secret))]
  return kept.length === given.length && timingSafeEqual(kept, given)
}
