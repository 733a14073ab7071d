// The path that the pod sees: a route may put something else in the place of what it matched, or of all of it.
import { normalPath } from '../normal-path.ts'
import { groupsIn, pathPattern } from '../pattern.ts'
import type { Work } from '../asked.ts'
import type { PathMatch, Rewrite } from '../routes/route.ts'

interface Asks {
  /** Path and query. */
  readonly url: string
  readonly path: string
  readonly work?: Work | undefined
}

/** As long as a URL may be. */
const LONGEST = 16_384

/** Undefined: two servers could read the path that comes of it differently, or it leads out of where it was put. */
export function rewritten(
  rewrite: Rewrite | undefined,
  matched: PathMatch,
  { url, path, work }: Asks,
): string | undefined {
  if (rewrite === undefined || (rewrite.how === 'text' && matched.how === 'regex')) return url
  const made = rewrite.how === 'pattern' ? expanded(rewrite.to, matched, { url, path, work }) : undefined
  if (rewrite.how === 'pattern' && made === undefined) return undefined
  const [asked = '', query = url.slice(path.length)] = made ?? [pathOf(rewrite, matched.value, path)]
  const whole = asked.startsWith('/') ? asked : `/${asked}`
  return normalPath(whole) === whole && whole.length <= LONGEST ? whole + query : undefined
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

/** Path and query: what the target says of a query comes before the client's, and a bare `?` takes that away. */
function expanded(to: string, matched: PathMatch, { url, path, work }: Asks): readonly string[] | undefined {
  const source = pathPattern(matched)
  const groups = source === undefined ? [] : groupsIn(source, path, work)
  if (groups === undefined) return undefined
  const filled = to.replaceAll(/\$([1-9])/g, (_, group: string) => groups[Number(group)] ?? '')
  const at = filled.indexOf('?')
  if (at < 0) return [filled]
  const [own, client] = [filled.slice(at), url.slice(path.length)]
  if (own === '?') return [filled.slice(0, at), '']
  return [filled.slice(0, at), client === '' ? own : `${own}&${client.slice(1)}`]
}
