// A real API server over an in-memory store, with its certificates and kubeconfig in a folder of its own:
// what the tests of this room, and those with real clients, talk to.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pod } from '../../kube/core.ts'
import { SILENT } from '../../doors/silent-log.ts'
import { seededRandom } from '../../doors/random.ts'
import { systemClock } from '../../runtime/system.ts'
import { createResources, type RunningResources } from '../resources/pipeline.ts'
import { seed } from '../resources/seed.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { ensurePki } from './certificates.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import type { LogSource } from './pod-logs.ts'
import { type ApiServerOptions, type RunningApiServer, startApiServer } from './server.ts'

export interface TestedServer {
  readonly url: string
  readonly port: number
  readonly kubeconfig: string
  readonly folder: string
  readonly ca: string
  readonly token: string
  readonly resources: RunningResources
  /** One request as the kubeconfig's user; headers given here win. */
  ask(method: string, path: string, options?: AskOptions): Promise<Reply>
  close(): Promise<void>
}

export interface AskOptions {
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Uint8Array
}

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Every container of every pod has said these two lines, two and one seconds ago. */
const TWO_LINES: LogSource = {
  read({ pod, container, from, isPrevious }) {
    if (isPrevious) return undefined
    const { name } = (pod as Pod).metadata
    const now = systemClock.now()
    const lines = [
      { at: now - 2_000, text: `${name}/${container} starts` },
      { at: now - 1_000, text: `${name}/${container} listens` },
    ]
    return { lines: lines.slice(from), next: lines.length, isOver: true }
  },
}

export async function aServer(options: Partial<ApiServerOptions> = {}): Promise<TestedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'))
  const resources = createResources({
    store: createMemoryStore({ clock: systemClock }),
    clock: systemClock,
    random: seededRandom(1),
    nodeName: 'crossfade',
  })
  await seed(resources, { nodeName: 'crossfade', now: systemClock.now() })
  const pki = await ensurePki({ folder: join(folder, 'pki'), now: systemClock.now(), extraNames: [] })
  const token = 'a-token-for-tests'
  const server: RunningApiServer = await startApiServer({
    resources,
    pki,
    port: 0,
    token,
    log: SILENT,
    clock: systemClock,
    random: seededRandom(2),
    pods: TWO_LINES,
    ...options,
  })
  const kubeconfig = join(folder, 'kubeconfig')
  writeKubeconfig({ path: kubeconfig, server: server.url, caCertificate: pki.caCertificate, token })
  const tested = { url: server.url, port: server.port, kubeconfig, folder, ca: pki.caCertificate, token }
  return {
    ...tested,
    resources,
    ask: (method, path, more) => ask(tested, { method, path, ...more }),
    async close() {
      await server.close()
      resources.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ask(
  server: { readonly port: number; readonly ca: string; readonly token: string },
  { method, path, headers, body }: AskOptions & { readonly method: string; readonly path: string },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: server.port,
        ca: server.ca,
        method,
        path,
        agent: false,
        servername: 'localhost',
        headers: {
          authorization: `Bearer ${server.token}`,
          'user-agent': 'test',
          ...(body === undefined || headers?.['transfer-encoding'] !== undefined
            ? {}
            : { 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      answer => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
