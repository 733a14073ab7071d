// Keeps a client with one version: what it brings along says which backend it had, and of which version that was. It
// is believed no further than this: it chooses among backends that have weight and pods. Whose backend has gone stays
// with another one of the same version; whose version has no weight any more is assigned anew.
import { createHash } from 'node:crypto'
import type { Instant } from '../std/instant.ts'
import type { OwnHeaders } from './answer.ts'
import type { Asked } from './asked.ts'
import { backendKey } from './routes/route.ts'
import type { Route, RouteBackend } from './routes/route.ts'
import type { Session } from './routes/session.ts'

export interface Client {
  readonly asked: Asked
  readonly now: Instant
}

/** What a client is given: which backend, which version, and since when, as texts that tell nobody anything. */
interface Token {
  readonly backend: string
  readonly version: string
  /** In seconds; of sessions that end by themselves. */
  readonly begunAt: number
  readonly seenAt: number
}

type Place = Pick<Token, 'backend' | 'version'>

const LENGTH = 11
/** Of pods of several revisions, or of none that is known. */
const UNKNOWN = '-'.repeat(LENGTH)
const TOKEN = new RegExp(`^([\\w-]{${LENGTH}})([\\w-]{${LENGTH}})(?:\\.([0-9a-z]{1,8})\\.([0-9a-z]{1,8}))?$`)
/** Cookies of one name that are looked at: browsers send one for each path. */
const TOKENS_MAX = 8

/** Where the client was, as long as that is still served. */
export function keptBackend({ session, backends }: Route, client: Client): RouteBackend | undefined {
  if (session === undefined) return undefined
  const served = backends.filter(one => one.weight > 0 && one.endpoints.length > 0)
  for (const told of tokensOf(session, client)) {
    const kept = served.find(one => isSame(told, placeOf(one))) ?? heaviest(served.filter(isOf(told.version)))
    if (kept !== undefined) return kept
  }
  return undefined
}

/** What the answer of this backend says of the session. */
export function ownHeaders(
  session: Session | undefined,
  backend: RouteBackend,
  client: Client,
): OwnHeaders | undefined {
  if (session === undefined) return undefined
  return {
    headers: sessionHeaders(session, backend, client),
    isOurs: (name, value) => isOfSession(session, name, value),
  }
}

/** Nothing for a client that knows. */
function sessionHeaders(session: Session, backend: RouteBackend, client: Client): readonly string[] {
  const place = placeOf(backend)
  const told = tokensOf(session, client).find(one => isSame(one, place) || isOf(one.version)(backend))
  const isKnown =
    told?.backend === place.backend && (told.version === place.version || isUnknown(place.version))
  if (isKnown && session.by === 'cookie' && !isStale(session, told, client.now)) return []
  const seenAt = secondsOf(client.now)
  const next = { ...(isKnown ? told : place), begunAt: told?.begunAt ?? seenAt, seenAt }
  const value = textOf(session, next)
  if (session.by === 'header') return [session.name, value]
  return ['set-cookie', `${session.name}=${value}; ${lifeOf(session, next)}${session.attributes}`]
}

/** Whether a header of a pod's answer speaks in the name of the session: that is not the pod's to say. */
function isOfSession({ by, name }: Session, header: string, value: string): boolean {
  if (by === 'header') return header.toLowerCase() === name
  return header.toLowerCase() === 'set-cookie' && value.split('=', 1)[0]?.trim() === name
}

/** The same backend, and nothing against its being of the same version. */
function isSame(told: Place, { backend, version }: Place): boolean {
  if (told.backend !== backend) return false
  return told.version === version || isUnknown(told.version) || isUnknown(version)
}

function isOf(version: string): (backend: RouteBackend) => boolean {
  return backend => !isUnknown(version) && placeOf(backend).version === version
}

function isUnknown(version: string): boolean {
  return version === UNKNOWN
}

function heaviest(backends: readonly RouteBackend[]): RouteBackend | undefined {
  return backends.toSorted((a, b) => b.weight - a.weight)[0]
}

const places = new WeakMap<RouteBackend, Place>()

/** Backends live as long as their table: each is looked at once. */
function placeOf(backend: RouteBackend): Place {
  const known = places.get(backend)
  if (known !== undefined) return known
  const revisions = new Set(backend.endpoints.map(one => one.revision))
  const [revision = ''] = revisions
  const isOne = revisions.size === 1 && revision !== ''
  const version = isOne ? hashed('version', backend.namespace, revision) : UNKNOWN
  const place = { backend: hashed('backend', backendKey(backend)), version }
  places.set(backend, place)
  return place
}

function hashed(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, LENGTH)
}

function tokensOf(session: Session, { asked, now }: Client): readonly Token[] {
  const { by, name } = session
  const header = asked.header(by === 'cookie' ? 'cookie' : name)
  const values = by === 'cookie' ? cookiesOf(header, name) : [header?.trim() ?? '']
  return values.flatMap(value => tokenIn(session, value, now) ?? [])
}

/** In the order in which they are sent: the one of the longest path first. */
function cookiesOf(header: string | undefined, name: string): readonly string[] {
  const start = `${name}=`
  if (header === undefined || !header.includes(start)) return []
  const all = header.split(';').map(pair => pair.trim())
  return all
    .filter(pair => pair.startsWith(start))
    .slice(0, TOKENS_MAX)
    .map(pair => pair.slice(start.length))
}

/** Undefined: it is none of ours, or its time is over. */
function tokenIn(session: Session, value: string, now: Instant): Token | undefined {
  const [, backend = '', version = '', begun, seen] = TOKEN.exec(value) ?? []
  if (backend === '') return undefined
  const { absoluteSeconds = Infinity, idleSeconds = Infinity } = session
  const at = secondsOf(now)
  if (begun === undefined || seen === undefined)
    return isTimed(session) ? undefined : { backend, version, begunAt: at, seenAt: at }
  // A clock that went back, or a client that invents: nobody was here after now.
  const [begunAt, seenAt] = [begun, seen].map(text => Math.min(at, Number.parseInt(text, 36))) as [
    number,
    number,
  ]
  const isOver = at - begunAt >= absoluteSeconds || at - seenAt >= idleSeconds
  return isOver ? undefined : { backend, version, begunAt, seenAt }
}

function textOf(session: Session, { backend, version, begunAt, seenAt }: Token): string {
  const times = isTimed(session) ? `.${begunAt.toString(36)}.${seenAt.toString(36)}` : ''
  return backend + version + times
}

function isTimed({ absoluteSeconds, idleSeconds }: Session): boolean {
  return absoluteSeconds !== undefined || idleSeconds !== undefined
}

/** That it was here is written anew in each tenth of the time in which it may be away. */
function isStale({ idleSeconds = Infinity }: Session, { seenAt }: Token, now: Instant): boolean {
  return (secondsOf(now) - seenAt) * 10 >= idleSeconds
}

/** A cookie lives no longer than its session. */
function lifeOf({ maxAgeSeconds, hasExpires, absoluteSeconds = Infinity }: Session, token: Token): string {
  if (maxAgeSeconds === undefined) return ''
  const seconds = Math.min(maxAgeSeconds, absoluteSeconds - (token.seenAt - token.begunAt))
  const expires = new Date((token.seenAt + seconds) * 1000).toUTCString()
  return `Max-Age=${seconds}; ${hasExpires === true ? `Expires=${expires}; ` : ''}`
}

function secondsOf(now: Instant): number {
  return Math.floor(now / 1000)
}
