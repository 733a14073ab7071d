// Story 1, typed literally against the built program, under 200 requests a second from outside: blue/green with a
// preview, promotion, scale-down, undo, abort and retry. Prints what it saw; exits 1 when anything is not as told.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type Program, startProgram, temporaryHome, typed, until } from './program.ts'
import { type Answered, startLoad, takeovers } from './load.ts'

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const ACTIVE = 'simple-rollout-active.default.localhost'
const PREVIEW = 'simple-rollout-preview.default.localhost'

/** `kubectl argo rollouts` where a kubectl is on PATH, and always our own command alone. */
function frontEnds(): string[] {
  const kubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0
  return kubectl ? ['kubectl argo rollouts', 'crossfade rollouts'] : ['crossfade rollouts']
}

const WAITING = `Name:            simple-rollout
Namespace:       default
Status:          ॥ Paused
Message:         BlueGreenPause
Strategy:        BlueGreen
Images:          ${IMAGE}:v1.0 (stable, active)
                 ${IMAGE}:v2.0 (preview)
Replicas:
  Desired:       2
  Current:       4
  Updated:       2
  Ready:         2
  Available:     2

NAME KIND STATUS AGE INFO
⟳ simple-rollout Rollout ॥ Paused T
├──# revision:2
│ └──⧉ simple-rollout-597df99d85 ReplicaSet ✔ Healthy T preview
│ ├──□ simple-rollout-597df99d85-x Pod ✔ Running T ready:1/1
│ └──□ simple-rollout-597df99d85-x Pod ✔ Running T ready:1/1
└──# revision:1
 └──⧉ simple-rollout-b68b5bffb ReplicaSet ✔ Healthy T stable,active
 ├──□ simple-rollout-b68b5bffb-x Pod ✔ Running T ready:1/1
 └──□ simple-rollout-b68b5bffb-x Pod ✔ Running T ready:1/1
`

/** Hashes, suffixes and ages differ, and so do the widths of the columns. */
function shape(text: string): string {
  const [head, tree = ''] = text.split('\n\n')
  const rows = tree.split('\n').map(row =>
    row
      .replace(/(simple-rollout-[0-9a-z]+)-[0-9a-z]{5}/g, '$1-x')
      .replace(/simple-rollout-[0-9a-z]+/g, 'simple-rollout-HASH')
      .replace(/\b(\d+[smhd])+\b/g, 'T')
      .replace(/ +/g, ' ')
      .trimEnd(),
  )
  return `${head}\n\n${rows.join('\n')}`
}

async function phase(program: Program): Promise<string> {
  return (await typed(program, 'crossfade rollouts status simple-rollout --watch=false')).stdout.trim()
}

const waitPhase = (program: Program, wanted: string, seconds = 60) =>
  until(
    `phase ${wanted}`,
    () => phase(program),
    now => now === wanted || now.startsWith(`${wanted} - `),
    seconds,
  )

async function say(program: Program, line: string, wanted: string): Promise<void> {
  const said = await typed(program, line)
  assert.deepEqual(said, { stdout: wanted, stderr: '', exit: 0 }, line)
}

const versions = (answers: readonly Answered[]) => [
  ...new Set(answers.flatMap(one => (one.version === undefined ? [] : [one.version]))),
]

async function oldPodsGone(program: Program, command: string): Promise<void> {
  const text = async () => (await typed(program, `${command} get rollout simple-rollout`)).stdout
  await until(
    'the old pods are gone',
    text,
    now => /• ScaledDown/.test(now) && (now.match(/□/g) ?? []).length === 2,
  )
}

async function update(program: Program, command: string, from: string, to: string): Promise<void> {
  await say(
    program,
    `${command} set image simple-rollout webserver-simple=${IMAGE}:${to}`,
    'rollout "simple-rollout" image updated\n',
  )
  await waitPhase(program, 'Paused')
  const waiting = await typed(program, `${command} get rollout simple-rollout`)
  assert.match(waiting.stdout, new RegExp(`${from} \\(stable, active\\)`))
  assert.match(waiting.stdout, new RegExp(`${to} \\(preview\\)`))
}

async function tell(program: Program, command: string): Promise<void> {
  await waitPhase(program, 'Healthy')
  const active = startLoad(program.gateway, ACTIVE, 200)
  await update(program, command, 'v1.0', 'v2.0')
  const told = await typed(program, `${command} get rollout simple-rollout`)
  if (command === frontEnds()[0]) assert.equal(shape(told.stdout), shape(WAITING))
  // The preview follows the newest revision from its creation on, ready or not: it is asked while the rollout waits.
  const preview = startLoad(program.gateway, PREVIEW, 100)
  await new Promise(resolve => setTimeout(resolve, 3000))
  const tested = await preview.stop()
  assert.deepEqual(versions(active.answered), ['v1.0'], 'live traffic before promote')
  assert.deepEqual(versions(tested), ['v2.0'], 'preview traffic')
  await say(program, `${command} promote simple-rollout`, "rollout 'simple-rollout' promoted\n")
  await waitPhase(program, 'Healthy')
  await oldPodsGone(program, command)
  console.log(`${command}: promoted, old pods gone`)

  await say(program, `${command} undo simple-rollout`, "rollout 'simple-rollout' undo\n")
  await waitPhase(program, 'Paused')
  await say(program, `${command} promote simple-rollout`, "rollout 'simple-rollout' promoted\n")
  await waitPhase(program, 'Healthy')
  await oldPodsGone(program, command)
  console.log(`${command}: undone`)

  await update(program, command, 'v1.0', 'v2.0')
  await say(program, `${command} abort simple-rollout`, "rollout 'simple-rollout' aborted\n")
  await waitPhase(program, 'Degraded')
  await new Promise(resolve => setTimeout(resolve, 35_000))
  await say(program, `${command} retry rollout simple-rollout`, "rollout 'simple-rollout' retried\n")
  await waitPhase(program, 'Paused')
  console.log(`${command}: aborted and retried`)
  await say(program, `${command} promote simple-rollout`, "rollout 'simple-rollout' promoted\n")
  await waitPhase(program, 'Healthy')
  await oldPodsGone(program, command)
  await say(program, `${command} undo simple-rollout`, "rollout 'simple-rollout' undo\n")
  await waitPhase(program, 'Paused')
  await say(program, `${command} promote simple-rollout`, "rollout 'simple-rollout' promoted\n")
  await waitPhase(program, 'Healthy')
  await oldPodsGone(program, command)

  const live = await active.stop()
  const failures = [...live, ...tested].filter(one => one.failure !== undefined)
  console.log(
    `${command}: ${live.length} requests to ${ACTIVE}, ${tested.length} to ${PREVIEW}, ${failures.length} failed`,
  )
  for (const one of failures.slice(0, 10)) console.log(`  failed: ${one.failure}`)
  assert.equal(failures.length, 0)
  assert.ok(live.length >= 10_000, 'at least 10,000 requests')
  assert.deepEqual(takeovers(live), ['v1.0', 'v2.0', 'v1.0', 'v2.0', 'v1.0'])
}

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo', '--no-load'])
try {
  console.log(`ready after ${Math.round(program.readyMs)} ms`)
  for (const command of frontEnds()) await tell(program, command)
  console.log('story 1: as told')
} finally {
  program.signal('SIGTERM')
  console.log(`ended with ${await program.ended}`)
  home.remove()
}
