// The filters of an HTTPRoute's rule or backend. One that is not played must not be skipped (so the Gateway API has
// it): whatever it is on serves nobody, and says why.
import type { Json, JsonObject } from '../../std/json.ts'
import { list, objects, record, text } from '../../std/json-parts.ts'
import { changesProblem } from '../filters/header-changes.ts'
import { normalPath } from '../normal-path.ts'
import type { Filters, HeaderChanges, NamedValue, Redirect, RedirectStatus, Rewrite } from './route.ts'

/** `isPrefix`: what the path was matched by. */
export function filtersOf(filters: readonly JsonObject[], isPrefix: boolean): Filters | undefined {
  const read = filters.map(filter => readFilter(filter, isPrefix))
  const refusal = read.find(one => typeof one === 'string')
  if (refusal !== undefined) return { refusal }
  return read.length === 0 ? undefined : (Object.assign({}, ...read) as Filters)
}

/** A text: why it is not played. */
function readFilter(filter: JsonObject, isPrefix: boolean): Filters | string {
  switch (filter['type']) {
    case 'RequestHeaderModifier': {
      const request = changesOf(filter['requestHeaderModifier'])
      return typeof request === 'string' ? request : { request }
    }
    case 'ResponseHeaderModifier': {
      const response = changesOf(filter['responseHeaderModifier'])
      return typeof response === 'string' ? response : { response }
    }
    case 'RequestRedirect':
      return redirectOf(record(filter['requestRedirect']), isPrefix)
    case 'URLRewrite':
      return rewriteOf(record(filter['urlRewrite']), isPrefix)
    default:
      return `a filter of type ${text(filter['type']).slice(0, 60)} is not played`
  }
}

function changesOf(modifier: Json | undefined): HeaderChanges | string {
  const { set, add, remove } = record(modifier)
  const changes = { set: namedValues(set), add: namedValues(add), remove: list(remove).map(text) }
  return changesProblem(changes) ?? changes
}

function namedValues(values: Json | undefined): readonly NamedValue[] {
  return objects(values).map(({ name, value }) => [text(name), text(value)])
}

function rewriteOf({ path, hostname }: JsonObject, isPrefix: boolean): Filters | string {
  const rewrite = path === undefined ? undefined : pathOf(record(path), isPrefix)
  if (typeof rewrite === 'string') return rewrite
  if (hostname !== undefined && !isHost(hostname)) return 'a host that is written anew is no host'
  return { ...(rewrite !== undefined && { rewrite }), ...(hostname !== undefined && { hostname }) }
}

const STATUSES: ReadonlySet<unknown> = new Set<RedirectStatus>([301, 302, 303, 307, 308])

function redirectOf({ path, ...asked }: JsonObject, isPrefix: boolean): Filters | string {
  const { scheme, hostname, port, statusCode = 302 } = asked
  const rewrite = path === undefined ? undefined : pathOf(record(path), isPrefix)
  if (typeof rewrite === 'string') return rewrite
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return 'a redirect to that scheme is not played'
  if (hostname !== undefined && !isHost(hostname)) return 'a redirect leads to no host'
  if (port !== undefined && !isPort(port)) return 'a redirect leads to no port'
  if (!isStatus(statusCode)) return 'a redirect with that status is not played'
  const redirect: Redirect = {
    status: statusCode,
    ...(scheme !== undefined && { scheme }),
    ...(hostname !== undefined && { hostname }),
    ...(port !== undefined && { port }),
    ...(rewrite !== undefined && { rewrite }),
  }
  return { redirect }
}

function pathOf(
  { type, replaceFullPath, replacePrefixMatch }: JsonObject,
  isPrefix: boolean,
): Rewrite | string {
  const isFull = type === 'ReplaceFullPath'
  if (!isFull && type !== 'ReplacePrefixMatch') return 'a path is rewritten in a way that is not played'
  if (!isFull && !isPrefix) return 'a prefix is to be replaced where none is matched'
  const to = text(isFull ? replaceFullPath : replacePrefixMatch)
  if (!/^[\x21\x24-\x3e\x40-\x7e]*$/.test(to)) return 'a path that is written anew is no path'
  return { how: isFull ? 'full' : 'prefix', to: to.startsWith('/') ? (normalPath(to) ?? to) : to }
}

function isHost(value: Json): value is string {
  return typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(value)
}

function isPort(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
}

function isStatus(value: Json): value is RedirectStatus {
  return STATUSES.has(value)
}
