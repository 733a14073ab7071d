// Story 2, typed literally against the built program, under 200 requests a second from outside: a canary at 30 %, 60 %
// and 100 %, an abort at 60 %, a retry, and a new image at 30 %. Once for each route kind. Exits 1 when anything is not
// as told.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { apiOf, apply } from './api.ts'
import type { Manifest } from './api.ts'
import { AMBASSADOR, type Canary, HTTP_ROUTE, NGINX } from './canaries.ts'
import { sendRequests, shares, startLoad } from './load.ts'
import { type Program, startProgram, temporaryHome, typed, until } from './program.ts'

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const REQUESTS = 10_000
const kubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0
const command = kubectl ? 'kubectl argo rollouts' : 'crossfade rollouts'

async function say(program: Program, line: string, wanted: string): Promise<void> {
  assert.deepEqual(await typed(program, `${command} ${line}`), { stdout: wanted, stderr: '', exit: 0 }, line)
}

const setImage = (program: Program, { rollout }: Canary, version: string) =>
  say(
    program,
    `set image ${rollout} webserver-simple=${IMAGE}:${version}`,
    `rollout "${rollout}" image updated\n`,
  )

const promote = (program: Program, { rollout }: Canary) =>
  say(program, `promote ${rollout}`, `rollout '${rollout}' promoted\n`)

async function standsAt(program: Program, { rollout }: Canary, wanted: RegExp[]): Promise<void> {
  const text = async () => (await typed(program, `${command} get rollout ${rollout}`)).stdout
  await until(`${rollout} shows ${wanted.join(', ')}`, text, now => wanted.every(one => one.test(now)), 90)
}

const paused = (step: number, weight: number) => [
  /Status: +॥ Paused/,
  new RegExp(`Step: +${step}/4`),
  new RegExp(`ActualWeight: +${weight}\\b`),
]

async function expectSplit(program: Program, canary: Canary, wanted: Record<string, number>): Promise<void> {
  const seen = shares(await sendRequests(program.gateway, canary.host, REQUESTS))
  for (const [version, percent] of Object.entries(wanted)) {
    assert.ok(Math.abs((seen[version] ?? 0) - percent) <= 1, `${canary.host}: ${JSON.stringify(seen)}`)
  }
  console.log(`${canary.rollout}: ${JSON.stringify(seen)} of ${REQUESTS} requests`)
}

async function expectOnly(program: Program, host: string, version: string): Promise<void> {
  assert.deepEqual(shares(await sendRequests(program.gateway, host, 1000)), { [version]: 100 }, host)
}

async function upTo60(program: Program, canary: Canary): Promise<void> {
  await standsAt(program, canary, paused(1, 30))
  await expectSplit(program, canary, { 'v1.0': 70, 'v2.0': 30 })
  await expectOnly(program, canary.canaryHost, 'v2.0')
  await expectOnly(program, canary.stableHost, 'v1.0')
  await promote(program, canary)
  await standsAt(program, canary, paused(3, 60))
  await expectSplit(program, canary, { 'v1.0': 40, 'v2.0': 60 })
}

async function tell(program: Program, canary: Canary): Promise<void> {
  const { rollout } = canary
  const api = apiOf(program.environment.KUBECONFIG as string)
  await apply(api, canary.manifests as readonly Manifest[])
  api.close()
  await standsAt(program, canary, [/Status: +✔ Healthy/])
  await until(
    'v1.0 alone',
    () => sendRequests(program.gateway, canary.host, 20),
    all => all.every(one => one.version),
  )
  const load = startLoad(program.gateway, canary.host, 200)

  await setImage(program, canary, 'v2.0')
  await upTo60(program, canary)
  await say(program, `abort ${rollout}`, `rollout '${rollout}' aborted\n`)
  await standsAt(program, canary, [/Status: +✖ Degraded/, /ActualWeight: +0\b/])
  await expectSplit(program, canary, { 'v1.0': 100 })
  await say(program, `retry rollout ${rollout}`, `rollout '${rollout}' retried\n`)
  await upTo60(program, canary)
  await promote(program, canary)
  await standsAt(program, canary, [/Status: +✔ Healthy/, /v2\.0 \(stable\)/])
  await expectSplit(program, canary, { 'v2.0': 100 })
  console.log(`${rollout}: aborted at 60 %, retried, done`)

  await setImage(program, canary, 'v3.0')
  await standsAt(program, canary, [...paused(1, 30), /v3\.0 \(canary\)/])
  await setImage(program, canary, 'v4.0')
  await standsAt(program, canary, [...paused(1, 30), /v4\.0 \(canary\)/])
  await expectSplit(program, canary, { 'v2.0': 70, 'v4.0': 30 })
  await promote(program, canary)
  await standsAt(program, canary, paused(3, 60))
  await promote(program, canary)
  await standsAt(program, canary, [/Status: +✔ Healthy/, /v4\.0 \(stable\)/])
  await expectSplit(program, canary, { 'v4.0': 100 })

  const answers = await load.stop()
  const failures = answers.filter(one => one.failure !== undefined)
  console.log(`${rollout}: ${answers.length} requests under way, ${failures.length} failed`)
  for (const one of failures.slice(0, 10)) console.log(`  failed: ${one.failure}`)
  assert.equal(failures.length, 0)
  const atRest = answers.filter(one => one.version === 'v1.0').at(-1)
  const done = answers.find(one => one.version === 'v4.0')
  assert.ok(
    atRest !== undefined && done !== undefined && atRest.endedAt < done.beganAt,
    'v1.0 never comes back',
  )
}

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo', '--no-load'])
try {
  for (const canary of [AMBASSADOR, NGINX, HTTP_ROUTE]) await tell(program, canary)
  console.log('story 2: as told')
} finally {
  program.signal('SIGTERM')
  console.log(`ended with ${await program.ended}`)
  home.remove()
}
