// The path that the pod sees: a route may put something else in the place of what it matched, or of all of it.
import { normalPath } from '../normal-path.ts'
import type { Target } from '../request-target.ts'
import type { Rewrite, Route } from '../routes/route.ts'

/** Undefined: two servers could read the path that comes of it differently, or it leads out of where it was put. */
export function rewritten(
  rewrite: Rewrite | undefined,
  matched: Route['path'],
  { url, path }: Target,
): string | undefined {
  if (rewrite === undefined || (rewrite.how === 'text' && matched.how === 'regex')) return url
  const made = pathOf(rewrite, matched.value, path)
  const whole = made.startsWith('/') ? made : `/${made}`
  return normalPath(whole) === whole ? whole + url.slice(path.length) : undefined
}

function pathOf({ how, to }: Rewrite, matched: string, path: string): string {
  if (how === 'full') return to
  if (how === 'prefix') return withoutSlash(to) + path.slice(withoutSlash(matched).length)
  const rest = path.slice(matched.length)
  return to.endsWith('/') && rest.startsWith('/') ? to + rest.slice(1) : to + rest
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '')
}
