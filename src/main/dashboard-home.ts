// What dashboards keep in the home, a port each: what the token is and which sessions there are, as hashes, so that a
// restart signs nobody out; and the key that `--url` made.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivate } from '../cluster/serve/private-file.ts'
import { createSessions, newOffer, newSecret } from '../dashboard/sessions.ts'
import type { KeptSession, Sessions } from '../dashboard/sessions.ts'
import { systemClock } from '../runtime/system.ts'
import { isJsonObject, parseJson } from '../std/json.ts'
import type { Json } from '../std/json.ts'

export interface KeptSessions {
  readonly sessions: Sessions
  /** It listens: from now on all is kept under the port that it got. */
  listensAt(port: number): void
}

/** Of the dashboard that is to listen at this port; 0: at any. */
export function keptSessions(home: string, port: number): KeptSessions {
  const kept = readKept(filesOf(home, port).kept)
  const token = kept?.token ?? newSecret()
  let files = filesOf(home, port)
  const keep = (sessions: readonly KeptSession[]) =>
    writePrivate(files.kept, JSON.stringify({ token, sessions }))
  const sessions = createSessions({
    now: () => systemClock.now(),
    token,
    kept: kept?.sessions ?? [],
    keep,
    offered: () => sessionIn(readJson(files.offer)),
    takeOffer: () => rmSync(files.offer, { force: true }),
  })
  return {
    sessions,
    listensAt(listening) {
      files = filesOf(home, listening)
      mkdirSync(files.folder, { recursive: true, mode: 0o700 })
      keep(kept?.sessions ?? [])
    },
  }
}

/** Undefined: none has listened at this port. */
export function keptToken(home: string, port: number): string | undefined {
  return readKept(filesOf(home, port).kept)?.token
}

/** A key that the dashboard at this port takes once. */
export function offerKey(home: string, port: number): string {
  const { key, offer } = newOffer(systemClock.now())
  writePrivate(filesOf(home, port).offer, JSON.stringify(offer))
  return key
}

function filesOf(home: string, port: number) {
  const folder = join(home, 'dashboard')
  return { folder, kept: join(folder, `${port}.json`), offer: join(folder, `${port}.key.json`) }
}

interface Kept {
  readonly token: string
  readonly sessions: readonly KeptSession[]
}

/** Undefined: it is not there, or no file of ours; then everybody signs in anew. */
function readKept(path: string): Kept | undefined {
  const found = readJson(path)
  if (!isJsonObject(found) || typeof found['token'] !== 'string' || found['token'].length < 40)
    return undefined
  const sessions = Array.isArray(found['sessions']) ? (found['sessions'] as readonly Json[]) : []
  return { token: found['token'], sessions: sessions.flatMap(one => sessionIn(one) ?? []) }
}

function sessionIn(value: Json | undefined): KeptSession | undefined {
  if (!isJsonObject(value)) return undefined
  const { hash, expiresAt } = value
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || typeof expiresAt !== 'number')
    return undefined
  return { hash, expiresAt }
}

function readJson(path: string): Json | undefined {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
