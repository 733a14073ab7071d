// Headers on their way through: hop-by-hop ones end here, X-Forwarded-* say who asked for what.
import { SERVICE_HEADER } from '../api/words.ts'

/** Raw headers, name and value in turn, as Node and undici both speak them. */
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
const OURS = new Set(['expect', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', SERVICE_HEADER])

export interface Forwarded {
  readonly clientAddress: string
  readonly host: string
  readonly service: string
}

/** What the pod sees of the client's headers. */
export function upstreamHeaders(raw: RawHeaders, { clientAddress, host, service }: Forwarded): string[] {
  const named = namedInConnection(raw)
  const headers: string[] = []
  let forwardedFor = clientAddress
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase()
    if (name === 'x-forwarded-for') forwardedFor = `${raw[i + 1]}, ${forwardedFor}`
    if (HOP_BY_HOP.has(name) || OURS.has(name) || named?.has(name)) continue
    headers.push(raw[i] as string, raw[i + 1] as string)
  }
  headers.push('x-forwarded-for', forwardedFor, 'x-forwarded-host', host, 'x-forwarded-proto', 'http')
  headers.push(SERVICE_HEADER, service)
  return headers
}

/** What the client sees of the pod's headers. */
export function clientHeaders(raw: readonly Buffer[]): string[] {
  const headers: string[] = []
  let named: ReadonlySet<string> | undefined
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as Buffer).toString('latin1')
    const lower = name.toLowerCase()
    const value = (raw[i + 1] as Buffer).toString('latin1')
    if (lower === 'connection') named = namedIn(value)
    if (HOP_BY_HOP.has(lower)) continue
    headers.push(name, value)
  }
  if (named === undefined) return headers
  const drop = named
  return headers.filter((_, i) => !drop.has((headers[i - (i % 2)] as string).toLowerCase()))
}

function namedInConnection(raw: RawHeaders): ReadonlySet<string> | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    if ((raw[i] as string).toLowerCase() === 'connection') return namedIn(raw[i + 1] as string)
  }
  return undefined
}

/** Headers that the other side wants to keep between itself and us. Those of the message itself stay. */
function namedIn(connection: string): ReadonlySet<string> | undefined {
  if (connection === 'keep-alive' || connection === 'close') return undefined
  const names = connection.split(',').map(name => name.trim().toLowerCase())
  const extra = names.filter(
    name => !['', 'close', 'keep-alive', 'upgrade', 'host', 'content-length'].includes(name),
  )
  return extra.length === 0 ? undefined : new Set(extra)
}
