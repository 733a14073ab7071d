// The web metric against servers of all kinds: a clear sentence for each that does not do as it should, and no more
// work than is needed to find out. Real sockets: what they do to each other is the question.
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Metric } from '../api/metric.ts'
import { systemConnections } from '../doors/outgoing/connect.ts'
import { createOutgoing } from '../doors/outgoing/outgoing.ts'
import { systemClock } from '../runtime/system.ts'
import type { Reading, NoReading } from './asker.ts'
import { createHidden } from '../std/hidden.ts'
import { web } from './web.ts'

const NEVER = new AbortController().signal

describe('an answer to the web metric', () => {
  const stops: (() => void)[] = []
  afterEach(() => stops.splice(0).forEach(stop => stop()))

  async function ask(answer: RequestListener, more: Partial<NonNullable<Metric['provider']['web']>> = {}) {
    const server: Server = createServer(answer)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const outgoing = createOutgoing({ ...systemConnections(), env: {}, userAgent: 'test' })
    stops.push(() => {
      outgoing.close()
      server.closeAllConnections()
      server.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/check`
    const metric: Metric = { name: 'm', provider: { web: { url, ...more } } }
    const world = { outgoing, clock: systemClock, env: {}, hidden: createHidden() }
    const asking = await web.prepare(metric, world, NEVER)
    const said: Reading | NoReading = 'problem' in asking ? asking : await asking.ask(NEVER)
    return 'problem' in said ? said.problem.replace(url, 'URL') : said.value
  }
  const text = (body: string | Buffer, status = 200, headers = {}): RequestListener => {
    return (_, response) => response.writeHead(status, headers).end(body)
  }

  test('is its JSON, or its text', async () => {
    expect(await ask(text('{"b":1,"a":"<"}'))).toBe(String.raw`{"a":"\u003c","b":1}`)
    expect(await ask(text('{"b":1,'))).toBe('{"b":1,')
    expect(await ask(text('{"b":[1,2]}'), { jsonPath: '{.b[1]}' })).toBe('2')
  })

  test('that is null is an error, and ends no controller', async () => {
    expect(await ask(text('null'))).toBe('the answer is null: there is no value in it')
    expect(await ask(text('{"a":null}'), { jsonPath: '{.a}' })).toBe('null')
  })

  test.each([401, 429, 500, 503])('with the status %d is an error', async status => {
    expect(await ask(text('no', status, { 'retry-after': '1' }))).toBe(
      `received non 2xx response code: ${status}`,
    )
  })

  test('that is larger than it may be is an error, and is not read to its end', async () => {
    let sent = 0
    const said = await ask((_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      const more = (): void => {
        if (sent >= 100) return void response.end()
        sent++
        if (response.write(chunk)) setImmediate(more)
        else response.once('drain', more)
      }
      more()
    })
    expect(said).toBe('Received no bytes in response: the answer is larger than 10485760 bytes')
    expect(sent).toBeLessThan(40)
  })

  test('that is cut, that leads in circles, that never comes: each says so', async () => {
    expect(
      await ask((_, response) => {
        response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy())
      }),
    ).toBe('Received no bytes in response: unexpected EOF')
    expect(
      await ask((request, response) => void response.writeHead(302, { location: request.url }).end()),
    ).toBe('Get "/check": stopped after 10 redirects')
    expect(await ask((_, response) => response.destroy())).toBe('Get "URL": EOF')
    expect(await ask(() => {}, { timeoutSeconds: 1 })).toBe(
      'Get "URL": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    )
  })

  test('ten thousand levels deep is read, and what is deeper is a text', async () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(await ask(text(nested(10_000)))).toBe(nested(10_000))
    expect(await ask(text(nested(100_000)))).toBe(nested(100_000))
    expect(await ask(text(nested(9_000)), { jsonPath: '{..x}' })).toBe(
      'Could not find JSONPath in body: x is not found',
    )
  })

  test('with fields that an object has by birth is a value like any other', async () => {
    expect(await ask(text('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    )
    expect(await ask(text('{"a":1}'), { jsonPath: '{.toString}' })).toContain('toString is not found')
  })
})
