// The small servers: which names they answer to.
import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { ownNames, serveText } from './health.ts'
import type { TextServer } from './health.ts'

const servers: TextServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function aServer(names?: (name: string) => boolean): Promise<TextServer> {
  const page = () => ({ text: 'numbers' })
  const at = { port: 0, host: '127.0.0.1', flag: '--port', ...(names === undefined ? {} : { names }) }
  const server = await serveText({ '/metrics': page }, at)
  servers.push(server)
  return server
}

const asked = ({ port }: TextServer, host: string, path = '/metrics') =>
  new Promise<string>((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, headers: { host } }, answer => {
      let text = ''
      answer.on('data', chunk => (text += String(chunk)))
      answer.on('end', () => resolve(`${answer.statusCode} ${text.trim()}`))
    })
    outgoing.on('error', reject).end()
  })

describe('numbers', () => {
  const names = ownNames(['crossfade-metrics.tools'])

  test.each([
    'localhost:8090',
    '127.0.0.1:8090',
    '[::1]:8090',
    '[fd00::7]',
    '10.1.2.3:8090',
    'METRICS.localhost',
    'crossfade-7d9f:8090',
    'crossfade-metrics',
    'crossfade-metrics.tools:8090',
    'crossfade-metrics.other.svc',
    'crossfade-metrics.tools.svc.cluster.local:8090',
  ])('are given to who asks for %s', async host => {
    expect(await asked(await aServer(names), host)).toBe('200 numbers')
  })

  test.each([
    'evil.example',
    'evil.example:8090',
    'rebound.evil.example.',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'crossfade-metrics.tools.evil.example',
    'crossfade-metrics.other',
    'a.svc.evil.example',
  ])('are not given to a page of %s', async host => {
    expect(await asked(await aServer(names), host)).toMatch(/^403 this server does not answer/)
    expect(await asked(await aServer(names), host, '/nothing')).toMatch(/^403 /)
  })

  test('a probe may come under any name', async () => {
    expect(await asked(await aServer(), 'evil.example')).toBe('200 numbers')
    expect(await asked(await aServer(), 'localhost', '/constructor')).toBe('404 not found')
  })
})
