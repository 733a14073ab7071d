// Headers on their way through: the one place that decides what is copied, for requests, answers and upgrades alike.
// Hop-by-hop ones end here, X-Forwarded-* say who asked for what.
import { STATUS_CODES } from 'node:http'
import { SERVICE_HEADER } from '../api/words.ts'
import { withoutDashboardCookies } from '../doors/dashboard-cookie.ts'

/** Raw headers, name and value in turn. */
export type RawHeaders = readonly string[]

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])
const OURS = new Set([
  'expect',
  'host',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  SERVICE_HEADER,
])
const NOTHING: ReadonlySet<string> = new Set()
const LENGTH: ReadonlySet<string> = new Set(['content-length'])
/** Headers of the message itself: naming them in `Connection` takes none of them away. */
const NEVER_NAMED = new Set(['', 'close', 'keep-alive', 'upgrade', 'host', 'content-length'])

export interface Forwarded {
  readonly clientAddress: string
  readonly host: string
  /** What the pod sees in its place. */
  readonly hostname?: string | undefined
  readonly service: string
}

/** What the pod sees of the client's headers; its host is the one that the route was found by. */
export function upstreamHeaders(raw: RawHeaders, forwarded: Forwarded): string[] {
  const { clientAddress, host, hostname = host, service } = forwarded
  const forwardedFor = [...valuesOf(raw, 'x-forwarded-for'), clientAddress].join(', ')
  return [
    'host',
    hostname,
    ...withoutOurCookies(copied(raw, OURS)),
    'x-forwarded-for',
    forwardedFor,
    'x-forwarded-host',
    host,
    'x-forwarded-proto',
    'http',
    SERVICE_HEADER,
    service,
  ]
}

/** What the client sees of the pod's headers. */
export function clientHeaders(raw: RawHeaders, status: number): string[] {
  return copied(raw, status < 200 || status === 204 ? LENGTH : NOTHING)
}

/** Whether a header says how the message itself is to be read, by whom, or for how long. */
export function isOfTheMessage(name: string): boolean {
  const lower = name.toLowerCase()
  return HOP_BY_HOP.has(lower) || ['host', 'content-length', 'expect', SERVICE_HEADER].includes(lower)
}

/** Headers as undici gives them. */
export function headerTexts(raw: readonly Buffer[]): string[] {
  return raw.map(part => part.toString('latin1'))
}

/** The pod's words for its status where they can stand in a status line, else the usual ones. */
export function reasonOf(status: number, said: string | undefined): string {
  if (said !== undefined && said !== '' && /^[\x20-\x7e]*$/.test(said)) return said
  return STATUS_CODES[status] ?? ''
}

/** What the client wants to upgrade to. HTTP/2 without TLS is between it and whoever answers it, and nobody does. */
export function upgradesOf(raw: RawHeaders): readonly string[] {
  const protocols = valuesOf(raw, 'upgrade').flatMap(value => value.split(','))
  return protocols
    .map(protocol => protocol.trim())
    .filter(protocol => !['', 'h2c'].includes(protocol.toLowerCase()))
}

/** A pod may not see who is signed in to the dashboard: cookies know no ports. */
function withoutOurCookies(headers: string[]): string[] {
  if (!headers.some(one => one.toLowerCase() === 'cookie')) return headers
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const [name = '', value = ''] = headers.slice(i, i + 2)
    const left = name.toLowerCase() === 'cookie' ? withoutDashboardCookies(value) : value
    if (left !== undefined) kept.push(name, left)
  }
  return kept
}

function copied(raw: RawHeaders, but: ReadonlySet<string>): string[] {
  const named = namedInConnection(raw)
  const headers: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    const lower = name.toLowerCase()
    if (HOP_BY_HOP.has(lower) || but.has(lower) || named.has(lower) || !canBeSent(name, value)) continue
    headers.push(name, value)
  }
  return headers
}

export function canBeSent(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}

/** Headers that the other side wants to keep between itself and us, in however many headers it says so. */
function namedInConnection(raw: RawHeaders): ReadonlySet<string> {
  let named: Set<string> | undefined
  for (const value of valuesOf(raw, 'connection')) {
    if (value === 'keep-alive' || value === 'close') continue
    for (const part of value.split(',')) {
      const name = part.trim().toLowerCase()
      if (!NEVER_NAMED.has(name)) named = (named ?? new Set()).add(name)
    }
  }
  return named ?? NOTHING
}

/** `name`: in lower case. */
export function valuesOf(raw: RawHeaders, name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const one = raw[i] as string
    if (one.length === name.length && one.toLowerCase() === name) values.push(raw[i + 1] as string)
  }
  return values
}
