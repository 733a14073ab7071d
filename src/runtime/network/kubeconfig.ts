// Where the API server is and who we are, from kubeconfig files as kubectl reads them, or from inside a pod.
// Pure of IO: files come in through `read`; connection.ts makes a Connection of the result.
import { dirname, isAbsolute, join } from 'node:path'
import { parseYaml } from '../../doors/yaml.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { printed, record } from '../../std/json-parts.ts'
import { KubeconfigError } from './kubeconfig-error.ts'

/** A text, or a file that holds it and may change (a rotated token). */
export type Material = { readonly text: string } | { readonly file: string }

export interface ExecPlugin {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint: string | undefined
  /** What `provideClusterInfo` hands to the plug-in. */
  readonly cluster: Json | undefined
}

export interface Credentials {
  readonly token?: Material
  readonly certificate?: Material
  readonly key?: Material
  readonly basic?: { readonly username: string; readonly password: string }
  readonly exec?: ExecPlugin
  readonly impersonate?: {
    readonly user: string
    readonly groups: readonly string[]
    readonly uid: string | undefined
  }
}

export interface Access {
  readonly server: string
  readonly authority?: Material
  readonly serverName?: string
  readonly insecureSkipVerify: boolean
  readonly proxyUrl?: string
  readonly credentials: Credentials
  readonly namespace: string
  readonly context: string | undefined
}

export interface KubeconfigOverrides {
  readonly context?: string
  readonly cluster?: string
  readonly user?: string
  readonly server?: string
  readonly token?: string
  readonly namespace?: string
  readonly insecureSkipVerify?: boolean
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

interface Files {
  /** Later files fill in what earlier ones lack. */
  readonly clusters: ReadonlyMap<string, Part>
  readonly users: ReadonlyMap<string, Part>
  readonly contexts: ReadonlyMap<string, Part>
  readonly currentContext: string | undefined
}

/** A part of a file, and the folder that its relative paths start from. */
interface Part {
  readonly fields: JsonObject
  readonly folder: string
}

/** Reads the files of a KUBECONFIG list; `read` gives undefined for one that is not there. */
export function accessFrom(
  paths: readonly string[],
  read: (path: string) => string | undefined,
  overrides: KubeconfigOverrides = {},
): Access {
  const texts = paths.map(path => ({ path, text: read(path) }))
  const isMissing = texts.every(({ text }) => text === undefined)
  if (isMissing && overrides.server === undefined)
    throw new KubeconfigError(`there is no kubeconfig at ${paths.join(', ')}; set KUBECONFIG`)
  const files = merged(texts)
  const { context, contextName, cluster, clusterName, user } = chosen(files, paths, overrides)
  const server = overrides.server ?? textIn(cluster?.fields, 'server')
  if (server === undefined) throw new KubeconfigError(noServer(paths, clusterName))
  return {
    server: server.replace(/\/+$/, ''),
    ...tlsOf(cluster, overrides),
    credentials: credentialsOf(user, cluster, overrides),
    namespace: overrides.namespace ?? textIn(context, 'namespace') ?? 'default',
    context: contextName,
  }
}

interface Chosen {
  readonly context: JsonObject | undefined
  readonly contextName: string | undefined
  readonly cluster: Part | undefined
  readonly clusterName: string | undefined
  readonly user: Part | undefined
}

/** The context that is asked for or current; its cluster and user where no others are asked for. */
function chosen(files: Files, paths: readonly string[], overrides: KubeconfigOverrides): Chosen {
  const contextName = overrides.context ?? files.currentContext
  const context = partOf(files.contexts, contextName)?.fields
  if (contextName !== undefined && context === undefined && overrides.server === undefined)
    throw new KubeconfigError(`no context is called ${contextName} in ${paths.join(', ')}`)
  const clusterName = overrides.cluster ?? textIn(context, 'cluster')
  const user = partOf(files.users, overrides.user ?? textIn(context, 'user'))
  return { context, contextName, cluster: partOf(files.clusters, clusterName), clusterName, user }
}

function partOf(parts: ReadonlyMap<string, Part>, name: string | undefined): Part | undefined {
  return name === undefined ? undefined : parts.get(name)
}

/** Inside a pod: the service account that Kubernetes mounts. Undefined when we are not in one. */
export function accessInCluster(
  env: Readonly<Record<string, string | undefined>>,
  read: (path: string) => string | undefined,
): Access | undefined {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT']
  const folder = SERVICE_ACCOUNT
  if (!host || !port || read(`${folder}/token`) === undefined) return undefined
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    authority: { file: `${folder}/ca.crt` },
    insecureSkipVerify: false,
    credentials: { token: { file: `${folder}/token` } },
    namespace: namespaceInCluster(read) ?? 'default',
    context: undefined,
  }
}

/** The service account's, which is the pod's. */
export function namespaceInCluster(read: (path: string) => string | undefined): string | undefined {
  return read(`${SERVICE_ACCOUNT}/namespace`)?.trim() || undefined
}

function noServer(paths: readonly string[], cluster: string | undefined): string {
  if (cluster !== undefined) return `cluster ${cluster} in ${paths.join(', ')} names no server`
  return `${paths.join(', ')} names no cluster; set KUBECONFIG, or a current-context in it`
}

function merged(files: readonly { path: string; text: string | undefined }[]): Files {
  const all = { clusters: new Map(), users: new Map(), contexts: new Map() }
  let currentContext: string | undefined
  for (const { path, text } of files) {
    if (text === undefined) continue
    const document = documentOf(path, text)
    const folder = dirname(path)
    gather(all.clusters, document['clusters'], { field: 'cluster', folder })
    gather(all.users, document['users'], { field: 'user', folder })
    gather(all.contexts, document['contexts'], { field: 'context', folder })
    currentContext ??= textIn(document, 'current-context')
  }
  return { ...all, currentContext }
}

function documentOf(path: string, text: string): JsonObject {
  try {
    const [document] = parseYaml(text)
    if (document === undefined) return {}
    if (isJsonObject(document)) return document
  } catch (error) {
    throw new KubeconfigError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  throw new KubeconfigError(`${path} is not a kubeconfig: it holds no fields`)
}

function gather(
  into: Map<string, Part>,
  list: Json | undefined,
  from: { field: string; folder: string },
): void {
  for (const entry of Array.isArray(list) ? (list as readonly Json[]) : []) {
    if (!isJsonObject(entry)) continue
    const name = textIn(entry, 'name')
    const fields = entry[from.field]
    if (name === undefined || into.has(name)) continue
    into.set(name, { fields: record(fields), folder: from.folder })
  }
}

function tlsOf(cluster: Part | undefined, overrides: KubeconfigOverrides) {
  const authority = materialOf(cluster, 'certificate-authority')
  const serverName = textIn(cluster?.fields, 'tls-server-name')
  const proxyUrl = textIn(cluster?.fields, 'proxy-url')
  if (proxyUrl !== undefined && !/^https?:/.test(proxyUrl))
    throw new KubeconfigError(
      `proxy-url ${schemeOf(proxyUrl)}: only http:// and https:// proxies are supported`,
    )
  return {
    ...(authority === undefined ? {} : { authority }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    insecureSkipVerify: overrides.insecureSkipVerify ?? cluster?.fields['insecure-skip-tls-verify'] === true,
  }
}

/** What of a proxy's address can be shown: it may hold a password. */
function schemeOf(url: string): string {
  return /^[a-z0-9+.-]+:/i.exec(url)?.[0] ?? 'without a scheme'
}

/** As kubectl: the text in the file wins over the file that it names, and a token over all else. */
function credentialsOf(
  user: Part | undefined,
  cluster: Part | undefined,
  overrides: KubeconfigOverrides,
): Credentials {
  if (overrides.token !== undefined) return { token: { text: overrides.token } }
  if (user === undefined) return {}
  const { fields, folder } = user
  const token = tokenOf(user)
  const certificate = materialOf(user, 'client-certificate')
  const key = materialOf(user, 'client-key')
  const username = textIn(fields, 'username')
  const exec = isJsonObject(fields['exec']) ? execOf(fields['exec'], folder, cluster) : undefined
  const who = textIn(fields, 'as')
  return {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(username === undefined ? {} : { basic: { username, password: textIn(fields, 'password') ?? '' } }),
    ...(exec === undefined ? {} : { exec }),
    ...(who === undefined
      ? {}
      : { impersonate: { user: who, groups: textsIn(fields, 'as-groups'), uid: textIn(fields, 'as-uid') } }),
  }
}

function tokenOf({ fields, folder }: Part): Material | undefined {
  const file = textIn(fields, 'tokenFile')
  if (file !== undefined) return { file: within(folder, file) }
  const text = textIn(fields, 'token')
  return text === undefined ? undefined : { text }
}

function execOf(exec: JsonObject, folder: string, cluster: Part | undefined): ExecPlugin {
  const command = textIn(exec, 'command')
  if (command === undefined) throw new KubeconfigError('an exec plug-in of the kubeconfig has no command')
  const env = Array.isArray(exec['env']) ? (exec['env'] as readonly Json[]).filter(isJsonObject) : []
  return {
    apiVersion: textIn(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    // A path is relative to the file, a bare name is looked up in PATH.
    command: command.includes('/') ? within(folder, command) : command,
    args: textsIn(exec, 'args'),
    env: Object.fromEntries(env.map(one => [printed(one['name']), printed(one['value'] ?? '')])),
    installHint: textIn(exec, 'installHint'),
    cluster: exec['provideClusterInfo'] === true ? cluster?.fields : undefined,
  }
}

function materialOf(part: Part | undefined, field: string): Material | undefined {
  const data = textIn(part?.fields, `${field}-data`)
  if (data !== undefined) return { text: Buffer.from(data, 'base64').toString('utf8') }
  const file = textIn(part?.fields, field)
  return file === undefined || part === undefined ? undefined : { file: within(part.folder, file) }
}

function within(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

function textIn(object: JsonObject | undefined, field: string): string | undefined {
  const value = object?.[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function textsIn(object: JsonObject, field: string): readonly string[] {
  const value = object[field]
  return Array.isArray(value) ? value.map(printed) : []
}
