// The demo application: what it answers, and that its end loses nothing.
import { request } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../doors/random.ts'
import { systemClock } from '../../runtime/system.ts'
import type { ServedPod } from '../kubelet/simulated-pods.ts'
import { answerTo } from './answer.ts'
import { demoServers } from './pod-servers.ts'
import { COLOURS, colourOf, versionOf } from './version-colour.ts'

function aPod(uid: string, env: Record<string, string> = {}, image = 'acme/web:v1.0'): ServedPod {
  return {
    uid,
    namespace: 'shop',
    name: `web-${uid}`,
    ip: '10.88.0.2',
    image,
    container: 'web',
    env,
  }
}

const asked = (headers: Record<string, string> = {}, path = '/') => ({
  path,
  headers: { host: 'web.shop.localhost', ...headers },
})

describe('an answer', () => {
  test('says version, colour, pod and service as JSON', () => {
    const { status, contentType, body } = answerTo(aPod('1'), asked({ accept: 'application/json' }), 0.5)
    expect([status, contentType]).toEqual([200, 'application/json'])
    expect(JSON.parse(body)).toEqual({
      version: 'v1.0',
      colour: 'blue',
      pod: 'web-1',
      service: 'web',
      namespace: 'shop',
    })
  })

  test('names the Service that the gateway chose', () => {
    const { body } = answerTo(aPod('1'), asked({ 'x-crossfade-service': 'web-preview' }), 0.5)
    expect(JSON.parse(body)).toMatchObject({ service: 'web-preview' })
  })

  test('is a page for a browser, with everything escaped', () => {
    const { contentType, body } = answerTo(
      aPod('1'),
      asked({ accept: 'text/html,*/*', 'x-crossfade-service': '<script>' }),
      0.5,
    )
    expect(contentType).toContain('text/html')
    expect(body).toContain('<h1 id="version">v1.0</h1>')
    expect(body).toContain('Service &#60;script&#62;')
  })

  test('of an image with a script in its name is no script of the page', () => {
    const { body } = answerTo(aPod('1', {}, 'web:</script><b>'), asked({ accept: 'text/html' }), 0.5)
    expect(body.split('</script>')).toHaveLength(2)
  })

  test('of a bad version errs as often as ERROR_RATE says, and comes late by LATENCY', () => {
    const bad = aPod('1', { ERROR_RATE: '0.3', LATENCY: '120' })
    expect(answerTo(bad, asked(), 0.29)).toMatchObject({ status: 500, delayMs: 120 })
    expect(answerTo(bad, asked(), 0.3)).toMatchObject({ status: 200, delayMs: 120 })
    expect(answerTo(aPod('1', { ERROR_RATE: 'often', LATENCY: '-1' }), asked(), 0)).toMatchObject({
      status: 200,
      delayMs: 0,
    })
  })

  test('of a tag bad-… errs, of a tag slow-… comes late, unless the pod says otherwise', () => {
    const answer = (image: string, chance: number, env = {}) =>
      answerTo(aPod('1', env, image), asked(), chance)
    expect(answer('web:bad-red', 0.29)).toMatchObject({ status: 500, delayMs: 0 })
    expect(answer('web:bad-red', 0.3)).toMatchObject({ status: 200 })
    expect(answer('web:bad-red', 0.1, { ERROR_RATE: '0.05' })).toMatchObject({ status: 200 })
    expect(answer('web:slow-red', 0)).toMatchObject({ status: 200, delayMs: 2000 })
    expect(answer('web:badly', 0)).toMatchObject({ status: 200, delayMs: 0 })
  })

  test('at /color is the colour alone', () => {
    const colour = (image: string, chance: number) => {
      const { status, body } = answerTo(
        aPod('1', {}, image),
        asked({ accept: 'text/html' }, '/color'),
        chance,
      )
      return [status, body]
    }
    expect(colour('argoproj/rollouts-demo:blue', 0)).toEqual([200, '"blue"'])
    expect(colour('argoproj/rollouts-demo:bad-red', 0)).toEqual([500, '"red"'])
  })

  test.each([
    ['acme/web:v1.0', 'v1.0', 'blue'],
    ['acme/web:v2.0', 'v2.0', 'green'],
    ['host:5000/web:yellow', 'yellow', 'yellow'],
    ['host:5000/web:slow-yellow', 'slow-yellow', 'yellow'],
    ['host:5000/web', 'latest', colourOf('latest')],
    ['web@sha256:0123456789abcdef', '0123456789ab', colourOf('0123456789ab')],
  ])('%s is version %s and %s', (image, version, colour) => {
    expect(versionOf(image)).toBe(version)
    expect(colourOf(version)).toBe(colour)
    expect(COLOURS[colour]).toBeDefined()
  })

  test('versions that differ in little differ in colour', () => {
    const colours = ['1.0.0', '1.1.0', '1.2.0', 'v3.0', 'v4.0'].map(colourOf)
    expect(new Set(colours).size).toBe(colours.length)
  })
})

describe('a pod’s server', () => {
  const servers = demoServers({ clock: systemClock, random: seededRandom(1) })
  afterAll(() => servers.closeAll())

  const get = (port: number, path = '/') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, agent: false }, answer => {
        let body = ''
        answer.setEncoding('utf8').on('data', part => (body += part))
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }))
      })
        .once('error', reject)
        .end()
    })

  test('really listens, and keeps its port when it is opened again', async () => {
    const port = await servers.open(aPod('a'))
    expect(await servers.open(aPod('a'))).toBe(port)
    expect(JSON.parse((await get(port)).body)).toMatchObject({ pod: 'web-a' })
  })

  test('logs its start and its requests', async () => {
    const port = await servers.open(aPod('b'))
    await get(port, '/shop?x=1')
    const log = servers.log('b', 0)
    expect(log?.lines.map(line => line.text)).toEqual([
      'web v1.0 of web-b started',
      expect.stringMatching(/^GET \/shop\?x=1 200 \d+ ms$/),
    ])
    expect(servers.log('b', log!.next)?.lines).toEqual([])
  })

  test('tells who scrapes it how it answered', async () => {
    const port = await servers.open(aPod('m', { ERROR_RATE: '1' }))
    await get(port)
    await get(port)
    expect((await get(port, '/metrics')).body).toContain('http_requests_total{code="500"} 2\n')
  })

  test('ends after the request in flight, not before', async () => {
    const port = await servers.open(aPod('c', { LATENCY: '400' }))
    const sent = request({ host: '127.0.0.1', port, agent: false, headers: { expect: '100-continue' } })
    const answer = new Promise<number | undefined>((resolve, reject) => {
      sent.once('response', one => resolve(one.statusCode)).once('error', reject)
    })
    // The server says so when it has the request.
    await new Promise(resolve => sent.once('continue', resolve).flushHeaders())
    sent.end()
    const closing = servers.close('c')
    expect(await answer).toBe(200)
    await closing
    await expect(get(port)).rejects.toThrow('ECONNREFUSED')
  })
})
