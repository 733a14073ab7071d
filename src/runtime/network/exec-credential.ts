// Credential plug-ins of a kubeconfig (`users[].user.exec`): run the program, read the ExecCredential that it
// prints, keep it until shortly before it expires. Its output is never logged, but for the last line of its complaint.
import { execFile } from 'node:child_process'
import type { Clock } from '../../doors/clock.ts'
import { isJsonObject, parseJson } from '../../std/json.ts'
import { printable } from '../../std/printable.ts'
import { parseInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { KubeconfigError, orKubeconfigError } from './kubeconfig-error.ts'
import type { ExecPlugin } from './kubeconfig.ts'

export interface ExecCredential {
  readonly token: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
  readonly expiresAt: Instant | undefined
}

const TIMEOUT_MS = 60_000
const MAX_OUTPUT_BYTES = 1024 * 1024
const SAID_BYTES = 400
const EARLY_MS = 30_000
/** A plug-in whose credentials last no time at all is not run for every request. */
const AT_MOST_EVERY_MS = 10_000

/** Gives the credential; draws a new one when it is about to expire or `refused` was called. */
export function createExecCredentials(plugin: ExecPlugin, clock: Clock) {
  let drawn: Promise<ExecCredential> | undefined
  let drawnAt = -Infinity
  let expiresAt = Infinity
  return {
    current(): Promise<ExecCredential> {
      const now = clock.now()
      const isOld = now > expiresAt - EARLY_MS && now > drawnAt + AT_MOST_EVERY_MS
      if (drawn === undefined || isOld) {
        drawnAt = now
        expiresAt = Infinity
        drawn = run(plugin)
        drawn.then(
          credential => (expiresAt = credential.expiresAt ?? Infinity),
          () => (drawn = undefined),
        )
      }
      return drawn
    },
    refused(): void {
      drawn = undefined
    },
  }
}

interface Failed extends Error {
  readonly code?: unknown
  readonly killed?: boolean
  readonly signal?: unknown
}

function run(plugin: ExecPlugin): Promise<ExecCredential> {
  const info = JSON.stringify({
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.cluster === undefined ? {} : { cluster: plugin.cluster }) },
  })
  const env = { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: info }
  const limits = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }
  return new Promise((resolve, reject) => {
    orKubeconfigError(`the credential plug-in ${plugin.command} cannot be started`, () =>
      execFile(plugin.command, [...plugin.args], { ...limits, env }, (error, stdout, stderr) => {
        if (error !== null) return reject(failure(plugin, error, stderr))
        const credential = credentialIn(stdout)
        if (credential === undefined)
          return reject(new KubeconfigError(`${plugin.command} printed no ExecCredential with a status`))
        resolve(credential)
      }),
    )
  })
}

/** With the last line of what it says to its user: there it tells what to do. */
function failure(plugin: ExecPlugin, error: Failed, stderr: string): KubeconfigError {
  if (error.code === 'ENOENT') {
    const hint = plugin.installHint === undefined ? '' : `\n${plugin.installHint}`
    return new KubeconfigError(`the credential plug-in ${plugin.command} is not installed${hint}`)
  }
  const said = printable(stderr.trim().split('\n').at(-1)?.trim() ?? '', SAID_BYTES)
  return new KubeconfigError(
    `the credential plug-in ${plugin.command} ${howItFailed(error)}${said === '' ? '' : `: ${said}`}`,
  )
}

function howItFailed({ code, killed, signal }: Failed): string {
  if (killed === true) return `did not answer within ${TIMEOUT_MS / 1000} s`
  if (typeof code === 'number') return `failed with status ${code}`
  return typeof code === 'string' ? `cannot be run (${code})` : `was ended by ${String(signal)}`
}

function credentialIn(output: string): ExecCredential | undefined {
  const parsed = parseJson(output)
  const status = isJsonObject(parsed) ? parsed['status'] : undefined
  if (!isJsonObject(status)) return undefined
  const text = (field: string) => {
    const value = status[field]
    return typeof value === 'string' ? value : undefined
  }
  return {
    token: text('token'),
    certificate: text('clientCertificateData'),
    key: text('clientKeyData'),
    expiresAt: parseInstant(text('expirationTimestamp') ?? ''),
  }
}
