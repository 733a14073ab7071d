// `dashboard` in this process: the server over the kubeconfig's Client, with what it keeps in the home; or what another
// process of the same user is to know of the one that runs.
import { connectWith } from '../cli/access.ts'
import { CommandError } from '../cli/command.ts'
import type { DashboardAsked } from '../cli/command.ts'
import { rootPrefix } from '../dashboard/paths.ts'
import { serveDashboard } from '../dashboard/server.ts'
import type { Dashboard } from '../dashboard/server.ts'
import type { Sessions } from '../dashboard/sessions.ts'
import { createLog } from '../doors/log.ts'
import { systemClock, systemRandom } from '../runtime/system.ts'
import { keptSessions, keptToken, offerKey } from './dashboard-home.ts'
import { homePath } from './home-path.ts'
import { pageFiles } from './page-files.ts'

interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly interrupted: AbortSignal
  told(line: string): void
}

export async function dashboard(asked: DashboardAsked, outside: Outside): Promise<void> {
  if (asked.what === 'serve') return serve(asked, outside)
  const home = homePath(outside.env)
  const token = keptToken(home, asked.port)
  if (token === undefined) {
    throw new CommandError(`no dashboard of yours has run on port ${asked.port}; \`dashboard\` starts one`)
  }
  outside.told(asked.what === 'token' ? token : urlOf(asked, asked.port, offerKey(home, asked.port)))
}

async function serve(asked: DashboardAsked, outside: Outside): Promise<void> {
  const kept = keptSessions(homePath(outside.env), asked.port)
  const server = await listen(asked, kept.sessions, outside)
  kept.listensAt(server.port)
  outside.told(`dashboard  ${urlOf(asked, server.port, kept.sessions.newKey())}`)
  outside.told('The link works once; `dashboard --url` prints another. Ctrl-C stops it.')
  await systemClock.sleepUntil(Infinity, outside.interrupted)
  await server.close()
}

async function listen(asked: DashboardAsked, sessions: Sessions, outside: Outside): Promise<Dashboard> {
  const { flags, port } = asked
  // Streams hold watches: those may not wait for each other's sockets.
  const withWatches = { ...flags, watch: true }
  const connection = connectWith({ flags: withWatches, clock: systemClock, userAgent: 'crossfade/dashboard' })
  try {
    return await serveDashboard({
      ...connection,
      clock: systemClock,
      random: systemRandom,
      log: createLog({ level: 'warn', format: 'text', write: line => process.stderr.write(line) }),
      version: `v${outside.version}`,
      prefix: rootPrefix(asked.rootPath),
      port,
      sessions,
      files: pageFiles(),
      signal: outside.interrupted,
    })
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken) throw error
    throw new CommandError(`port ${port} is in use; choose another with --port`)
  }
}

function urlOf({ rootPath }: DashboardAsked, port: number, key: string): string {
  return `http://127.0.0.1:${port}${rootPrefix(rootPath)}/#${key}`
}
