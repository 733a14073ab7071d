// What a rule of a VirtualService makes of a request and its answer. What would answer in another way, and is not
// played, is refused: the rule serves nobody.
import type { Json, JsonObject } from '../../../std/json.ts'
import { list, record, text } from '../../../std/json-parts.ts'
import { changesProblem } from '../../filters/header-changes.ts'
import { normalPath } from '../../normal-path.ts'
import type { Filters, HeaderChanges, PathMatch, Redirect, RedirectStatus, Rewrite } from '../route.ts'

const REFUSED = ['fault', 'directResponse', 'delegate']
const STATUSES: ReadonlySet<unknown> = new Set<RedirectStatus>([301, 302, 303, 307, 308])

export function filtersIn(rule: JsonObject, path: PathMatch): Filters | undefined {
  const refused = REFUSED.find(field => rule[field] !== undefined)
  if (refused !== undefined) return { refusal: `${refused} is not played` }
  const redirect = rule['redirect'] === undefined ? undefined : redirectOf(record(rule['redirect']))
  const rewrite = rule['rewrite'] === undefined ? undefined : rewriteOf(record(rule['rewrite']), path)
  const refusal = [redirect, rewrite].find(one => typeof one === 'string')
  if (typeof refusal === 'string') return { refusal }
  const all = { ...headerFilters(record(rule['headers'])), ...(rewrite as Filters), ...(redirect as Filters) }
  return Object.keys(all).length === 0 ? undefined : all
}

/** Of a rule, or of one of its destinations. */
export function headerFilters({ request, response }: JsonObject): Filters | undefined {
  const changes = {
    ...(request !== undefined && { request: changesOf(request) }),
    ...(response !== undefined && { response: changesOf(response) }),
  }
  const problem = Object.values(changes)
    .map(one => changesProblem(one))
    .find(one => one !== undefined)
  if (problem !== undefined) return { refusal: problem }
  return Object.keys(changes).length === 0 ? undefined : changes
}

function changesOf(changes: Json): HeaderChanges {
  const { set, add, remove } = record(changes)
  const named = (values: Json | undefined) =>
    Object.entries(record(values)).map(([name, value]) => [name, text(value)] as const)
  return { set: named(set), add: named(add), remove: list(remove).map(text) }
}

/** In the place of the prefix that was matched; of the whole path where it was matched as a whole. */
function rewriteOf({ uri, authority, uriRegexRewrite }: JsonObject, { how }: PathMatch): Filters | string {
  if (uriRegexRewrite !== undefined) return 'uriRegexRewrite is not played'
  if (authority !== undefined && !isHost(authority)) return 'a host that is written anew is no host'
  if (uri !== undefined && !isPath(uri)) return 'a path that is written anew is no path'
  const rewrite: Rewrite | undefined =
    typeof uri === 'string'
      ? { how: how === 'text-prefix' ? 'text' : 'full', to: normalPath(uri) ?? uri }
      : undefined
  return {
    ...(rewrite !== undefined && { rewrite }),
    ...(authority !== undefined && { hostname: text(authority) }),
  }
}

function redirectOf({
  uri,
  authority,
  port,
  derivePort,
  scheme,
  redirectCode = 301,
}: JsonObject): Filters | string {
  if (!STATUSES.has(redirectCode)) return 'a redirect with that status is not played'
  if (derivePort !== undefined) return 'derivePort is not played'
  if (uri !== undefined && !isPath(uri)) return 'a redirect leads to no path'
  if (authority !== undefined && !isHost(authority)) return 'a redirect leads to no host'
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return 'a redirect to that scheme is not played'
  const redirect: Redirect = {
    status: redirectCode as RedirectStatus,
    ...(scheme !== undefined && { scheme }),
    ...(authority !== undefined && { hostname: text(authority) }),
    ...(typeof port === 'number' && { port }),
    ...(uri !== undefined && { rewrite: { how: 'full', to: text(uri) } }),
  }
  return { redirect }
}

function isPath(value: Json): boolean {
  return typeof value === 'string' && /^\/[\x21\x24-\x3e\x40-\x7e]*$/.test(value)
}

function isHost(value: Json): boolean {
  return typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(value)
}
