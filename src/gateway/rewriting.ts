// The path that the pod sees: a route may put something else in the place of the prefix that it matched.
import type { Target } from './request-target.ts'
import type { Route } from './routes/route.ts'

export function rewritten(route: Route, { url, path }: Target): string {
  const { rewrite, path: matched } = route
  if (rewrite === undefined || matched.how === 'regex' || rewrite === matched.value) return url
  const rest = path.slice(matched.value.length)
  const joined = rewrite.endsWith('/') && rest.startsWith('/') ? rewrite + rest.slice(1) : rewrite + rest
  const query = url.slice(path.length)
  return (joined.startsWith('/') ? joined : `/${joined}`) + query
}
