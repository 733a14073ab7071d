// `dashboard` over a real home: which files it leaves, what another process of the same user gets from them.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { DashboardAsked } from '../cli/command.ts'
import { dashboard } from './dashboard.ts'
import { SILENT_CLUSTER } from './kubeconfig.suite.ts'

const home = mkdtempSync(join(tmpdir(), 'crossfade-dashboard-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const kubeconfig = join(home, 'kubeconfig')
writeFileSync(kubeconfig, SILENT_CLUSTER)

function ask(what: DashboardAsked['what'], port: number, interrupted = new AbortController().signal) {
  const lines: string[] = []
  let heard = () => {}
  const first = new Promise<void>(resolve => (heard = resolve))
  const told = (line: string) => {
    lines.push(line)
    heard()
  }
  const outside = { env: { CROSSFADE_HOME: home }, version: '1.2.3', interrupted, told }
  const done = dashboard({ what, port, rootPath: 'rollouts', flags: { kubeconfig } }, outside)
  // Whoever never says anything has failed, and `done` says why.
  return { lines, done, first: Promise.race([first, done.catch(() => {})]) }
}

async function asked(what: 'url' | 'token', port: number): Promise<string> {
  const { lines, done } = ask(what, port)
  await done
  return lines[0] ?? ''
}

interface Sent {
  readonly port: number
  readonly method?: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** Over a connection of its own: a restart cuts those that wait. */
function send({ body, ...options }: Sent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', agent: false, ...options }, answer => {
      answer.resume()
      resolve(answer)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The cookie that the key of a link is exchanged for. */
async function enter(link: string): Promise<string | undefined> {
  const { origin, hash, port } = new URL(link)
  const path = '/rollouts/crossfade/session'
  const body = hash.slice(1)
  const answer = await send({ port: Number(port), method: 'POST', path, headers: { origin }, body })
  return answer.headers['set-cookie']?.[0]?.split(';')[0]
}

async function version(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return (await send({ port, path: '/rollouts/api/v1/version', headers })).statusCode
}

test('links, token and sessions go through files that only their owner may read, and outlive a restart', async () => {
  const first = new AbortController()
  const serving = ask('serve', 0, first.signal)
  await serving.first
  const link = serving.lines[0]?.split('  ')[1] ?? ''
  const port = Number(new URL(link).port)
  const origin = `http://127.0.0.1:${port}`
  expect(await enter(link)).toBeDefined()
  expect(await enter(link), 'used twice').toBeUndefined()
  const another = await asked('url', port)
  const cookie = (await enter(another)) ?? ''
  expect(await enter(another), 'used twice').toBeUndefined()
  const token = await asked('token', port)
  for (const name of readdirSync(join(home, 'dashboard'))) {
    expect(statSync(join(home, 'dashboard', name)).mode & 0o777, name).toBe(0o600)
  }
  first.abort()
  await serving.done

  const second = new AbortController()
  const again = ask('serve', port, second.signal)
  await again.first
  expect(await version(port, { cookie, origin })).toBe(200)
  expect(await version(port, { authorization: `Bearer ${token}` })).toBe(200)
  expect(await version(port, { cookie: `${cookie}x`, origin })).toBe(401)
  await expect(ask('serve', port).done).rejects.toThrow(/port \d+ is in use/)
  second.abort()
  await again.done
})

test('there is no link to a dashboard that never ran', async () => {
  await expect(asked('url', 1)).rejects.toThrow(/no dashboard of yours has run on port 1/)
})
