// Who is let in to the dashboard, and what a stream says: over real sockets, as browsers, pages of elsewhere and
// scripts would ask.
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { cookieName, withoutDashboardCookies } from '../doors/dashboard-cookie.ts'
import { seededRandom } from '../doors/random.ts'
import { SILENT } from '../doors/silent-log.ts'
import { ANALYSIS_RUN, EXPERIMENT, POD, REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import type { KubeObject } from '../kube/object.ts'
import { modelCluster } from '../runtime/network/model-cluster.suite.ts'
import { systemClock } from '../runtime/system.ts'
import { serveDashboard } from './server.ts'
import { createSessions, newOffer } from './sessions.ts'
import type { KeptSession } from './sessions.ts'

const TOKEN = 'token-for-scripts'
const INFO = '/rollouts/api/v1/rollouts/shop/demo/info'
const ABORT = '/rollouts/api/v1/rollouts/shop/demo/abort'
const stop = new AbortController()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  stop.abort()
  await Promise.all(closing.map(close => close()))
})

function aRollout(name: string, message = 'all is well', note = '<script>alert(1)</script>'): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'shop', labels: { note } },
    spec: { strategy: { canary: {} } },
    status: { phase: 'Healthy', message },
  } as KubeObject
}

/** What the home holds, so that another server can be started over it. */
interface Home {
  sessions: readonly KeptSession[]
  offer: KeptSession | undefined
}

async function started(home: Home = { sessions: [], offer: undefined }) {
  const cluster = modelCluster([ROLLOUT, REPLICA_SET, POD, EXPERIMENT, ANALYSIS_RUN])
  cluster.put(ROLLOUT, aRollout('demo'))
  const sessions = createSessions({
    now: () => 0,
    token: TOKEN,
    kept: home.sessions,
    keep: kept => void (home.sessions = kept),
    offered: () => home.offer,
    takeOffer: () => void (home.offer = undefined),
  })
  const server = await serveDashboard({
    client: cluster.client,
    clock: systemClock,
    random: seededRandom(1),
    log: SILENT,
    namespace: 'shop',
    version: 'v1',
    prefix: '/rollouts',
    port: 0,
    sessions,
    files: {},
    signal: stop.signal,
  })
  closing.push(() => server.close())
  return { cluster, sessions, port: server.port, origin: `http://127.0.0.1:${server.port}` }
}

interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

function ask(port: number, { method = 'GET', path, headers = {}, body }: Asked): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers })
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

async function status(port: number, asked: Asked): Promise<number | undefined> {
  const answer = await ask(port, asked)
  answer.destroy()
  return answer.statusCode
}

/** The cookie that a key is exchanged for. */
async function enter(port: number, origin: string, key: string): Promise<string | undefined> {
  const path = '/rollouts/crossfade/session'
  const answer = await ask(port, { method: 'POST', path, headers: { origin }, body: key })
  answer.resume()
  return answer.headers['set-cookie']?.[0]?.split(';')[0]
}

async function signedIn(home?: Home) {
  const server = await started(home)
  const cookie = (await enter(server.port, server.origin, server.sessions.newKey())) ?? ''
  return { ...server, cookie, headers: { cookie, origin: server.origin } }
}

describe('the key of the link', () => {
  test('is exchanged once for a session in a cookie whose name carries the port', async () => {
    const { port, origin, sessions } = await started()
    const key = sessions.newKey()
    const cookie = await enter(port, origin, key)
    expect(cookie).toContain(`${cookieName(port)}=`)
    expect(await status(port, { path: INFO, headers: { cookie: cookie ?? '', origin } })).toBe(200)
    expect(await enter(port, origin, key), 'used twice').toBeUndefined()
    expect(await enter(port, origin, 'guessed')).toBeUndefined()
  })

  test('is not used up by whoever fetches the page before', async () => {
    const { port, origin, sessions } = await started()
    const key = sessions.newKey()
    expect(await status(port, { path: '/rollouts/', headers: { 'sec-purpose': 'prefetch' } })).toBe(200)
    expect(await status(port, { path: `/rollouts/?${key}` })).toBe(200)
    expect(await enter(port, origin, key)).toBeDefined()
  })

  test('is of no use to the page of another origin', async () => {
    const { port, origin, sessions } = await started()
    const key = sessions.newKey()
    expect(await enter(port, 'http://evil.example', key)).toBeUndefined()
    expect(await enter(port, `http://127.0.0.1:${port + 1}`, key), 'a pod behind the gateway').toBeUndefined()
    expect(await enter(port, origin, key)).toBeDefined()
  })

  test('may be made by another process, and is taken once', async () => {
    const { key, offer } = newOffer(0)
    const home: Home = { sessions: [], offer }
    const { port, origin } = await started(home)
    expect(await enter(port, origin, key)).toBeDefined()
    expect(home.offer).toBeUndefined()
    expect(await enter(port, origin, key)).toBeUndefined()
  })
})

describe('a session', () => {
  test('survives a restart of the server, and only its hash is kept', async () => {
    const home: Home = { sessions: [], offer: undefined }
    const { cookie } = await signedIn(home)
    expect(JSON.stringify(home)).not.toContain(cookie.split('=')[1])
    const { port, origin } = await started(home)
    const renamed = `${cookieName(port)}=${cookie.split('=')[1] ?? ''}`
    expect(await status(port, { path: INFO, headers: { cookie: renamed, origin } })).toBe(200)
  })

  test.each([
    ['nothing that says where it comes from', {}],
    ['the page of another site', { origin: 'http://evil.example' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['the same site only', { 'sec-fetch-site': 'same-site' }],
    ['a link of elsewhere', { 'sec-fetch-site': 'cross-site' }],
  ])('reads and acts for nobody else: %s', async (_, headers) => {
    const { port, cookie } = await signedIn()
    const all = { ...headers, cookie } as Record<string, string>
    expect(await status(port, { path: INFO, headers: all })).toBe(403)
    expect(await status(port, { path: `${INFO}/watch`, headers: all })).toBe(403)
    expect(await status(port, { path: '/rollouts/crossfade/stream', headers: all })).toBe(403)
    expect(await status(port, { method: 'PUT', path: ABORT, headers: all })).toBe(403)
  })

  test('reads when the browser says that our own page asks', async () => {
    const { port, cookie } = await signedIn()
    expect(await status(port, { path: INFO, headers: { cookie, 'sec-fetch-site': 'same-origin' } })).toBe(200)
  })

  test('is not in what the gateway forwards to a pod', () => {
    const mine = `${cookieName(3100)}=secret`
    expect(withoutDashboardCookies(`a=1; ${mine}; b=2`)).toBe('a=1; b=2')
    expect(withoutDashboardCookies(mine)).toBeUndefined()
    expect(withoutDashboardCookies('a=1')).toBe('a=1')
  })
})

describe('whoever is not signed in', () => {
  test.each([INFO, '/rollouts/api/v1/version', '/rollouts/api/v1/none', '/rollouts/crossfade/stream'])(
    'gets nothing of %s',
    async path => {
      const { port, origin } = await started()
      expect(await status(port, { path })).toBe(401)
      expect(await status(port, { path, headers: { origin } })).toBe(401)
      expect(await status(port, { path, headers: { authorization: 'Bearer wrong' } })).toBe(401)
    },
  )

  test('may send the token, unless a foreign page makes it', async () => {
    const { port } = await started()
    const authorization = `Bearer ${TOKEN}`
    expect(await status(port, { path: INFO, headers: { authorization } })).toBe(200)
    expect(
      await status(port, { path: INFO, headers: { authorization, origin: 'http://evil.example' } }),
    ).toBe(403)
  })
})

describe('the server', () => {
  test('answers to no name that was pointed at it', async () => {
    const { port, headers } = await signedIn()
    for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port + 1}`]) {
      expect(await status(port, { path: INFO, headers: { ...headers, host } }), host).toBe(403)
      expect(await status(port, { path: '/rollouts/', headers: { host } }), host).toBe(403)
    }
  })

  test('lets its page run no script but its own, and no other site read it or frame it', async () => {
    const { port } = await started()
    const answer = await ask(port, { path: '/rollouts/' })
    answer.resume()
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control'))).toEqual([])
  })

  test('reads no more than 64 KiB of a body', async () => {
    const { port, headers } = await signedIn()
    expect(await status(port, { method: 'PUT', path: ABORT, headers, body: ' '.repeat(65_537) })).toBe(413)
  })
})

/** Reads a stream event by event. */
function events(answer: IncomingMessage): () => Promise<string> {
  let text = ''
  const parts = (answer.setEncoding('utf8') as AsyncIterable<string>)[Symbol.asyncIterator]()
  return async () => {
    while (!text.includes('\n\n')) {
      const { value, done } = await parts.next()
      if (done === true) return 'ended'
      text += value
    }
    const end = text.indexOf('\n\n')
    const event = text.slice(0, end)
    text = text.slice(end + 2)
    return event
  }
}

const LIST = '/rollouts/crossfade/stream?topic=list:'

const toldIn = (event: string) =>
  JSON.parse(event.slice(event.indexOf('data: ') + 6)) as { readonly topic: string; readonly data: unknown }
const dataOf = (event: string): unknown => toldIn(event).data

describe('the stream of our page', () => {
  test('tells one rollout whole, and null where there is none', async () => {
    const { port, cluster, headers } = await signedIn()
    const next = events(
      await ask(port, { path: `${LIST}&topic=rollout:shop/demo&topic=rollout:shop/none`, headers }),
    )
    const told = [await next(), await next(), await next()].map(toldIn)
    const of = (topic: string) => told.find(one => one.topic === topic)?.data
    expect(of('rollout:shop/none')).toBeNull()
    expect(of('rollout:shop/demo')).toMatchObject({
      name: 'demo',
      phase: 'Healthy',
      plan: [],
      runs: {},
      events: [],
    })
    cluster.remove({ kind: ROLLOUT, namespace: 'shop', name: 'demo' })
    const after = [await next(), await next()].map(toldIn)
    expect(after).toContainEqual({ topic: 'rollout:shop/demo', data: null })
  })

  test.each([
    ['no topic', '', 400],
    ['too many topics', `?${Array.from({ length: 33 }, (_, i) => `topic=list:n${i}`).join('&')}`, 400],
    ['a topic of another kind', '?topic=secrets:shop', 400],
  ])('%s is refused', async (_, query, code) => {
    const { port, headers } = await signedIn()
    expect(await status(port, { path: `/rollouts/crossfade/stream${query}`, headers })).toBe(code)
  })

  test('begins with all there is, and goes on with the fields that change', async () => {
    const { port, cluster, headers } = await signedIn()
    const next = events(await ask(port, { path: LIST, headers }))
    const snapshot = await next()
    expect(snapshot).toMatch(/^retry: 1000\nevent: snapshot\n/)
    expect(dataOf(snapshot)).toHaveProperty(['shop/demo', 'phase'], 'Healthy')
    cluster.put(ROLLOUT, aRollout('demo', '</script><script>alert(1)</script>'))
    expect(dataOf(await next())).toEqual({ 'shop/demo': { message: '</script><script>alert(1)</script>' } })
    cluster.put(ROLLOUT, aRollout('other'))
    expect(dataOf(await next())).toHaveProperty(['shop/other', 'name'], 'other')
    cluster.remove({ kind: ROLLOUT, namespace: 'shop', name: 'demo' })
    expect(dataOf(await next())).toEqual({ 'shop/demo': null })
  })

  test('shows a malformed rollout among the others', async () => {
    const { port, cluster, headers } = await signedIn()
    const bad = { ...aRollout('bad'), spec: 'none', status: { phase: 7, conditions: 'none', canary: 'x' } }
    cluster.put(ROLLOUT, bad as unknown as KubeObject)
    const next = events(await ask(port, { path: `${LIST}&topic=rollout:shop/bad`, headers }))
    const told = [await next(), await next()].map(toldIn)
    const of = (topic: string) => told.find(one => one.topic === topic)?.data
    expect(Object.keys(of('list:') as object)).toEqual(['shop/demo', 'shop/bad'])
    expect(of('rollout:shop/bad')).toMatchObject({ name: 'bad', plan: [], conditions: [] })
  })

  test('holds one set of watches, however many look', async () => {
    const { port, cluster, headers } = await signedIn()
    const path = LIST
    for (let i = 0; i < 3; i++) await events(await ask(port, { path, headers }))()
    expect(cluster.requests.filter(one => one.startsWith('watch rollouts'))).toHaveLength(1)
  })
})

test('a client that reads nothing is cut, and the others go on', async () => {
  const { port, cluster, headers } = await signedIn()
  const path = LIST
  const slow = await ask(port, { path, headers })
  const next = events(await ask(port, { path, headers }))
  await next()
  const cut = new Promise(resolve => slow.socket.on('close', resolve))
  const long = 'x'.repeat(900_000)
  // More than the server and both sides' kernels hold for it.
  for (let i = 0; i < 30; i++) {
    cluster.put(ROLLOUT, aRollout('demo', 'all is well', `${i} ${long}`))
    expect(dataOf(await next())).toHaveProperty(['shop/demo', 'labels', 'note'], `${i} ${long}`)
  }
  slow.resume()
  await cut
})
