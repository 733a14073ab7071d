// Joins the routes of all families into one table, most specific first: exact host before wildcard before none, objects
// before bare Services at the same host, then as the Gateway API orders rules: exact path, longer path, a method, more
// headers, more of the query; of what is alike the oldest object, then the first by name, then the first of its rules.
import { compareText } from '../../std/compare.ts'
import { QUERY_MATCHES } from './route.ts'
import type { Route, RouteTable } from './route.ts'

export function routeTable(routes: readonly Route[]): RouteTable {
  return { routes: routes.toSorted(compareRoutes) }
}

/** Negative when `a` is tried before `b`. Total: only a route itself is its equal. */
export function compareRoutes(a: Route, b: Route): number {
  return (
    hostRank(a) - hostRank(b) ||
    b.host.length - a.host.length ||
    compareText(a.host, b.host) ||
    standing(a) - standing(b) ||
    (b.precedence ?? 0) - (a.precedence ?? 0) ||
    compareMatches(a, b) ||
    compareText(a.since ?? '', b.since ?? '') ||
    compareText(a.from, b.from) ||
    (a.order ?? 0) - (b.order ?? 0) ||
    compareText(a.id, b.id)
  )
}

function compareMatches(a: Route, b: Route): number {
  return (
    pathRank(a) - pathRank(b) ||
    b.path.value.length - a.path.value.length ||
    Number(b.methods !== undefined) - Number(a.methods !== undefined) ||
    headerCount(b) - headerCount(a) ||
    b.headers.length - a.headers.length
  )
}

function hostRank({ host }: Route): number {
  if (host === '') return 2
  return host.startsWith('*') ? 1 : 0
}

function standing({ isImplicit, isFallback = false }: Route): number {
  if (isImplicit) return 2
  return isFallback ? 1 : 0
}

function pathRank({ path }: Route): number {
  return path.how === 'exact' ? 0 : path.how.startsWith('regex') ? 1 : 2
}

function headerCount({ headers }: Route): number {
  return headers.filter(({ how }) => !QUERY_MATCHES.has(how)).length
}
