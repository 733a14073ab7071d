// Redirects as Go's http.Client follows them, and its errors: `Get "URL": …`.
import { hostname, printUrl, printUser, resolveUrl, shownUrl } from '../../std/go/url.ts'
import type { GoUrl } from '../../std/go/url.ts'
import { goQuote } from '../../std/go/text.ts'
import { HttpError } from '../http.ts'
import type { Answered, Hop, HopHeaders, RoundTrip } from './hop.ts'

const HOPS_MAX = 10

/** Goes to whoever is named elsewhere only, or belongs to it. */
const SENSITIVE = [
  'Authorization',
  'Www-Authenticate',
  'Cookie',
  'Cookie2',
  'Proxy-Authorization',
  'Proxy-Authenticate',
]
const OF_BODY = ['Content-Encoding', 'Content-Language', 'Content-Location', 'Content-Type']

/** Throws an HttpError with the method and the URL before its words. */
export async function followed(roundTrip: RoundTrip, first: Hop, signal: AbortSignal): Promise<Answered> {
  let hop = first
  let [isStripped, hasBody] = [false, true]
  for (let hops = 1; ; hops++) {
    const answer = await sent(roundTrip, { first, hop }, signal)
    const method = nextMethod(hop.method, answer.status)
    const location = answer.headers['location']
    if (method === undefined || !location) return answer
    answer.discard()
    if (![307, 308].includes(answer.status)) hasBody = false
    const next = resolveUrl(hop.url, location)
    const fail = (url: string, words: string) => problemOf(first, url, new HttpError('EREDIRECT', words))
    if ('problem' in next)
      throw fail(shownUrl(hop.url), `failed to parse Location header ${goQuote(location)}: ${next.problem}`)
    if (hops >= HOPS_MAX) throw fail(location, `stopped after ${HOPS_MAX} redirects`)
    isStripped ||= !isSameSite(first.url, next.url)
    const headers = keptHeaders(first.headers, { isStripped, hasBody })
    hop = {
      method,
      url: next.url,
      headers: { ...headers, ...refererOf(hop.url, next.url, headers) },
      body: hasBody ? first.body : undefined,
    }
  }
}

async function sent(
  roundTrip: RoundTrip,
  { first, hop }: { readonly first: Hop; readonly hop: Hop },
  signal: AbortSignal,
): Promise<Answered> {
  try {
    return await roundTrip(hop, signal)
  } catch (error) {
    throw error instanceof HttpError ? problemOf(first, shownUrl(hop.url), error) : error
  }
}

function problemOf({ method }: Hop, url: string, { code, message }: HttpError): HttpError {
  const operation = method.slice(0, 1) + method.slice(1).toLowerCase()
  return new HttpError(code, `${operation} ${goQuote(url)}: ${message}`)
}

/** Undefined: the answer is none that leads elsewhere. */
function nextMethod(method: string, status: number): string | undefined {
  if (status === 307 || status === 308) return method
  if (![301, 302, 303].includes(status)) return undefined
  return method === 'GET' || method === 'HEAD' ? method : 'GET'
}

function isSameSite(from: GoUrl, to: GoUrl): boolean {
  const [own, other] = [hostname(from).toLowerCase(), hostname(to).toLowerCase()]
  return own === other || other.endsWith(`.${own}`)
}

function keptHeaders(
  headers: HopHeaders,
  { isStripped, hasBody }: { isStripped: boolean; hasBody: boolean },
): HopHeaders {
  const gone = [...(isStripped ? SENSITIVE : []), ...(hasBody ? [] : OF_BODY)]
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !gone.includes(name)))
}

/** From where it comes, without the login; nobody is told over plain HTTP what was secret. */
function refererOf(from: GoUrl, to: GoUrl, headers: HopHeaders): HopHeaders {
  if (headers['Referer'] !== undefined) return {}
  if (from.scheme === 'https' && to.scheme === 'http') return {}
  const { user } = from
  const url = printUrl(from)
  return { Referer: user === undefined ? url : url.replace(`${printUser(user)}@`, '') }
}
