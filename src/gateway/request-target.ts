// Where a request wants to go, read strictly: what two servers could read differently is refused (request smuggling).
import type { IncomingMessage } from 'node:http'
import { valuesOf } from './headers.ts'
import { normalPath } from './normal-path.ts'

export interface Target {
  /** In lower case, without its port. */
  readonly host: string
  /** As the client wrote it, with its port. */
  readonly authority: string
  /** Path and query, the path in its normal form: what is matched is what is forwarded. */
  readonly url: string
  readonly path: string
}

export type TargetRead = { readonly target: Target } | { readonly refused: string }

const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i

export function readTarget(request: IncomingMessage): TargetRead {
  const { rawHeaders } = request
  if (valuesOf(rawHeaders, 'host').length > 1) return { refused: 'the request names its host twice' }
  if (valuesOf(rawHeaders, 'content-length').length > 1) return { refused: 'the request has two lengths' }
  const { 'content-length': length, 'transfer-encoding': coding, host = '' } = request.headers
  if (length !== undefined && coding !== undefined) return { refused: 'the request has two lengths' }
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return { refused: `transfer-encoding "${coding}" is not understood` }
  const read = readUrl(request.url ?? '/', host)
  if (read === undefined) return { refused: 'the request names no host, or not a well-formed one' }
  const [asked = '/'] = read.url.split('?', 1)
  const query = read.url.slice(asked.length)
  const path = query.includes('#') ? undefined : normalPath(asked)
  if (path === undefined) return { refused: 'the path could be read in two ways' }
  const name = read.authority.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase()
  return { target: { host: name, authority: read.authority, url: path + query, path } }
}

/** The absolute form wins over the Host header, as RFC 9112 says. */
function readUrl(url: string, host: string): { authority: string; url: string } | undefined {
  const absolute = /^http:\/\/([^/?#]*)(.*)$/i.exec(url)
  const authority = absolute === null ? host : (absolute[1] as string)
  if (!AUTHORITY.test(authority)) return undefined
  const rest = absolute === null ? url : (absolute[2] as string)
  if (rest === '' || rest.startsWith('?')) return { authority, url: `/${rest}` }
  return rest.startsWith('/') ? { authority, url: rest } : undefined
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
