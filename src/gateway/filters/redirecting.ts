// Where a redirect leads: whatever it does not name stays as the client asked for it.
import type { Target } from '../request-target.ts'
import type { Redirect } from '../routes/route.ts'

const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** `url`: path and query, rewritten. Another scheme has its own port. */
export function locationOf(
  { scheme, hostname, port }: Redirect,
  { host, authority }: Target,
  url: string,
): string {
  const asked = /:(\d+)$/.exec(authority)?.[1]
  const to = scheme ?? 'http'
  const own = scheme === undefined && asked !== undefined ? Number(asked) : USUAL_PORTS[to]
  const written = port ?? own
  return `${to}://${hostname ?? host}${written === USUAL_PORTS[to] ? '' : `:${written}`}${url}`
}
