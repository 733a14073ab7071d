// What the dashboard costs with 500 rollouts and 20 changes a second: the page's memory, work and nodes, what a client
// is sent, the server's share of a core; at rest; and a rollout with 300 pods under live traffic. Needs Chromium.
//   npm run script -- bench/dashboard.ts [--rollouts N] [--minutes N]
// With 0 rollouts only the one with 300 pods.
import { parseArgs } from 'node:util'
import { apiOf } from '../test/acceptance/api.ts'
import type { Api } from '../test/acceptance/api.ts'
import { startProgram, temporaryHome } from '../test/acceptance/program.ts'
import { aUser, startBrowser } from '../test/tools/browser.ts'
import { startDashboard } from './dashboard-process.ts'
import type { DashboardProcess } from './dashboard-process.ts'
import { keepChanging, nameOf, place } from './many-rollouts.ts'
import { scroll, watchPage, withinThePage } from './watched-page.ts'
import type { Page } from 'playwright-core'
import { busyRollout } from './busy-rollout.ts'

const PER_SECOND = 20
const CLIENTS = 3
const WINDOW_S = 15
const REST_S = 30
const NEED = { heapMb: 60, growth: 1.05, slackMb: 0.5, task: 0.3, nodes: 5000, bytes: 100_000, core: 0.05 }

const { values } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '500' },
    minutes: { type: 'string', default: '1' },
  },
})
const count = Number(values.rollouts)
const seconds = Number(values.minutes) * 60

function say(what: string, seen: string, need: string, isMet: boolean): void {
  process.stdout.write(`${isMet ? '  ' : '! '}${what.padEnd(58)} ${seen.padStart(22)}   need ${need}\n`)
  if (!isMet) process.exitCode = 1
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const rest = (s: number) => new Promise<void>(resolve => setTimeout(resolve, s * 1000))

/** Share of a core, and bytes a second of each client, while so many follow. */
async function following(server: DashboardProcess, looking: number, topics: readonly string[]) {
  const open = await Promise.all(Array.from({ length: looking }, () => server.count(topics)))
  await rest(2)
  const [cpu, bytes, began] = [server.cpuSeconds(), open.map(one => one.bytes()), performance.now()]
  const made = changesMade()
  await rest(WINDOW_S)
  const spent = (performance.now() - began) / 1000
  const sent = open.map((one, i) => (one.bytes() - (bytes[i] ?? 0)) / spent)
  for (const one of open) one.close()
  const changes = (changesMade() - made) / spent
  return { core: (server.cpuSeconds() - cpu) / spent, bytes: Math.max(0, ...sent), changes }
}

/** In the whole cluster, so far. */
let changesMade = () => 0

async function clients(server: DashboardProcess, what: string, topics: readonly string[]): Promise<void> {
  const none = await following(server, 0, topics)
  const one = await following(server, 1, topics)
  const some = await following(server, CLIENTS, topics)
  const each = (some.core - none.core) / CLIENTS
  const sent = `${(some.bytes / 1000).toFixed(1)} KB/s (${some.changes.toFixed(0)} changes)`
  say(`${what}: sent to a client`, sent, '<= 100 KB/s', some.bytes <= NEED.bytes)
  const detail = `${percent(each)} each`
  say(`${what}: server, ${CLIENTS} clients`, detail, '<= 5 % of a core a client', each <= NEED.core)
  const core = one.core - none.core
  say(`${what}: server, one client`, percent(core), '<= 5 % of a core', core <= NEED.core)
  say(`${what}: server, nobody looks`, percent(none.core), '<= 1 %', none.core <= 0.01)
}

async function pageFigures(page: Page, what: string): Promise<void> {
  const seen = await watchPage(page, seconds)
  const heap = `${seen.firstMb.toFixed(1)} -> ${seen.lastMb.toFixed(1)} MB`
  say(
    `${what}: heap after collections`,
    `${seen.mostMb.toFixed(1)} MB`,
    '<= 60 MB',
    seen.mostMb <= NEED.heapMb,
  )
  const isFlat = seen.lastMb <= seen.firstMb * NEED.growth + NEED.slackMb
  say(`${what}: heap over ${values.minutes} min`, heap, 'flat (5 %, 0.5 MB)', isFlat)
  const task = `${percent(seen.taskShare)} (${percent(seen.threadShare)})`
  say(`${what}: TaskDuration (of the thread)`, task, '<= 30 %', seen.taskShare <= NEED.task)
  say(`${what}: nodes`, String(seen.nodes), `<= ${NEED.nodes}`, seen.nodes <= NEED.nodes)
}

async function atRest(server: DashboardProcess, page: Page): Promise<void> {
  const topics = ['list:', `rollout:default/${nameOf(0)}`]
  const stream = await server.count(topics)
  await rest(5)
  let asked = 0
  page.on('request', () => asked++)
  const [cpu, bytes] = [server.cpuSeconds(), stream.bytes()]
  await rest(REST_S)
  const core = (server.cpuSeconds() - cpu) / REST_S
  const sent = stream.bytes() - bytes
  stream.close()
  say(`at rest, ${REST_S} s: sent`, `${sent} bytes`, '0', sent === 0)
  say('at rest: requests of the page', String(asked), '0', asked === 0)
  say('at rest: server', percent(core), '<= 1 %', core <= 0.01)
}

async function many(api: Api, server: DashboardProcess, page: Page): Promise<void> {
  const at = server.url.split('#')[0] ?? ''
  await place(api, count)
  const changing = keepChanging(api, count, PER_SECOND)
  changesMade = changing.made
  await clients(server, 'list', ['list:'])
  await clients(server, 'rollout', [`rollout:default/${nameOf(1)}`])
  await page.goto(at)
  await page.locator('.line').first().waitFor()
  await pageFigures(page, 'list')
  const { wrong, frameMs } = await scroll(page)
  say('list scrolled: lines that were not there', String(wrong), '0', wrong === 0)
  say('list scrolled: work a frame', `${frameMs.toFixed(1)} ms`, '<= 16 ms', frameMs <= 16)
  await page.goto(`${at}rollout/default/${nameOf(1)}`)
  await page.locator('.standing').waitFor()
  await pageFigures(page, 'rollout')
  const made = await changing.stop()
  say('changes that were made', `${made.toFixed(1)} a second`, `${PER_SECOND}`, made >= PER_SECOND * 0.95)
  await atRest(server, page)
}

const home = temporaryHome()
const program = await startProgram(home.path, [])
const server = await startDashboard(program)
const browser = await startBrowser()
const api = apiOf(String(program.environment.KUBECONFIG))
try {
  const user = await aUser(browser)
  const page = await user.newPage()
  await withinThePage(page)
  await page.goto(server.url)
  await page.locator('.connection.live').waitFor()
  await page.goto('about:blank')
  if (count > 0) await many(api, server, page)
  await busyRollout({ api, program, server, page, measured: pageFigures, followed: clients })
  process.stdout.write(`the server has ${server.residentMb().toFixed(0)} MB resident\n`)
} finally {
  api.close()
  await browser.close()
  await server.stop()
  program.signal('SIGTERM')
  await program.ended
  home.remove()
}
