// The dashboard that `crossfade start` serves of its own cluster, with the rights of its kubeconfig: over the wire, as
// `crossfade dashboard` would.
import { serveDashboard } from '../dashboard/server.ts'
import type { Log } from '../doors/log.ts'
import { connect, findAccess } from '../runtime/network/connection.ts'
import { createHttpClient } from '../runtime/network/http-client.ts'
import { systemClock, systemRandom } from '../runtime/system.ts'
import { keptSessions } from './dashboard-home.ts'
import { homeProblem } from './home.ts'
import type { Home } from './home.ts'
import { pageFiles } from './page-files.ts'
import { onPort } from './ports.ts'
import type { PortChoice } from './ports.ts'

export interface OwnDashboard {
  readonly port: number
  /** A link that lets its first user in. */
  readonly url: string
  close(): Promise<void>
}

export interface OwnDashboardOptions {
  readonly home: Home
  readonly log: Log
  readonly port: PortChoice
  readonly version: string
}

const PREFIX = '/rollouts'

export async function ownDashboard(options: OwnDashboardOptions): Promise<OwnDashboard> {
  const { home, log, version } = options
  const doors = { clock: systemClock, random: systemRandom }
  const stop = new AbortController()
  const access = findAccess(home.kubeconfig)
  const connection = connect(access, systemClock)
  const client = createHttpClient({ ...doors, connection, userAgent: 'crossfade/dashboard' })
  const { server, kept } = await onPort(options.port, async port => {
    const found = keptSessions(home.path, port)
    const opened = await serveDashboard({
      ...doors,
      client,
      log: log.with({ component: 'dashboard' }),
      namespace: access.namespace,
      version: `v${version}`,
      prefix: PREFIX,
      port,
      sessions: found.sessions,
      files: pageFiles(),
      signal: stop.signal,
    })
    return { server: opened, kept: found }
  })
  const close = async () => {
    stop.abort()
    await server.close()
    connection.close()
  }
  try {
    kept.listensAt(server.port)
  } catch (error) {
    await close()
    throw homeProblem(home, error)
  }
  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}${PREFIX}/#${kept.sessions.newKey()}`,
    close,
  }
}
