// What PromQL costs: evaluations a second of a success rate over 1,000 series, the longest time between two pauses of
// a large one, the time that hostile texts take, and the memory of a full store.
//   npm run script -- bench/promql.ts
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { evaluate } from '../src/lang/promql/evaluate.suite.ts'
import { evaluation } from '../src/lang/promql/evaluate.ts'
import { Labels } from '../src/lang/promql/labels.ts'
import { SeriesStore } from '../src/metrics/series-store.ts'

const TICK_MS = 5000
const TICKS = 1469
const START = 1_700_000_000_000
const NOW = START + (TICKS - 1) * TICK_MS

function filled(names: readonly string[], pods: number): SeriesStore {
  const store = new SeriesStore()
  const all = names.flatMap(name =>
    Array.from({ length: pods }, (_, i) =>
      Labels.of([
        ['__name__', name],
        ['app', 'shop'],
        ['pod', `pod-${i}`],
        ['revision', `hash-${i % 10}`],
      ]),
    ),
  )
  const counts = all.map(() => 0)
  for (let tick = 0; tick < TICKS; tick++) {
    all.forEach((labels, i) => {
      counts[i] = (counts[i] as number) + ((tick * 31 + i * 17) % 97)
      store.append(labels, START + tick * TICK_MS, counts[i] as number)
    })
  }
  return store
}

function rateOfEvaluations(): void {
  const source = filled(['x', 'y'], 500)
  const query = 'sum(rate(x[5m])) / sum(rate(y[5m]))'
  const time = { at: NOW }
  for (let i = 0; i < 20; i++) evaluate({ query, time, source })
  const begin = performance.now()
  const rounds = 300
  for (let i = 0; i < rounds; i++) evaluate({ query, time, source })
  const seconds = (performance.now() - begin) / 1000
  console.log(`${query} over 1,000 series: ${Math.round(rounds / seconds)} evaluations a second`)
}

function pauses(source: SeriesStore): void {
  const query = 'sum by (revision) (rate(x[5m]))'
  const time = { start: NOW - 20 * 60_000, end: NOW, step: 60_000 }
  console.log(`${query} in 21 steps: ${held(evaluation({ query, time, source }))}`)
}

function held(steps: Generator): string {
  let [longest, count, total] = [0, 0, 0]
  for (let isDone = false; !isDone; count++) {
    const from = performance.now()
    isDone = steps.next().done === true
    const took = performance.now() - from
    longest = Math.max(longest, took)
    total += took
  }
  return `${total.toFixed(0)} ms in ${count} bits, the longest ${longest.toFixed(1)} ms`
}

function hostile(source: SeriesStore): void {
  const texts = {
    'open brackets': '('.repeat(65_000),
    brackets: `${'('.repeat(32_000)}1${')'.repeat(32_000)}`,
    signs: `${'-'.repeat(65_000)}1`,
    sum: Array.from({ length: 32_000 }, () => '1').join('+'),
    matchers: `x{${'a="b",'.repeat(10_000)}}`,
    aggregations: `${'sum('.repeat(13_000)}x${')'.repeat(13_000)}`,
  }
  for (const [name, query] of Object.entries(texts)) {
    console.log(`64 KiB of ${name}: ${held(evaluation({ query, time: { at: NOW }, source }))}`)
  }
}

async function memory(): Promise<SeriesStore> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heapOf = async () => {
    // What typed arrays stand on is given back a little later.
    for (let i = 0; i < 4; i++) {
      collect()
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = await heapOf()
  const store = filled(['x'], 10_000)
  const used = ((await heapOf()) - before) / 1024 / 1024
  const { series, bytes } = store.size
  const samples = store.select([])[0]?.window(0, NOW).values.length ?? 0
  const counted = (bytes / 1024 / 1024).toFixed(0)
  console.log(
    `a full store: ${series} series of ${samples} samples: ${used.toFixed(0)} MB, ${counted} by its own count`,
  )
  return store
}

rateOfEvaluations()
const full = await memory()
pauses(full)
hostile(full)
