// A kubeconfig's access turned into a Connection: reads rotated tokens and certificates again, runs
// credential plug-ins, and renews its connections when what they rest on has changed.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Clock } from '../../doors/clock.ts'
import { createHttp } from '../../doors/http.ts'
import type { ClosableHttp } from '../../doors/http.ts'
import { equal } from '../../std/equal.ts'
import { isWithin } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { createExecCredentials } from './exec-credential.ts'
import type { ExecCredential } from './exec-credential.ts'
import type { Connection } from './http-client.ts'
import { KubeconfigError, orKubeconfigError } from './kubeconfig-error.ts'
import { accessFrom, accessInCluster, namespaceInCluster } from './kubeconfig.ts'
import type { Access, Credentials, KubeconfigOverrides, Material } from './kubeconfig.ts'

/** Service account tokens are renewed every hour at most; kubelet writes the new one well before. */
const REREAD_MS = 60_000

/** `path` (a flag), else KUBECONFIG, else the pod's service account, else `~/.kube/config`. */
export function findAccess(
  path: string | undefined,
  overrides: KubeconfigOverrides = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): Access {
  if (path !== undefined) return accessFrom([path], readIfThere, overrides)
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter(one => one !== '')
  if (listed.length > 0) return accessFrom(listed, readIfThere, overrides)
  const inCluster = accessInCluster(env, readIfThere)
  if (inCluster !== undefined && overrides.context === undefined && overrides.server === undefined)
    return { ...inCluster, namespace: overrides.namespace ?? inCluster.namespace }
  return accessFrom([join(homedir(), '.kube', 'config')], readIfThere, overrides)
}

/** The namespace of the pod that we are in, if we are in one. */
export function podNamespace(): string | undefined {
  return namespaceInCluster(readIfThere)
}

/**
 * `maxSockets`: how many requests may be under way at once; each socket costs a handshake. Watches hold one
 * each.
 */
export function connect(access: Access, clock: Clock, maxSockets?: number): Connection & { close(): void } {
  const { credentials } = access
  const exec = credentials.exec === undefined ? undefined : createExecCredentials(credentials.exec, clock)
  const files = createRereader(clock)
  let tls: object | undefined
  let open: ClosableHttp | undefined

  return {
    server: access.server,
    async http() {
      const drawn = await exec?.current()
      const wanted = tlsOf(access, drawn, files.read)
      if (open === undefined || !equal(wanted, tls)) {
        open?.close()
        tls = wanted
        const limit = maxSockets === undefined ? {} : { maxSockets }
        open = orKubeconfigError('the certificates or the proxy of the kubeconfig cannot be used', () =>
          createHttp({ tls: wanted, proxyUrl: access.proxyUrl, ...limit }),
        )
      }
      return open.http
    },
    async headers() {
      return headersOf(credentials, await exec?.current(), files.read)
    },
    refused() {
      exec?.refused()
      files.forget()
    },
    close() {
      open?.close()
    },
  }
}

function tlsOf(
  { authority, serverName, insecureSkipVerify, credentials }: Access,
  drawn: ExecCredential | undefined,
  read: (material: Material) => string,
) {
  const { certificate, key } = credentials
  return {
    ca: authority === undefined ? undefined : read(authority),
    cert: drawn?.certificate ?? (certificate === undefined ? undefined : read(certificate)),
    key: drawn?.key ?? (key === undefined ? undefined : read(key)),
    serverName,
    insecureSkipVerify,
  }
}

function headersOf(
  { token, basic, impersonate }: Credentials,
  drawn: ExecCredential | undefined,
  read: (material: Material) => string,
): Record<string, string | readonly string[]> {
  const bearer = token === undefined ? drawn?.token : read(token).trim()
  const login = basic === undefined ? undefined : Buffer.from(`${basic.username}:${basic.password}`)
  const authorization =
    bearer === undefined ? login && `Basic ${login.toString('base64')}` : `Bearer ${bearer}`
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(impersonate === undefined ? {} : { 'impersonate-user': impersonate.user }),
    ...(impersonate?.uid === undefined ? {} : { 'impersonate-uid': impersonate.uid }),
    ...(impersonate === undefined || impersonate.groups.length === 0
      ? {}
      : { 'impersonate-group': impersonate.groups }),
  }
}

function createRereader(clock: Clock) {
  const kept = new Map<string, { text: string; readAt: Instant }>()
  return {
    read(material: Material): string {
      if ('text' in material) return material.text
      const known = kept.get(material.file)
      if (known !== undefined && isWithin(REREAD_MS, known.readAt, clock.now())) return known.text
      const text = orKubeconfigError('a file that the kubeconfig names cannot be read', () =>
        readFileSync(material.file, 'utf8'),
      )
      kept.set(material.file, { text, readAt: clock.now() })
      return text
    },
    forget: () => kept.clear(),
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw new KubeconfigError(`the kubeconfig cannot be read: ${(error as Error).message}`)
  }
}
