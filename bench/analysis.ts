// What many runs cost that measure: 1,000 of them with an interval of 10 s for ten minutes of virtual time, at five
// servers of which one never answers; then what they cost when they are over, and how many conditions are judged in a
// second.
//   npm run script -- bench/analysis.ts
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { ANALYSIS_RUN } from '../src/kube/kinds.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'
import { FIVE_SERVERS, createRuns, resultsOf, servers } from '../test/measured-runs.ts'

const RUNS = 1000
const MINUTES = 10
const MINUTE_MS = 60_000
/** Runs keep as many measurements as they may by then, and so does the cluster of changes. */
const WARM_MINUTES = 3
const GROWTH_MAX = 1.1

const say = (line: string) => process.stdout.write(`analysis: ${line}\n`)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
function heapMb(): number {
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

async function endAll({ client }: World): Promise<void> {
  for (const { metadata } of (await client.list(ANALYSIS_RUN, {})).items) {
    const target = { kind: ANALYSIS_RUN, name: metadata.name, namespace: metadata.namespace ?? '' }
    await client.write({ verb: 'patch', why: 'a user', target, patch: { spec: { terminate: true } } })
  }
}

async function main(): Promise<boolean> {
  const { asked, outside, follow } = servers(FIVE_SERVERS)
  const counts = { passes: 0, writes: 0 }
  const world = await createWorld({
    reconcilers: reconcilers(),
    outside,
    onEffect({ type }) {
      if (type === 'done') counts.passes++
      if (type === 'write') counts.writes++
    },
  })
  follow(world.clock)
  await createRuns(world, RUNS)
  const began = process.cpuUsage()
  let warm = 0
  for (let minute = 1; minute <= MINUTES; minute++) {
    await world.advance(MINUTE_MS)
    if (minute === WARM_MINUTES) warm = heapMb()
  }
  const { user, system } = process.cpuUsage(began)
  const cold = heapMb()
  const results = await resultsOf(world)
  const late = results.filter(({ isLate }) => isLate)
  const counted = results.filter(({ isLate }) => !isLate).map(({ count }) => count)
  const [least, most] = [Math.min(...counted), Math.max(...counted)]
  const errors = results.filter(({ isLate }) => !isLate).reduce((sum, one) => sum + one.errors, 0)
  const measurements = results.reduce((sum, one) => sum + one.count + one.errors, 0)
  const seconds = (user + system) / 1e6
  say(
    `${RUNS} runs, ${MINUTES} minutes: ${least} to ${most} measurements of each at four servers, ${errors} errors`,
  )
  say(
    `at the server that never answers: ${late.reduce((sum, one) => sum + one.errors, 0)} errors of ${late.length} runs`,
  )
  const each = (count: number) => (count / measurements).toFixed(2)
  say(
    `a measurement: ${each(counts.passes)} passes, ${each(counts.writes)} writes, ${each(asked.length)} requests`,
  )
  say(
    `${seconds.toFixed(1)} s of CPU, cluster and all: ${((seconds / measurements) * 1000).toFixed(2)} ms a measurement`,
  )
  say(`heap after ${WARM_MINUTES} minutes ${warm.toFixed(0)} MB, after ${MINUTES} ${cold.toFixed(0)} MB`)
  await endAll(world)
  const areOver = async () => (await resultsOf(world)).every(({ phase }) => phase === 'Successful')
  for (let minute = 0; minute < 30 && !(await areOver()); minute++) await world.advance(MINUTE_MS)
  const before = { ...counts, requests: asked.length }
  await world.advance(60 * MINUTE_MS)
  const passes = counts.passes - before.passes
  const requests = asked.length - before.requests
  say(`an hour after all have ended: ${passes} passes, ${requests} requests (need none)`)
  await world.stop()
  const wanted = (MINUTES * MINUTE_MS) / 10_000
  const isOnTime = least >= wanted - 2 && errors === 0
  return isOnTime && cold < warm * GROWTH_MAX && passes === 0 && requests === 0
}

await import('./expression.ts')
if (!(await main())) process.exitCode = 1
