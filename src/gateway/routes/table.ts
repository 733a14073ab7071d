// Joins the routes of all families into one table, most specific first: exact host before wildcard before none, objects
// before bare Services at the same host, exact path and longer prefix first, more header matches first.
import { compareText } from '../../std/compare.ts'
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
    Number(a.isImplicit) - Number(b.isImplicit) ||
    pathRank(a) - pathRank(b) ||
    b.path.value.length - a.path.value.length ||
    matchCount(b) - matchCount(a) ||
    compareText(a.id, b.id)
  )
}

function hostRank({ host }: Route): number {
  if (host === '') return 2
  return host.startsWith('*') ? 1 : 0
}

function pathRank({ path }: Route): number {
  return path.how === 'exact' ? 0 : path.how === 'regex' ? 1 : 2
}

function matchCount({ headers, methods }: Route): number {
  return headers.length + (methods === undefined ? 0 : 1)
}
