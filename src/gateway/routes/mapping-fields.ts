// A Mapping's fields, as far as they are played: which requests it is for, and what becomes of their headers. Those
// that would make something else of it, and are not played, leave it out.
import type { Json, JsonObject } from '../../std/json.ts'
import { isJsonObject } from '../../std/json.ts'
import { list, printed, record, text } from '../../std/json-parts.ts'
import { compareText } from '../../std/compare.ts'
import { changesProblem } from '../filters/header-changes.ts'
import type { Filters, HeaderChanges, HeaderMatch, NamedValue, Route } from './route.ts'

/** Fields that are no more than they say when they have one of these values, and are not played with any other. */
const UNPLAYED: Readonly<Record<string, readonly Json[]>> = {
  shadow: [false],
  host_redirect: [false],
  path_redirect: [''],
  prefix_redirect: [''],
  regex_redirect: [],
  regex_rewrite: [],
  case_sensitive: [true],
  method_regex: [false],
  // A host that is a pattern needs Ambassador itself; guessing it would send traffic astray.
  host_regex: [false],
}

/** Why it takes no request. */
export function mappingProblem(spec: JsonObject): string | undefined {
  const unplayed = Object.entries(UNPLAYED).find(
    ([field, plain]) => spec[field] !== undefined && !plain.includes(spec[field]),
  )
  if (unplayed !== undefined) return `${unplayed[0]} is not played`
  if (text(spec['prefix']) === '') return 'it has no prefix'
  if (text(spec['service']) === '') return 'it has no service'
  if (!Number.isInteger(spec['precedence'] ?? 0)) return 'precedence is no whole number'
  return headerProblem(spec, 'request') ?? headerProblem(spec, 'response')
}

function headerProblem(spec: JsonObject, of: 'request' | 'response'): string | undefined {
  const field = `add_${of}_headers`
  const changes = changesOf(spec, of)
  const problem = changesProblem(changes)
  if (problem !== undefined) return `${field}, remove_${of}_headers: ${problem}`
  const hasVariable = [...changes.set, ...changes.add].some(([, value]) => /%[A-Z_]+[(%]/.test(value))
  return hasVariable ? `${field}: variables in a value are not played` : undefined
}

/** What it does to the requests of its own service. */
export function mappingFilters(spec: JsonObject): Filters | undefined {
  const [request, response] = [changesOf(spec, 'request'), changesOf(spec, 'response')]
  const hostname = text(spec['host_rewrite'])
  const filters = {
    ...(hasAny(request) && { request }),
    ...(hasAny(response) && { response }),
    ...(hostname !== '' && { hostname }),
  }
  return Object.keys(filters).length === 0 ? undefined : filters
}

function hasAny({ set, add, remove }: HeaderChanges): boolean {
  return set.length + add.length + remove.length > 0
}

/** A value alone is added; `append: false` says that it takes the place of what is there. */
function changesOf(spec: JsonObject, of: 'request' | 'response'): HeaderChanges {
  const added = Object.entries(record(spec[`add_${of}_headers`])).map(([name, value]) => {
    const isWhole = isJsonObject(value)
    const named: NamedValue = [name, text(isWhole ? value['value'] : value)]
    return { named, isSet: isWhole && value['append'] === false }
  })
  const removed = spec[`remove_${of}_headers`]
  return {
    set: added.filter(one => one.isSet).map(one => one.named),
    add: added.filter(one => !one.isSet).map(one => one.named),
    remove: (typeof removed === 'string' ? [removed] : list(removed)).map(text),
  }
}

/** `*` stands for any host, `*.example.com` for all below. */
export function mappingHost({ hostname, host }: JsonObject): string {
  const name = (text(hostname) || text(host) || '*').toLowerCase().replace(/:\d+$/, '')
  return name === '*' ? '' : name
}

export function mappingPath(spec: JsonObject): Route['path'] {
  const value = text(spec['prefix']) || '/'
  if (spec['prefix_regex'] === true) return { how: 'regex', value }
  return { how: spec['prefix_exact'] === true ? 'exact' : 'text-prefix', value }
}

/** Of headers and of the query. */
export function mappingMatches(spec: JsonObject): readonly HeaderMatch[] {
  const lower = (match: HeaderMatch): HeaderMatch => ({ ...match, name: match.name.toLowerCase() })
  return [
    ...matches(spec['headers'], 'exact', 'present').map(lower),
    ...matches(spec['regex_headers'], 'regex', 'present').map(lower),
    ...matches(spec['query_parameters'], 'query', 'query-present'),
    ...matches(spec['regex_query_parameters'], 'query-regex', 'query-present'),
  ].toSorted((a, b) => compareText(a.name, b.name))
}

function matches(values: Json | undefined, how: HeaderMatch['how'], present: HeaderMatch['how']) {
  return Object.entries(record(values)).map(([name, value]): HeaderMatch => {
    return value === true ? { name, how: present, value: '' } : { name, how, value: printed(value) }
  })
}
