// One request and one answer as values, on their way between who asks and the wire.
import type { GoUrl } from '../../std/go/url.ts'

/** By their canonical names. */
export type HopHeaders = Readonly<Record<string, string>>

export interface Hop {
  readonly method: string
  readonly url: GoUrl
  readonly headers: HopHeaders
  readonly body: string | undefined
}

export interface Answered {
  readonly status: number
  /** `200 OK`. */
  readonly statusText: string
  /** By their lower-case names. */
  readonly headers: HopHeaders
  /** The whole body; throws an HttpError when it is cut or larger than `limitBytes`. */
  text(limitBytes: number): Promise<string>
  /** Nobody reads the body. */
  discard(): void
}

/** Sends a request and follows nowhere; throws an HttpError in Go's words when no answer comes. */
export type RoundTrip = (hop: Hop, signal: AbortSignal) => Promise<Answered>

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

/** `x-scope-orgid` → `X-Scope-Orgid`; what is no name of a header stays as it is. */
function canonicalName(name: string): string {
  if (!TOKEN.test(name)) return name
  return name.toLowerCase().replaceAll(/(^|-)[a-z]/g, letter => letter.toUpperCase())
}

/** The headers, the last of a name. */
export function hopHeaders(
  list: readonly { readonly key?: string; readonly value?: string }[] = [],
): HopHeaders {
  return Object.fromEntries(list.map(({ key = '', value = '' }) => [canonicalName(key), value]))
}

export function basicLogin(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** What net/http refuses to send; undefined when all is well. */
export function hopProblem({ method, url, headers }: Hop): string | undefined {
  const { scheme } = url
  const isHttp = scheme === 'http' || scheme === 'https'
  const [name] = Object.keys(headers).filter(one => !TOKEN.test(one))
  if (isHttp && name !== undefined) return `net/http: invalid header field name ${JSON.stringify(name)}`
  // oxlint-disable-next-line no-control-regex
  const wrong = Object.entries(headers).find(([, value]) => /[\0-\x08\x0a-\x1f\x7f]/.test(value))
  if (isHttp && wrong !== undefined)
    return `net/http: invalid header field value for ${JSON.stringify(wrong[0])}`
  if (!isHttp) return `unsupported protocol scheme ${JSON.stringify(scheme)}`
  if (!TOKEN.test(method)) return `net/http: invalid method ${JSON.stringify(method)}`
  return url.host === '' ? 'http: no Host in request URL' : undefined
}

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}
