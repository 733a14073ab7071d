// The recorded requests to the dashboard of Argo Rollouts, played against ours over real sockets: the objects are
// rebuilt from what was answered there, so ours must say the same of them.
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { serveDashboard } from '../../src/dashboard/server.ts'
import { rootPrefix } from '../../src/dashboard/paths.ts'
import { createSessions } from '../../src/dashboard/sessions.ts'
import { seededRandom } from '../../src/doors/random.ts'
import { SILENT } from '../../src/doors/silent-log.ts'
import { KubeError } from '../../src/kube/errors.ts'
import { ANALYSIS_RUN, EXPERIMENT, POD, REPLICA_SET, ROLLOUT } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { modelCluster } from '../../src/runtime/network/model-cluster.suite.ts'
import { systemClock } from '../../src/runtime/system.ts'
import { storedFrom } from './dashboard-objects.ts'
import type { RecordedInfo } from './dashboard-objects.ts'
import { ON_PURPOSE_DASHBOARD } from './on-purpose-dashboard.ts'

type Rollout = KubeObject & {
  spec: { restartAt?: string; template: { spec: { containers: { image: string }[] } } }
  status: Record<string, unknown>
}

interface Entry {
  readonly n: number
  readonly about: string
  readonly server: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers?: Record<string, string>
    readonly body?: string
  }
  readonly status?: number | null
  readonly headers?: Record<string, string> | readonly string[]
  readonly json?: Record<string, unknown>
  readonly text?: string
  readonly text_lines?: readonly string[]
  readonly status_line?: string
  readonly rollout_afterwards?: { images: readonly string[]; status: Record<string, unknown> }
}

const { entries } = JSON.parse(
  readFileSync(new URL('dashboard-api.json', import.meta.url), 'utf8'),
) as { entries: readonly Entry[] }

const TOKEN = 'token-of-this-test'
const KINDS = [ROLLOUT, REPLICA_SET, POD, EXPERIMENT, ANALYSIS_RUN]
const stop = new AbortController()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  stop.abort()
  await Promise.all(closing.map(close => close()))
})

type Cluster = ReturnType<typeof modelCluster>

/** The model's objects behind the words of a real API server. */
function clientOf(cluster: Cluster): Client {
  const named = async <T>(answer: Promise<T>, name: string): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== 'NotFound') throw error
      const message = `rollouts.argoproj.io "${name}" not found`
      throw new KubeError('NotFound', message, { status: 404 })
    }
  }
  return {
    ...cluster.client,
    get: ref => named(cluster.client.get(ref), ref.name),
    write: write => named(cluster.client.write(write), 'target' in write ? write.target.name : ''),
  }
}

async function serverFor(entry: Entry, cluster: Cluster): Promise<number> {
  const words = entry.server.split(' ')
  const rootPath = words.includes('--root-path') ? (words[words.indexOf('--root-path') + 1] ?? '') : 'rollouts'
  const dashboard = await serveDashboard({
    client: clientOf(cluster),
    clock: systemClock,
    random: seededRandom(1),
    log: SILENT,
    namespace: words.includes('-n') ? (words[words.indexOf('-n') + 1] ?? '') : 'default',
    version: 'v99.99.99+unknown',
    prefix: rootPrefix(rootPath),
    port: 0,
    files: {},
    sessions: createSessions({
      now: () => 0,
      token: TOKEN,
      kept: [],
      keep: () => {},
      offered: () => undefined,
      takeOffer: () => {},
    }),
    signal: stop.signal,
  })
  closing.push(() => dashboard.close())
  return dashboard.port
}

function ask(port: number, { method, path, headers, body }: Entry['request']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const authorization = `Bearer ${TOKEN}`
    const sent = httpRequest({ port, host: '127.0.0.1', method, path, headers: { ...headers, authorization } })
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of answer.setEncoding('utf8') as AsyncIterable<string>) text += part
  return text
}

/** `resourceVersion` is the server's own; a time that we made is a time; what no name tells apart has no uid. */
function normal(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/"resourceVersion":"[^"]*"/g, '"resourceVersion":"<resourceVersion>"')
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:]+Z"/g, '"<time>"')
    .replaceAll(/"uid":"[^"]*"/g, '"uid":"<uid>"')
  return JSON.parse(text)
}

const infoOf = (entry: Entry) => entry.json as unknown as RecordedInfo

/** What was there when the request came. */
function fill(cluster: Cluster, entry: Entry): void {
  const put = (info: RecordedInfo) => {
    for (const { kind, object } of storedFrom(info)) cluster.put(kind, object)
  }
  if (entry.rollout_afterwards !== undefined && entry.json?.['metadata'] === undefined) return fillForImages(cluster)
  if (entry.json?.['metadata'] !== undefined) cluster.put(ROLLOUT, before(entry))
  else if (Array.isArray(entry.json?.['rollouts'])) entry.json['rollouts'].forEach(put)
  else if (entry.json?.['objectMeta'] !== undefined) put(infoOf(entry))
  else if (entry.json?.['availableNamespaces'] === undefined) fillForImages(cluster)
  for (const [i, namespace] of namespacesOf(entry).entries()) {
    const metadata = { name: `r${i}`, namespace }
    cluster.put(ROLLOUT, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: {} } as KubeObject)
  }
}

/** Words in brackets stand for what else that machine held. */
function namespacesOf({ json }: Entry): string[] {
  return ((json?.['availableNamespaces'] ?? []) as string[]).filter(one => !one.startsWith('<'))
}

function wantedJson(entry: Entry): unknown {
  if (entry.json?.['availableNamespaces'] === undefined) return entry.json
  const { availableNamespaces: _, ...rest } = entry.json
  const found = namespacesOf(entry)
  return found.length === 0 ? rest : { ...rest, availableNamespaces: found }
}

/** The rollout before the act that it was the answer to. */
function before(entry: Entry): Rollout {
  const rollout = structuredClone(entry.json) as unknown as Rollout
  Object.assign(rollout, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })
  const act = entry.request.path.replace(/\?.*/, '').split('/').at(-1)
  if (act === 'restart') {
    delete rollout.spec.restartAt
    Object.assign(rollout.metadata, { generation: (rollout.metadata.generation ?? 0) - 1 })
  }
  if (act === 'retry') rollout.status['abort'] = true
  if (act === 'abort') delete rollout.status['abort']
  const index = rollout.status['currentStepIndex']
  const isFull = /"full":\s*true/.test(entry.request.body ?? '')
  if (act === 'promote' && !isFull && typeof index === 'number') rollout.status['currentStepIndex'] = index - 1
  if (act === 'promote' && rollout.status['controllerPause'] === true) {
    rollout.status['pauseConditions'] = [{ reason: 'BlueGreenPause', startTime: '<time>' }]
  }
  return rollout
}

/** `dove` with the ReplicaSets of three revisions, as it was before images were set and taken back. */
function fillForImages(cluster: Cluster): void {
  const dove = entries.find(one => one.n === 6) as Entry
  for (const { kind, object } of storedFrom(infoOf(dove))) {
    cluster.put(kind, kind === REPLICA_SET ? withNames(object as Rollout) : object)
  }
}

function withNames(set: Rollout): Rollout {
  const [wing, tail] = set.spec.template.spec.containers
  const containers = [
    { ...wing, name: 'wing' },
    { ...tail, name: 'tail' },
  ]
  return { ...set, spec: { ...set.spec, template: { ...set.spec.template, spec: { containers } } } } as Rollout
}

const exceptions = new Set(ON_PURPOSE_DASHBOARD.flatMap(({ n }) => n))
const isStream = (entry: Entry) => entry.text_lines !== undefined

describe('the recorded requests to the dashboard', () => {
  test.each(
    entries.filter(one => !isStream(one) && !exceptions.has(one.n)).map(one => [`${one.n} ${one.about}`, one] as const),
  )('%s: ours answers the same', async (_, entry) => {
    const cluster = modelCluster(KINDS)
    fill(cluster, entry)
    const answer = await ask(await serverFor(entry, cluster), entry.request)
    const text = await textOf(answer)
    expect(answer.statusCode).toBe(entry.status)
    const headers = entry.headers as Record<string, string>
    for (const name of ['content-type', 'location']) expect(answer.headers[name]).toBe(headers[name])
    if (entry.json !== undefined && entry.json !== null) {
      expect(normal(shown(JSON.parse(text) as Record<string, unknown>))).toEqual(normal(wantedJson(entry)))
    } else expect(text).toBe(entry.text ?? '')
  })

  test.each(
    entries.filter(one => [82, 83, 84, 85, 89, 90, 91].includes(one.n)).map(one => [one.about, one] as const),
  )('%s: it acts as there, and answers', async (_, entry) => {
    const cluster = modelCluster(KINDS)
    fillForImages(cluster)
    if (entry.request.path.includes('/undo/')) {
      const [rollout] = cluster.list(ROLLOUT) as Rollout[]
      // Whatever it was: the revision that is asked for differs from it.
      cluster.put(ROLLOUT, withImage(rollout as Rollout, 'dove:9'))
    }
    const answer = await ask(await serverFor(entry, cluster), entry.request)
    expect(answer.statusCode).toBe(200)
    const { spec } = JSON.parse(await textOf(answer)) as Rollout
    const images = spec.template.spec.containers.map(one => one.image)
    // The revision before the newest is, of these two, the first.
    const wanted = entry.request.path.endsWith('/undo/0') ? ['dove:1', images[1]] : entry.rollout_afterwards?.images
    expect(images).toEqual(wanted)
  })

  test.each(
    entries
      .filter(one => isStream(one) && one.text_lines?.[0] !== '')
      .map(one => [`${one.n} ${one.about}`, one] as const),
  )('%s: ours begins with the same, in the same frame', async (_, entry) => {
    const cluster = modelCluster(KINDS)
    const recorded = messagesOf(entry)
    const first = firstOfEach(recorded, entry)
    for (const info of first.values()) for (const { kind, object } of storedFrom(info)) cluster.put(kind, object)
    const answer = await ask(await serverFor(entry, cluster), entry.request)
    const end = entry.request.headers?.['Accept'] === 'text/event-stream' ? ' \n\n\n' : '\n'
    const messages = await readMessages(answer, end, first.size)
    const start = end === '\n' ? '' : 'data: '
    for (const message of messages) expect(message.startsWith(`${start}{"result":`)).toBe(true)
    const said = messages.map(one => normal(JSON.parse(one.slice(start.length))) as object)
    const wanted = recorded.slice(0, first.size).map(normal)
    expect(said).toEqual(wanted)
  })

  test.each([
    [26, 501],
    [33, 403],
    [50, 404],
    [51, 404],
    [54, 200],
    [88, 400],
  ])('%i: ours answers otherwise, on purpose', async (n, wanted) => {
    const entry = entries.find(one => one.n === n) as Entry
    const cluster = modelCluster(KINDS)
    fillForImages(cluster)
    const answer = await ask(await serverFor(entry, cluster), entry.request)
    answer.destroy()
    expect(answer.statusCode).toBe(wanted)
  })

  test.each(
    entries
      .filter(one => [35, 36, 37, 38, 39, 44, 98, 99, 100, 102, 106, 110].includes(one.n))
      .map(one => [`${one.n} ${one.about}`, one] as const),
  )('%s: ours is a page there, too', async (_, entry) => {
    const answer = await ask(await serverFor(entry, modelCluster(KINDS)), entry.request)
    answer.destroy()
    const { 'content-type': type } = entry.headers as Record<string, string>
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([entry.status, type])
  })

  test('each difference names requests that are recorded', () => {
    const known = new Set(entries.map(one => one.n))
    expect([...exceptions].filter(n => !known.has(n))).toEqual([])
  })
})

/** Go leaves a false, an empty list and `apiVersion` and `kind` of its own types out. */
function shown(json: Record<string, unknown>): Record<string, unknown> {
  if (json['metadata'] === undefined) return json
  const { apiVersion: _, kind: __, status, ...rest } = json
  const filled = Object.entries(status as object).filter(([, value]) => value !== false)
  return { ...rest, status: Object.fromEntries(filled) }
}

function withImage(rollout: Rollout, image: string): Rollout {
  const { template } = rollout.spec
  const containers = template.spec.containers.map((one, i) => (i === 0 ? { ...one, image } : one))
  return { ...rollout, spec: { ...rollout.spec, template: { ...template, spec: { ...template.spec, containers } } } }
}

function messagesOf(entry: Entry): Record<string, unknown>[] {
  return (entry.text_lines ?? [])
    .map(line => line.replace(/^data: /, '').trim())
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

/** By name, what was there when the stream began: what came after seconds was not. */
function firstOfEach(messages: readonly Record<string, unknown>[], entry: Entry): Map<string, RecordedInfo> {
  if (entry.request.path.includes('?fields=')) {
    return new Map([['wren', infoOf(entries.find(one => one.n === 8) as Entry)]])
  }
  const first = new Map<string, RecordedInfo>()
  for (const { result } of messages) {
    const update = result as RecordedInfo & { rolloutInfo?: RecordedInfo }
    const info = update.rolloutInfo ?? update
    const isLater = info.objectMeta.name === 'swift' && info.objectMeta.namespace === 'oracle3-dash'
    if (!first.has(info.objectMeta.name) && !isLater) first.set(info.objectMeta.name, info)
  }
  return first
}

async function readMessages(answer: IncomingMessage, end: string, count: number): Promise<string[]> {
  let text = ''
  for await (const part of answer.setEncoding('utf8') as AsyncIterable<string>) {
    text += part
    if (text.split(end).length > count) break
  }
  return text.split(end).slice(0, count)
}
