// Mirrors before real pods: who gets a copy, and that whatever becomes of it harms nobody.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { aPod, aProxy, deadEndpoint, echo, get } from './proxy.suite.ts'
import type { Endpoint, Mirror } from './routes/route.ts'
import { aRoute } from './routes/route.suite.ts'

const mirrorTo = (endpoint: Endpoint, percent = 100): Mirror => ({
  backend: { namespace: 'shop', service: 'mirror', weight: 0, endpoints: [endpoint] },
  percent,
})

/** A pod that keeps what it was asked, and answers at once, or all when it is let. */
async function aMirror(isHeld = false) {
  const seen: { request: IncomingMessage; body: string }[] = []
  const held: ServerResponse[] = []
  let isWaiting = isHeld
  const { endpoint } = await aPod((request, response) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      seen.push({ request, body })
      if (isWaiting) held.push(response)
      else response.writeHead(500).end('of no use')
    })
  })
  const answerAll = () => {
    isWaiting = false
    for (const response of held.splice(0)) response.end()
  }
  return { endpoint, seen, answerAll }
}

async function mirrored(mirrors: readonly Mirror[]) {
  const { endpoint } = await aPod(echo)
  return aProxy([aRoute([endpoint], { mirrors })])
}

describe('a mirror', () => {
  test('gets each request as the pod does, with -shadow behind the host, and its answer is dropped', async () => {
    const { endpoint, seen } = await aMirror()
    const { port } = await mirrored([mirrorTo(endpoint)])
    const answer = await get(port, { path: '/cart?x=1', headers: { host: 'web.test:8080', a: 'b' } })
    expect(answer.status).toBe(200)
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    const { url, headers } = (seen[0] as (typeof seen)[0]).request
    expect(url).toBe('/cart?x=1')
    expect(headers).toMatchObject({ host: 'web.test-shadow:8080', a: 'b', 'x-crossfade-service': 'mirror' })
  })

  test('gets the body when it is whole; one above 1 MiB is not mirrored', async () => {
    const { endpoint, seen } = await aMirror()
    const { port } = await mirrored([mirrorTo(endpoint)])
    for (const body of ['hello', 'x'.repeat(1024 * 1024 + 1), 'again']) {
      const answer = await get(port, { method: 'POST' }, body)
      expect(JSON.parse(answer.body).body).toHaveLength(body.length)
    }
    await vi.waitFor(() => expect(seen.map(one => one.body).toSorted()).toEqual(['again', 'hello']))
  })

  test('gets its share', async () => {
    const { endpoint, seen } = await aMirror()
    const { port } = await mirrored([mirrorTo(endpoint, 50)])
    for (let i = 0; i < 200; i++) await get(port)
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(70))
    expect(seen.length).toBeLessThan(130)
  })

  test('that never answers, or that is not there, harms nobody, however many requests there are', async () => {
    const silent = await aMirror(true)
    const { port } = await mirrored([mirrorTo(silent.endpoint), mirrorTo(await deadEndpoint())])
    const answers = await Promise.all(Array.from({ length: 500 }, () => get(port)))
    expect(new Set(answers.map(one => one.status))).toEqual(new Set([200]))
    silent.answerAll()
    for (let i = 0; i < 200; i++) await get(port)
    // Of the 500 no more than 200 were kept.
    expect(silent.seen.length).toBeLessThanOrEqual(200 + 200)
  })

  test.each([
    ['web.test', 'web.test-shadow'],
    ['[::1]:8080', '[::1]:8080'],
  ])('sees the host %s as %s', async (host, wanted) => {
    const { endpoint, seen } = await aMirror()
    const { endpoint: pod } = await aPod(echo)
    const { port } = await aProxy([aRoute([pod], { host: '', mirrors: [mirrorTo(endpoint)] })])
    await get(port, { headers: { host } })
    await vi.waitFor(() => expect(seen[0]?.request.headers.host).toBe(wanted))
  })

  test('sees no request that nobody serves', async () => {
    const { endpoint, seen } = await aMirror()
    const mirrors = [mirrorTo(endpoint)]
    const { endpoint: pod } = await aPod(echo)
    const served = aRoute([pod], { id: 'served', host: 'served.test', mirrors })
    const { port } = await aProxy([aRoute([], { mirrors }), served])
    expect((await get(port)).status).toBe(503)
    await get(port, { headers: { host: 'elsewhere.test' } })
    await get(port, { headers: { host: 'served.test' } })
    await vi.waitFor(() => expect(seen.map(one => one.request.headers.host)).toEqual(['served.test-shadow']))
  })
})
