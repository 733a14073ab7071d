// Routes that steps may make and that nobody else touches: which names they may have, and in which order they stand.
import type { TrafficRouting } from '../api/traffic.ts'
import { objects, text } from '../std/json-parts.ts'

/** The order of the list is the order of precedence. Settings may be remembered ones. */
export function managedNames({ managedRoutes }: TrafficRouting): readonly string[] {
  return [...new Set(objects(managedRoutes).map(one => text(one['name'])))].filter(name => name !== '')
}

/** The routes that are wanted, in the order of the names; what has no name in the list stands last. */
export function inManagedOrder<Route extends { readonly name: string }>(
  managed: readonly string[],
  routes: readonly Route[],
): readonly Route[] {
  const place = (name: string) => (managed.includes(name) ? managed.indexOf(name) : managed.length)
  return routes.toSorted((a, b) => place(a.name) - place(b.name))
}
