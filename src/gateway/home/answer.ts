// Who is given the home page: a GET for `/` of this machine itself, where no route says otherwise.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readTarget } from '../request-target.ts'
import type { RouteTable } from '../routes/route.ts'
import { homeFacts } from './facts.ts'
import { homeHtml, homeText } from './page.ts'

const HERE = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"

/** False: it is not for us. */
export function answerHome(request: IncomingMessage, response: ServerResponse, table: RouteTable): boolean {
  const read = readTarget(request)
  if (!('target' in read) || !['GET', 'HEAD'].includes(request.method ?? '')) return false
  const { host, path, authority } = read.target
  if (!HERE.test(host) || path !== '/') return false
  const facts = homeFacts(table, /:\d+$/.exec(authority)?.[0] ?? '')
  const isPage = request.headers.accept?.includes('text/html') ?? false
  const body = isPage ? homeHtml(facts) : homeText(facts)
  response.writeHead(200, {
    'content-type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': POLICY,
  })
  response.end(body)
  return true
}
