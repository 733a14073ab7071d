// One request to the program's API server, with its kubeconfig's certificate and token.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { load } from 'js-yaml'

/** An answer's JSON, whatever it is: the scripts assert on what they read. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any

export interface ApiAnswer {
  readonly status: number
  readonly body: Loose
}

export interface Api {
  (method: string, path: string, body?: unknown): Promise<ApiAnswer>
  close(): void
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { token: string } }[]
}

/** How a kubeconfig of ours reaches its server. */
export interface Access {
  readonly server: string
  readonly authority: Buffer
  readonly token: string
}

export function accessIn(kubeconfig: string): Access {
  const config = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
  const { server, 'certificate-authority-data': authority } = config.clusters[0]!.cluster
  return { server, authority: Buffer.from(authority, 'base64'), token: config.users[0]!.user.token }
}

export function apiOf(kubeconfig: string): Api {
  const { server, authority, token } = accessIn(kubeconfig)
  const agent = new Agent({ keepAlive: true, ca: authority })
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const ask = (method: string, path: string, body?: unknown) =>
    new Promise<ApiAnswer>((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
      const outgoing = request(
        server + path,
        { method, agent, headers: { ...headers, 'content-type': type } },
        answer => {
          let text = ''
          answer.on('data', chunk => (text += chunk))
          answer.on('error', reject)
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text || '{}') }))
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return Object.assign(ask, { close: () => agent.destroy() })
}

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
}

/** Where the objects of its kind stand. */
export function collectionOf({ apiVersion, kind }: Manifest, namespace: string): string {
  const root = apiVersion.includes('/') ? '/apis' : '/api'
  const plural = kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`
  return `${root}/${apiVersion}/namespaces/${namespace}/${plural}`
}

/** Makes the objects one after the other; the namespace first, unless it is `default`. */
export async function apply(api: Api, manifests: readonly Manifest[], namespace = 'default'): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  if (namespace !== 'default') await api('POST', '/api/v1/namespaces', object)
  for (const manifest of manifests) {
    const { status, body } = await api('POST', collectionOf(manifest, namespace), manifest)
    assert.equal(status, 201, JSON.stringify(body))
  }
}
