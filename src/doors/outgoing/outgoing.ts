// The way out to metric servers and the like: HTTP as Go's net/http speaks it, over connections of the `connect` hook,
// through the proxies of the environment.
//
//   who asks ─> followed (redirects) ─> round trips around it (tokens, signatures) ─> round trip ─> proxy? ─> connect
import type { Duplex } from 'node:stream'
import { hostname, portOf, printUrl, requestTarget } from '../../std/go/url.ts'
import type { GoUrl } from '../../std/go/url.ts'
import { HttpError } from '../http.ts'
import type { Connect, Secure, TlsWish } from './connect.ts'
import { basicLogin, hopProblem } from './hop.ts'
import type { Answered, Hop, RoundTrip } from './hop.ts'
import type { Environment } from './proxy.ts'
import { proxyFor } from './proxy.ts'
import { tunnelled } from './tunnel.ts'
import { exchange, RouteAgent } from './wire.ts'
import type { Route } from './wire.ts'

export interface OutgoingOptions {
  readonly connect: Connect
  readonly secure: Secure
  /** Where proxies are found. */
  readonly env: Environment
  /** Hosts that no proxy can know. */
  readonly isNear?: (host: string) => boolean
  readonly userAgent: string
}

export interface TransportWish {
  /** Any certificate will do. */
  readonly insecure?: boolean
  /** Compat: the one of an insecure web metric knows no proxy. */
  readonly proxied?: boolean
  /** Connections are kept for the next request. */
  readonly isKept?: boolean
  /** What is sent may be sent again where a kept connection had ended. */
  readonly isReplayable?: boolean
}

export interface Outgoing {
  transport(wish?: TransportWish): RoundTrip
  close(): void
}

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const kept = new RouteAgent(true)
  const single = new RouteAgent(false)
  return {
    transport: wish => (hop, signal) =>
      roundTrip(options, wish?.isKept === true ? kept : single, { hop, wish, signal }),
    close() {
      kept.destroy()
      single.destroy()
    },
  }
}

interface Trip {
  readonly hop: Hop
  readonly wish: TransportWish | undefined
  readonly signal: AbortSignal
}

async function roundTrip(options: OutgoingOptions, agent: RouteAgent, trip: Trip): Promise<Answered> {
  const { hop, wish, signal } = trip
  const problem = hopProblem(hop)
  if (problem !== undefined) throw new HttpError('EINVALID', problem)
  const { url } = hop
  const isNear = options.isNear?.(hostname(url)) === true
  const proxy = wish?.proxied === false || isNear ? undefined : proxyFor(url, options.env)
  if (proxy !== undefined && 'problem' in proxy) throw new HttpError('EPROXY', proxy.problem)
  const isAbsolute = proxy !== undefined && url.scheme === 'http'
  const target = isAbsolute ? `http://${url.host}${requestTarget(url)}` : requestTarget(url)
  const headers = headersOf(options, hop, isAbsolute ? proxy : undefined)
  const tls: TlsWish | undefined =
    url.scheme === 'https' ? { serverName: hostname(url), insecure: wish?.insecure === true } : undefined
  const sent = { hop, target, headers, route: routeTo(options, url, { proxy, tls }) }
  return exchange(agent, sent, { isReplayable: isReplayable(trip), signal })
}

/** Compat: what changes nothing, and what somebody vouches for. */
function isReplayable({ hop, wish }: Trip): boolean {
  return wish?.isReplayable === true || ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(hop.method)
}

/** The host is the URL's, the length the body's, whatever somebody asks for. */
function headersOf(
  { userAgent }: OutgoingOptions,
  hop: Hop,
  proxy: GoUrl | undefined,
): Readonly<Record<string, string>> {
  const {
    Host: _,
    'Content-Length': __,
    'Transfer-Encoding': ___,
    ...asked
  } = hop.headers as Record<string, string>
  const hasBody = hop.body !== undefined || ['POST', 'PUT', 'PATCH'].includes(hop.method)
  const { user } = hop.url
  const login =
    user === undefined || asked['Authorization'] !== undefined
      ? undefined
      : basicLogin(user.name, user.password ?? '')
  return {
    Host: hop.url.host.replace(/:$/, ''),
    'User-Agent': userAgent,
    ...(hasBody ? { 'Content-Length': String(Buffer.byteLength(hop.body ?? '')) } : {}),
    'Accept-Encoding': 'gzip',
    ...(login === undefined ? {} : { Authorization: login }),
    ...(proxy?.user === undefined ? {} : { 'Proxy-Authorization': proxyLogin(proxy) }),
    ...asked,
  }
}

function proxyLogin({ user }: GoUrl): string {
  return basicLogin(user?.name ?? '', user?.password ?? '')
}

function routeTo(
  { connect, secure, userAgent }: OutgoingOptions,
  url: GoUrl,
  { proxy, tls }: { readonly proxy: GoUrl | undefined; readonly tls: TlsWish | undefined },
): Route {
  const name = [proxy === undefined ? '' : printUrl(proxy), url.scheme, url.host, String(tls?.insecure)].join(
    ' ',
  )
  if (proxy === undefined)
    return { name, open: signal => connect({ host: hostname(url), port: portOf(url), tls }, signal) }
  const open = async (signal: AbortSignal): Promise<Duplex> => {
    const socket = await toProxy(connect, proxy, signal)
    if (tls === undefined) return socket
    const login = proxy.user === undefined ? undefined : proxyLogin(proxy)
    const through = { authority: `${hostname(url)}:${portOf(url)}`, userAgent, login }
    return secure(await tunnelled(socket, through, signal), tls, signal)
  }
  return { name, open }
}

async function toProxy(connect: Connect, proxy: GoUrl, signal: AbortSignal): Promise<Duplex> {
  if (proxy.scheme.startsWith('socks')) throw new HttpError('EPROXY', 'SOCKS proxies are not supported here')
  const host = hostname(proxy)
  const tls = proxy.scheme === 'https' ? { serverName: host, insecure: false } : undefined
  try {
    return await connect({ host, port: portOf(proxy), tls }, signal)
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    throw new HttpError(error.code, `proxyconnect tcp: ${error.message}`)
  }
}
