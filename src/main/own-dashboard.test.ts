// The dashboard of `crossfade start`: its link, who stays signed in over a restart, and which port it gets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SILENT } from '../doors/silent-log.ts'
import { dashboard } from './dashboard.ts'
import { SILENT_CLUSTER } from './kubeconfig.suite.ts'
import { openHome } from './home.ts'
import { ownDashboard } from './own-dashboard.ts'
import type { OwnDashboard } from './own-dashboard.ts'

const folder = mkdtempSync(join(tmpdir(), 'own-dashboard-'))
const home = openHome(folder, { fresh: false })
const open: OwnDashboard[] = []
afterAll(async () => {
  await Promise.all(open.map(one => one.close()))
  home.release()
  rmSync(folder, { recursive: true, force: true })
})

writeFileSync(home.kubeconfig, SILENT_CLUSTER)

/** A restart cuts connections that wait. */
const ALONE = { connection: 'close' }

async function started(port: number, mayMove: boolean): Promise<OwnDashboard> {
  const choice = { flag: '--dashboard-port', port, mayMove }
  const one = await ownDashboard({ home, log: SILENT, port: choice, version: '1.2.3' })
  open.push(one)
  return one
}

/** The cookie that the key of a link is exchanged for. */
async function enter(link: string): Promise<string | undefined> {
  const { origin, hash } = new URL(link)
  const answer = await fetch(`${origin}/rollouts/crossfade/session`, {
    method: 'POST',
    headers: { origin, ...ALONE },
    body: hash.slice(1),
  })
  return answer.headers.get('set-cookie')?.split(';')[0]
}

async function version({ port }: OwnDashboard, cookie: string): Promise<number> {
  const origin = `http://127.0.0.1:${port}`
  return (await fetch(`${origin}/rollouts/api/v1/version`, { headers: { cookie, origin, ...ALONE } })).status
}

/** What `crossfade dashboard --url` prints. */
async function anotherLink(port: number): Promise<string> {
  let link = ''
  const outside = {
    env: { CROSSFADE_HOME: folder },
    version: '1.2.3',
    interrupted: AbortSignal.abort(),
    told: (line: string) => void (link = line),
  }
  await dashboard({ what: 'url', port, rootPath: 'rollouts', flags: {} }, outside)
  return link
}

test('its link lets one in, `dashboard --url` makes another, and a restart signs nobody out', async () => {
  const first = await started(0, false)
  expect(first.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${first.port}/rollouts/#[\\w-]{43}$`))
  const cookie = (await enter(first.url)) ?? ''
  expect(await enter(first.url), 'used twice').toBeUndefined()
  expect(await enter(await anotherLink(first.port))).toBeDefined()
  await first.close()
  const second = await started(first.port, false)
  expect(await version(second, cookie)).toBe(200)
  expect(await version(second, `${cookie}x`)).toBe(401)
  await second.close()
})

test('its usual port moves on when it is taken; one that a flag names does not', async () => {
  const first = await started(0, false)
  await expect(started(first.port, false)).rejects.toThrow(
    `port ${first.port} is in use by another program; choose another with --dashboard-port NUMBER`,
  )
  const moved = await started(first.port, true)
  expect(moved.port).not.toBe(first.port)
  expect(await enter(moved.url)).toBeDefined()
})
