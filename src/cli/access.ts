// kubectl's own flags made good: which kubeconfig, which server, who we are; and a Client over it.
import { readFileSync } from 'node:fs'
import type { Clock } from '../doors/clock.ts'
import { KubeError } from '../kube/errors.ts'
import type { Client } from '../runtime/network/client.ts'
import { connect, findAccess } from '../runtime/network/connection.ts'
import { createHttpClient } from '../runtime/network/http-client.ts'
import { KubeconfigError } from '../runtime/network/kubeconfig-error.ts'
import type { Access, Credentials, KubeconfigOverrides } from '../runtime/network/kubeconfig.ts'
import { systemRandom } from '../runtime/system.ts'
import { parseDuration } from '../std/duration.ts'
import { CommandError, isOn, textOf } from './command.ts'
import type { Connection, FlagValues } from './command.ts'

export interface AccessOptions {
  readonly flags: FlagValues
  readonly clock: Clock
  readonly userAgent: string
}

/** A handshake takes longer than a wait for one's turn; watches would never give it. */
const FEW_SOCKETS = 3

export function connectWith({ flags, clock, userAgent }: AccessOptions): Connection {
  const access = accessOf(flags)
  const client = createHttpClient({
    connection: connect(access, clock, isOn(flags, 'watch') ? undefined : FEW_SOCKETS),
    clock,
    random: systemRandom,
    userAgent,
  })
  const timeoutMs = requestTimeout(flags)
  return {
    client: timeoutMs === 0 ? client : withTimeout(client, timeoutMs, clock),
    namespace: access.namespace,
  }
}

function accessOf(flags: FlagValues): Access {
  try {
    return withCredentials(findAccess(textOf(flags, 'kubeconfig'), overridesOf(flags)), flags)
  } catch (error) {
    if (error instanceof KubeconfigError) throw new CommandError(error.message)
    throw error
  }
}

const OVERRIDES = ['context', 'cluster', 'user', 'server', 'token', 'namespace'] as const

function overridesOf(flags: FlagValues): KubeconfigOverrides {
  const texts = OVERRIDES.map(name => [name, textOf(flags, name)] as const).filter(
    ([, text]) => text !== undefined,
  )
  return {
    ...Object.fromEntries(texts),
    ...(isOn(flags, 'insecure-skip-tls-verify') ? { insecureSkipVerify: true } : {}),
  }
}

function withCredentials(access: Access, flags: FlagValues): Access {
  const authority = textOf(flags, 'certificate-authority')
  const serverName = textOf(flags, 'tls-server-name')
  return {
    ...access,
    ...(authority === undefined
      ? {}
      : { authority: { text: readFlagFile('certificate-authority', authority) } }),
    ...(serverName === undefined ? {} : { serverName }),
    credentials: { ...access.credentials, ...certificate(flags), ...impersonation(flags) },
  }
}

function certificate(flags: FlagValues): Credentials {
  const file = textOf(flags, 'client-certificate')
  const key = textOf(flags, 'client-key')
  return {
    ...(file === undefined ? {} : { certificate: { text: readFlagFile('client-certificate', file) } }),
    ...(key === undefined ? {} : { key: { text: readFlagFile('client-key', key) } }),
  }
}

function impersonation(flags: FlagValues): Credentials {
  const user = textOf(flags, 'as')
  const groups = (flags['as-group'] ?? []) as readonly string[]
  const uid = textOf(flags, 'as-uid')
  if (user !== undefined) return { impersonate: { user, groups, uid } }
  if (groups.length === 0 && uid === undefined) return {}
  throw new CommandError('--as-group and --as-uid need --as, the user to act as')
}

function readFlagFile(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CommandError(`cannot read --${flag}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** As kubectl takes it: a duration, or a number of seconds; 0 means no limit. */
function requestTimeout(flags: FlagValues): number {
  const text = textOf(flags, 'request-timeout') ?? '0'
  const parsed = parseDuration(/^\d+$/.test(text) ? `${text}s` : text)
  if (parsed !== undefined && parsed >= 0) return parsed
  throw new CommandError(
    `invalid argument ${JSON.stringify(text)} for "--request-timeout" flag: ` +
      'use a number of seconds or a duration such as 30s',
  )
}

function withTimeout(client: Client, timeoutMs: number, clock: Clock): Client {
  const limited = async <T>(answer: Promise<T>): Promise<T> => {
    const done = new AbortController()
    const late = clock.sleepUntil(clock.now() + timeoutMs, done.signal).then(() => {
      throw new KubeError('Timeout', `no answer within ${timeoutMs / 1000} s (--request-timeout)`)
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      late.catch(() => {})
      done.abort()
    }
  }
  return {
    ...client,
    get: ref => limited(client.get(ref)),
    list: (kind, selection, page) => limited(client.list(kind, selection, page)),
    write: write => limited(client.write(write)),
  }
}
