// Kubernetes' `url` in CEL: an absolute URL or path, read as Go's `ParseRequestURI` reads it and not as a browser
// would.
import type { Functions } from './functions.ts'

export class CelUrl {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string

  constructor(parts: { scheme: string; host: string; path: string; query: string }) {
    this.scheme = parts.scheme
    this.host = parts.host
    this.path = parts.path
    this.query = parts.query
  }
}

export const URL_TYPE = 'kubernetes.URL'

export const URL_FUNCTIONS: Functions = {
  [`url(string): ${URL_TYPE}`]: (text: string) => {
    const url = parseUrl(text)
    if (url === undefined) {
      throw new Error(`URL parse error during conversion from string: ${urlProblem(text)}`)
    }
    return url
  },
  'isURL(string): bool': isUrl,
  [`${URL_TYPE}.getScheme(): string`]: (url: CelUrl) => url.scheme,
  [`${URL_TYPE}.getHost(): string`]: (url: CelUrl) => url.host,
  [`${URL_TYPE}.getHostname(): string`]: (url: CelUrl) =>
    url.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'),
  [`${URL_TYPE}.getPort(): string`]: (url: CelUrl) => /:(\d*)$/.exec(url.host)?.[1] ?? '',
  [`${URL_TYPE}.getEscapedPath(): string`]: (url: CelUrl) => escapedPath(url.path),
  [`${URL_TYPE}.getQuery(): map<string, list<string>>`]: (url: CelUrl) => queryOf(url.query),
}

/** What is wrong with a text that is no URL. */
export function urlProblem(text: string): string {
  return `parse ${JSON.stringify(text)}: ${text === '' ? 'empty url' : 'invalid URI for request'}`
}

export function isUrl(text: string): boolean {
  return parseUrl(text) !== undefined
}

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/
const ESCAPES = /^(?:[^%]|%[0-9a-fA-F]{2})*$/
const USER = /^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/
const HOST = /^[A-Za-z0-9._~!$&'()*+,;=:[\]<>"\u0080-\uffff-]*$/
const PORT = /^(?::\d*)?$/

function parseUrl(text: string): CelUrl | undefined {
  if (text === '' || hasControl(text)) return undefined
  if (text === '*') return new CelUrl({ scheme: '', host: '', path: '*', query: '' })
  const found = SCHEME.exec(text)
  const scheme = found?.[1]?.toLowerCase() ?? ''
  const { before, query } = cutQuery(text.slice(found?.[0].length ?? 0))
  if (!before.startsWith('/')) {
    return scheme === '' ? undefined : new CelUrl({ scheme, host: '', path: '', query })
  }
  if (scheme === '' || !before.startsWith('//')) return withPath({ scheme, host: '', path: before, query })
  const slash = before.indexOf('/', 2)
  const authority = before.slice(2, slash < 0 ? undefined : slash)
  const host = hostOf(authority)
  if (host === undefined) return undefined
  return withPath({ scheme, host, path: slash < 0 ? '' : before.slice(slash), query })
}

function hasControl(text: string): boolean {
  return Array.from(text).some(one => one < ' ' || one === '\x7f')
}

function cutQuery(text: string): { before: string; query: string } {
  const mark = text.indexOf('?')
  return mark < 0 ? { before: text, query: '' } : { before: text.slice(0, mark), query: text.slice(mark + 1) }
}

function withPath(parts: { scheme: string; host: string; path: string; query: string }): CelUrl | undefined {
  return ESCAPES.test(parts.path) ? new CelUrl(parts) : undefined
}

function hostOf(authority: string): string | undefined {
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0))
  const host = authority.slice(at + 1)
  if (!USER.test(user) || !ESCAPES.test(user)) return undefined
  const bracket = host.lastIndexOf(']')
  if (host.startsWith('[') && bracket < 0) return undefined
  const colon = host.startsWith('[') ? bracket + 1 : host.lastIndexOf(':')
  if (colon >= 0 && !PORT.test(host.slice(colon))) return undefined
  const plain = host.replace(/%[89a-fA-F][0-9a-fA-F]/g, '')
  return HOST.test(plain.replace(/%25/g, host.startsWith('[') ? '' : '%')) ? decoded(host) : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** As it was written where that is a path already. */
function escapedPath(path: string): string {
  if (/^[A-Za-z0-9\-._~!$&'()*+,;=:@[\]/%]*$/.test(path)) return path
  const bytes = Buffer.from(decoded(path))
  return Array.from(bytes, byte => {
    const character = String.fromCharCode(byte)
    const isPlain = /[A-Za-z0-9\-._~$&+,/:;=@]/.test(character)
    return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function queryOf(query: string): ReadonlyMap<string, readonly string[]> {
  const made = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';') || !ESCAPES.test(pair)) continue
    const [key = '', ...rest] = pair.split('=').map(one => decoded(one.replaceAll('+', ' ')))
    made.set(key, [...(made.get(key) ?? []), rest.join('=')])
  }
  return made
}
