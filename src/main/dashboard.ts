// `dashboard` in this process: the server over the kubeconfig's Client, and its files in the home: what the token is
// and which sessions there are, as hashes, so that a restart signs nobody out; and the key that `--url` made.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { connectWith } from '../cli/access.ts'
import { CommandError } from '../cli/command.ts'
import type { DashboardAsked } from '../cli/command.ts'
import { writePrivate } from '../cluster/serve/private-file.ts'
import { rootPrefix } from '../dashboard/paths.ts'
import { serveDashboard } from '../dashboard/server.ts'
import type { Dashboard } from '../dashboard/server.ts'
import { createSessions, newOffer, newSecret } from '../dashboard/sessions.ts'
import type { KeptSession, Sessions } from '../dashboard/sessions.ts'
import { createLog } from '../doors/log.ts'
import { systemClock, systemRandom } from '../runtime/system.ts'
import { isJsonObject, parseJson } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import { homePath } from './home-path.ts'
import { pageFiles } from './page-files.ts'

interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly interrupted: AbortSignal
  told(line: string): void
}

export async function dashboard(asked: DashboardAsked, outside: Outside): Promise<void> {
  const files = filesOf(asked.port, outside)
  const kept = readKept(files.kept)
  if (asked.what === 'serve') return serve(asked, kept, outside)
  if (kept === undefined) {
    throw new CommandError(`no dashboard of yours has run on port ${asked.port}; \`dashboard\` starts one`)
  }
  if (asked.what === 'token') return outside.told(kept.token)
  const { key, offer } = newOffer(systemClock.now())
  writePrivate(files.offer, JSON.stringify(offer))
  outside.told(urlOf(asked, asked.port, key))
}

async function serve(asked: DashboardAsked, kept: Kept | undefined, outside: Outside): Promise<void> {
  const token = kept?.token ?? newSecret()
  let files = filesOf(asked.port, outside)
  const keep = (sessions: readonly KeptSession[]) =>
    writePrivate(files.kept, JSON.stringify({ token, sessions }))
  const sessions = createSessions({
    now: () => systemClock.now(),
    token,
    kept: kept?.sessions ?? [],
    keep,
    offered: () => sessionIn(readJson(files.offer)),
    takeOffer: () => rmSync(files.offer, { force: true }),
  })
  const server = await listen(asked, sessions, outside)
  files = filesOf(server.port, outside)
  mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  keep(kept?.sessions ?? [])
  outside.told(`dashboard  ${urlOf(asked, server.port, sessions.newKey())}`)
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

function filesOf(port: number, { env }: Outside) {
  const folder = join(homePath(env), 'dashboard')
  return { folder, kept: join(folder, `${port}.json`), offer: join(folder, `${port}.key.json`) }
}

interface Kept {
  readonly token: string
  readonly sessions: readonly KeptSession[]
}

/** Undefined: it is not there, or no file of ours; then everybody signs in anew. */
function readKept(path: string): Kept | undefined {
  const found = readJson(path)
  if (!isJsonObject(found) || typeof found['token'] !== 'string' || found['token'].length < 40)
    return undefined
  const sessions = Array.isArray(found['sessions']) ? (found['sessions'] as readonly Json[]) : []
  return { token: found['token'], sessions: sessions.flatMap(one => sessionIn(one) ?? []) }
}

function sessionIn(value: Json | undefined): KeptSession | undefined {
  if (!isJsonObject(value)) return undefined
  const { hash, expiresAt } = value
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || typeof expiresAt !== 'number')
    return undefined
  return { hash, expiresAt }
}

function readJson(path: string): Json | undefined {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
