// The name of the cookie that holds a session of the dashboard. Cookies know no ports: every server of the same host is
// sent it, so the name carries the port, and the gateway takes it out of what pods see.

const PREFIX = 'crossfade-dashboard-'

export function cookieName(port: number): string {
  return `${PREFIX}${port}`
}

/** A `Cookie` header without ours; undefined when nothing is left. */
export function withoutDashboardCookies(header: string): string | undefined {
  if (!header.toLowerCase().includes(PREFIX)) return header
  const kept = header.split(';').filter(one => !one.trim().toLowerCase().startsWith(PREFIX))
  return kept.length === 0 ? undefined : kept.join(';').trim()
}
