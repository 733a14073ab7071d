// URLs as Go's net/url reads, prints and resolves them: what reaches a metric server must be the same to the byte, and
// so must the mistakes that people are told of.
import { goUrlEscape, goUrlUnescape, isEncodedPath } from './escape.ts'
import type { Unescaped } from './escape.ts'
import { goQuote } from './text.ts'

export interface GoUrl {
  readonly scheme: string
  /** What follows the scheme where that is no path: `mailto:somebody`. */
  readonly opaque: string
  readonly user: { readonly name: string; readonly password: string | undefined } | undefined
  /** With its port. */
  readonly host: string
  readonly path: string
  /** The path as it was written, where that says more than `path`. */
  readonly rawPath: string
  /** With its question mark; empty without one. */
  readonly query: string
  readonly fragment: string
  /** `http:/path`: no place for a host at all. */
  readonly isHostless: boolean
}

export type ReadUrl = { readonly url: GoUrl } | { readonly problem: string }

const EMPTY: GoUrl = {
  scheme: '',
  opaque: '',
  user: undefined,
  host: '',
  path: '',
  rawPath: '',
  query: '',
  fragment: '',
  isHostless: false,
}

/** url.Parse; its problem is the whole sentence: `parse "…": …`. */
export function readUrl(text: string): ReadUrl {
  const [whole = '', ...rest] = text.split('#')
  const fragment = rest.join('#')
  const read = parse(whole)
  if ('problem' in read) return { problem: `parse ${goQuote(whole)}: ${read.problem}` }
  const anchor = goUrlUnescape(fragment, 'path')
  if ('problem' in anchor) return { problem: `parse ${goQuote(text)}: ${anchor.problem}` }
  return { url: { ...read.url, fragment: anchor.value } }
}

function parse(text: string): ReadUrl {
  if (/[\p{Cc}]/u.test(text.replaceAll(/[\u0080-\u009f]/g, ''))) {
    return { problem: 'net/url: invalid control character in URL' }
  }
  if (text.startsWith(':')) return { problem: 'missing protocol scheme' }
  const [, named = ''] = /^([a-z][a-z\d+.-]*):/i.exec(text) ?? []
  const scheme = named.toLowerCase()
  const [before = '', ...after] = (named === '' ? text : text.slice(named.length + 1)).split('?')
  const query = after.length === 0 ? '' : `?${after.join('?')}`
  if (before.startsWith('/')) return placed(before, { scheme, query })
  if (scheme !== '') return { url: { ...EMPTY, scheme, opaque: before, query } }
  const [segment = ''] = before.split('/')
  if (segment.includes(':')) return { problem: 'first path segment in URL cannot contain colon' }
  return placed(before, { scheme, query })
}

/** Authority and path. */
function placed(rest: string, { scheme, query }: Pick<GoUrl, 'scheme' | 'query'>): ReadUrl {
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))
  const [, named = '', after = ''] = (hasAuthority ? /^\/\/([^/]*)(.*)$/s.exec(rest) : null) ?? []
  const path = hasAuthority ? after : rest
  const authority = readAuthority(named)
  if ('problem' in authority) return authority
  const whole = goUrlUnescape(path, 'path')
  if ('problem' in whole) return whole
  const rawPath = goUrlEscape(whole.value, 'path') === path ? '' : path
  const isHostless = scheme !== '' && path !== '' && !hasAuthority
  return { url: { ...EMPTY, scheme, query, ...authority.value, path: whole.value, rawPath, isHostless } }
}

type Authority = { readonly value: Pick<GoUrl, 'user' | 'host'> } | { readonly problem: string }

function readAuthority(text: string): Authority {
  const at = text.lastIndexOf('@')
  const host = readHost(text.slice(at + 1))
  if ('problem' in host) return host
  if (at < 0) return { value: { user: undefined, host: host.value } }
  const info = text.slice(0, at)
  if (/[^A-Za-z0-9\-._:~!$&'()*+,;=%@]/.test(info)) return { problem: 'net/url: invalid userinfo' }
  const [named = '', ...rest] = info.split(':')
  const name = goUrlUnescape(named, 'user')
  if ('problem' in name) return name
  const password: Unescaped | undefined =
    rest.length === 0 ? undefined : goUrlUnescape(rest.join(':'), 'user')
  if (password !== undefined && 'problem' in password) return password
  return { value: { user: { name: name.value, password: password?.value }, host: host.value } }
}

function readHost(text: string): Unescaped {
  const isAddress = text.startsWith('[')
  const closing = text.lastIndexOf(']')
  if (isAddress && closing < 0) return { problem: "missing ']' in host" }
  const colon = isAddress ? closing + 1 : text.lastIndexOf(':')
  const port = colon < 0 ? '' : text.slice(colon)
  if (port !== '' && !/^:\d*$/.test(port)) return { problem: `invalid port ${goQuote(port)} after host` }
  return goUrlUnescape(text, 'host')
}

/** The path as it goes over the wire. */
export function escapedPath({ path, rawPath }: GoUrl): string {
  if (rawPath !== '' && isEncodedPath(rawPath)) {
    const read = goUrlUnescape(rawPath, 'path')
    if ('value' in read && read.value === path) return rawPath
  }
  return path === '*' ? '*' : goUrlEscape(path, 'path')
}

/** What stands in the first line of a request. */
export function requestTarget(url: GoUrl): string {
  const { opaque, scheme, query } = url
  if (opaque !== '') return (opaque.startsWith('//') ? `${scheme}:${opaque}` : opaque) + query
  const path = escapedPath(url)
  return (path === '' ? '/' : path) + query
}

export function printUrl(url: GoUrl): string {
  const { scheme, opaque, user, host, query, fragment } = url
  const head = scheme === '' ? '' : `${scheme}:`
  const tail = query + (fragment === '' ? '' : `#${goUrlEscape(fragment, 'path')}`)
  if (opaque !== '') return head + opaque + tail
  const path = escapedPath(url)
  const isNamed = host !== '' || user !== undefined
  const hasSlashes = isNamed || (scheme !== '' && path !== '' && !url.isHostless)
  const authority = hasSlashes
    ? `//${user === undefined ? '' : `${printUser(user)}@`}${goUrlEscape(host, 'host')}`
    : ''
  const slash = path !== '' && !path.startsWith('/') && host !== '' ? '/' : ''
  return head + authority + slash + path + tail
}

export function printUser({ name, password }: NonNullable<GoUrl['user']>): string {
  const secret = password === undefined ? '' : `:${goUrlEscape(password, 'user')}`
  return goUrlEscape(name, 'user') + secret
}

/** As errors name it: the password is not for them. */
export function shownUrl(url: GoUrl): string {
  const { user } = url
  if (user?.password === undefined) return printUrl(url)
  return printUrl(url).replace(`${printUser(user)}@`, () => `${user.name}:***@`)
}

/** The host without its port, and without the brackets of an address. */
export function hostname({ host }: Pick<GoUrl, 'host'>): string {
  const name = host.replace(/:\d*$/, '')
  return name.startsWith('[') ? name.slice(1, -1) : name
}

export function portOf({ host, scheme }: Pick<GoUrl, 'host' | 'scheme'>): number {
  const [, port = ''] = /:(\d+)$/.exec(host) ?? []
  return port === '' ? (scheme === 'https' ? 443 : 80) : Number(port)
}

/** Where a reference leads that was found at `base`. */
export function resolveUrl(base: GoUrl, reference: string): ReadUrl {
  const read = readUrl(reference)
  if ('problem' in read) return read
  const { url } = read
  if (url.scheme !== '' && url.opaque !== '') return read
  if (url.scheme !== '' || url.host !== '' || url.user !== undefined) {
    const path = url.path === '' ? url : withPath(url, resolvePath(escapedPath(url), ''))
    return { url: { ...path, scheme: url.scheme === '' ? base.scheme : url.scheme } }
  }
  const rest = url.path === '' && url.query === '' ? { ...url, query: base.query } : url
  const whole = { ...rest, scheme: base.scheme, host: base.host, user: base.user }
  return { url: withPath(whole, resolvePath(escapedPath(base), escapedPath(url))) }
}

function withPath(url: GoUrl, escaped: string): GoUrl {
  const read = goUrlUnescape(escaped, 'path')
  const path = 'value' in read ? read.value : escaped
  return { ...url, path, rawPath: goUrlEscape(path, 'path') === escaped ? '' : escaped }
}

function resolvePath(base: string, reference: string): string {
  const full =
    reference === ''
      ? base
      : reference.startsWith('/')
        ? reference
        : base.slice(0, base.lastIndexOf('/') + 1) + reference
  if (full === '') return ''
  const kept: string[] = []
  const parts = full.split('/')
  for (const part of parts) {
    if (part === '..') kept.splice(Math.max(1, kept.length - 1))
    else if (part !== '.') kept.push(part)
  }
  const last = parts.at(-1)
  if ((last === '.' || last === '..') && kept.at(-1) !== '') kept.push('')
  const joined = kept.join('/')
  return joined.startsWith('/') ? joined : `/${joined}`
}
