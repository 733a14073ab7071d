// The conditions of a Traefik rule as a route's matches. One that is not played is not left out: its rule takes no
// request.
import type { HeaderMatch, PathMatch, Route } from '../route.ts'
import type { Condition } from './rule.ts'

export type Matches = Pick<Route, 'host' | 'path' | 'headers' | 'methods'>

const ANY_PATH: PathMatch = { how: 'prefix', value: '/' }

/** How many routes an alternative stands for: one for each of its hosts and paths. */
export function routesIn(conditions: readonly Condition[]): number {
  return conditions
    .filter(({ name }) => HOSTS.includes(name) || PATHS.includes(name))
    .reduce((product, { values }) => product * values.length, 1)
}

const HOSTS = ['Host', 'HostHeader']
const PATHS = ['Path', 'PathPrefix']

/** Several values of Host, Path, PathPrefix and Method are alternatives: a route for each. */
export function matchesOf(
  conditions: readonly Condition[],
): readonly Matches[] | { readonly problem: string } {
  const named = (names: readonly string[]) => conditions.filter(({ name }) => names.includes(name))
  const foreign = conditions.find(({ name }) => !Object.hasOwn(KNOWN, name))
  if (foreign !== undefined) return { problem: `${foreign.name} is not played` }
  const [hosts, paths, methods] = [named(HOSTS), named(PATHS), named(['Method'])]
  const twice = [hosts, paths, methods].find(one => one.length > 1)
  if (twice !== undefined) return { problem: `${twice[0]?.name} stands twice in one alternative` }
  const patterned = paths.flatMap(one => one.values).find(value => value.includes('{'))
  if (patterned !== undefined) return { problem: 'a path with a pattern is not played' }
  const [method] = methods
  const headers = conditions.flatMap(one => headersOf(one))
  return (hosts[0]?.values ?? ['']).flatMap(host =>
    pathsOf(paths[0]).map(path => ({
      host: host.toLowerCase(),
      path,
      headers,
      ...(method !== undefined && { methods: method.values.map(value => value.toUpperCase()) }),
    })),
  )
}

const KNOWN: Readonly<Record<string, HeaderMatch['how'] | undefined>> = {
  Host: undefined,
  HostHeader: undefined,
  Path: undefined,
  PathPrefix: undefined,
  Method: undefined,
  Header: 'exact',
  Headers: 'exact',
  HeaderRegexp: 'regex-search',
  HeadersRegexp: 'regex-search',
  Query: 'query',
}

function pathsOf(condition: Condition | undefined): readonly PathMatch[] {
  if (condition === undefined) return [ANY_PATH]
  const how = condition.name === 'Path' ? 'exact' : 'text-prefix'
  return condition.values.map(value => ({ how, value }))
}

/** Of version 2 a query is `name=value` in one text. */
function headersOf({ name, values }: Condition): readonly HeaderMatch[] {
  const how = KNOWN[name]
  if (how === undefined) return []
  const [key = '', value] = values
  if (how !== 'query') return [{ name: key.toLowerCase(), how, value: value ?? '' }]
  const [asked = '', ...rest] = key.split('=')
  return [{ name: asked, how, value: value ?? rest.join('=') }]
}
