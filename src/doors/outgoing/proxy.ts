// Which proxy a request goes through, as Go reads it from the environment: HTTP_PROXY, HTTPS_PROXY, NO_PROXY, each in
// small letters too. Loopback is always asked directly.
import { BlockList, isIP } from 'node:net'
import { hostname, portOf, readUrl } from '../../std/go/url.ts'
import type { GoUrl } from '../../std/go/url.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Undefined: no proxy. */
export function proxyFor(url: GoUrl, env: Environment): GoUrl | { readonly problem: string } | undefined {
  const isSecure = url.scheme === 'https'
  const proxy = isSecure ? either(env, 'HTTPS_PROXY') : httpProxy(env)
  if (proxy === '' || isExcepted(url, either(env, 'NO_PROXY'))) return undefined
  const read = readUrl(proxy)
  if ('url' in read && /^(https?|socks5h?)$/.test(read.url.scheme)) return read.url
  const named = readUrl(`http://${proxy}`)
  return 'url' in named
    ? named.url
    : { problem: withoutLogin(`invalid proxy address ${JSON.stringify(proxy)}: ${named.problem}`) }
}

/** Whoever reads a status need not know how the controller logs in there. */
function withoutLogin(text: string): string {
  return text.replaceAll(/[^\s"/]+@/g, '')
}

/** In a CGI program HTTP_PROXY may be a header of somebody's request. */
function httpProxy(env: Environment): string {
  return env['REQUEST_METHOD'] ? '' : either(env, 'HTTP_PROXY')
}

function either(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || ''
}

function isExcepted(url: GoUrl, exceptions: string): boolean {
  const host = hostname(url).toLowerCase().replace(/\.$/, '')
  if (host === 'localhost' || isLoopback(host)) return true
  return exceptions
    .split(',')
    .map(one => one.trim().toLowerCase())
    .some(one => one !== '' && isMeant(one, host, portOf(url)))
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isMeant(exception: string, host: string, port: number): boolean {
  if (exception === '*') return true
  if (exception.includes('/')) return isInNetwork(exception, host)
  const [, named = exception, wanted] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(exception) ?? []
  if (wanted !== undefined && !isIP(exception) && Number(wanted) !== port) return false
  const name = isIP(exception) ? exception : named.replace(/^\[(.*)\]$/, '$1')
  if (isIP(name)) return name === host
  const suffix = name.replace(/^\*?\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`)
}

function isInNetwork(exception: string, host: string): boolean {
  const [network = '', prefix = ''] = exception.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(prefix)) return false
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(prefix), type)
  return list.check(host, type)
}
