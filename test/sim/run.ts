// `npm run sim -- --lives N --seed S`: plays N lives from a seed on and says how it went; `--jobs J` on as many cores,
// `--resume FILE` in parts: what has been played stands there. A life that fails is shrunk and kept as a file; `--from
// FILE` plays that and tells its story. `--keep` puts it among those that `npm test` plays; `--coverage` prints what
// was seen. `--sweep N` plays, instead of lives by chance, each mishap at each write of an update, for N specs from the
// seed on.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort } from 'node:worker_threads'
import { playLife } from '../../src/sim/lives/life.ts'
import type { Scenario } from '../../src/sim/lives/scenario.ts'
import { shrink } from '../../src/sim/lives/shrink.ts'
import { sweepOf } from './sweep.ts'
import { nameOf, playPart, scenarioOf } from './part.ts'
import type { Part, PartPlayed } from './part.ts'
import { loaded, search } from './search.ts'
import type { SearchState } from './search.ts'

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    resume: { type: 'string' },
    from: { type: 'string' },
    coverage: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    failures: { type: 'string', default: '1' },
    sweep: { type: 'string' },
  },
})

/** A count that is none would play nothing, and call that good. */
function count(name: 'lives' | 'seed' | 'jobs' | 'failures' | 'sweep', least = 1): number {
  const value = Number(values[name])
  if (Number.isSafeInteger(value) && value >= least) return value
  process.stderr.write(`--${name}: ${JSON.stringify(values[name])} is no whole number from ${least} on\n`)
  process.exit(2)
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

function folder(): string {
  return values.keep ? join(process.cwd(), 'test', 'sim', 'regressions') : join(process.cwd(), 'dist')
}

function keep(name: string, law: string): void {
  const small = shrink(scenarioOf(name), law)
  const file = join(folder(), `life-${name}.json`)
  writeFileSync(file, `${JSON.stringify({ seed: name, law, ...small }, undefined, 2)}\n`)
  const { story, failure } = playLife(small, { tellsStory: true })
  for (const line of story) tell(`    ${line}`)
  tell(`  ${failure?.law}: ${failure?.what}`)
  tell(`  shrunk to ${small.acts.length} acts and ${small.faults.length} faults: ${file}`)
}

const EVERY = 1000

function progress({ lives, passes, passMs, writes, failures, seen, cpuSeconds }: SearchState): void {
  const speed = `${Math.round(lives / cpuSeconds)} lives/s/core, ${Math.round((passMs * 1e3) / passes)} µs a pass`
  const work = `${(passes / lives).toFixed(1)} passes and ${(writes / lives).toFixed(1)} writes a life`
  const covered = ['move', 'gate', 'story', 'fault'].map(
    what => `${Object.keys(seen).filter(key => key.startsWith(what)).length} ${what}s`,
  )
  const counted = Object.keys(seen).length === 0 ? '' : `; seen: ${covered.join(', ')}`
  tell(`${lives} lives: ${failures.length} failed; ${speed}, ${work}${counted}`)
}

function resumed(seed: number): SearchState {
  try {
    return loaded(values.resume, seed)
  } catch (error) {
    process.stderr.write(`--resume: ${JSON.stringify(values.resume)}: ${(error as Error).message}\n`)
    process.exit(2)
  }
}

/** The names of all lives of the sweeps that are asked for. */
function swept(): readonly string[] {
  const specs = Array.from({ length: count('sweep') }, (_, i) => count('seed') + i)
  return specs.flatMap(sweepOf).map(nameOf)
}

async function searchAll(): Promise<boolean> {
  const shown = count('failures', 0)
  const names = values.sweep === undefined ? undefined : swept()
  const state = names === undefined ? resumed(count('seed')) : loaded(undefined, count('seed'))
  let told = state.lives
  const onPart = (now: SearchState, { failures }: PartPlayed) => {
    for (const { name, atMs, law, what } of failures) tell(`seed ${name} after ${atMs} ms: ${law}: ${what}`)
    if (now.lives - told < EVERY) return
    told = now.lives
    progress(now)
  }
  await search(state, {
    lives: names?.length ?? count('lives'),
    jobs: count('jobs'),
    file: names === undefined ? values.resume : undefined,
    ...(names === undefined ? {} : { names }),
    program: new URL(import.meta.url),
    onPart,
  })
  progress(state)
  if (values.coverage)
    for (const [key, times] of Object.entries(state.seen).toSorted((a, b) => a[1] - b[1]))
      tell(`${String(times).padStart(8)}  ${key}`)
  for (const { name, law } of state.failures.slice(0, shown)) keep(name, law)
  return state.failures.length === 0
}

/** A life that a person has written, or that was kept. */
function scenarioIn(file: string): Scenario {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Partial<Scenario> | null
    const { spec, acts, faults } = read ?? {}
    if (typeof spec !== 'object' || !Array.isArray(acts) || !Array.isArray(faults))
      throw new Error('a life has `spec`, `acts` and `faults`, as those in test/sim/regressions')
    return read as Scenario
  } catch (error) {
    process.stderr.write(`--from: ${JSON.stringify(file)}: ${(error as Error).message}\n`)
    process.exit(2)
  }
}

function replay(file: string): boolean {
  const { story, failure } = playLife(scenarioIn(file), { tellsStory: true })
  for (const line of story) tell(line)
  tell(failure === undefined ? 'nothing unsafe, nothing stuck' : `${failure.law}: ${failure.what}`)
  return failure === undefined
}

if (isMainThread) {
  const isGood = values.from === undefined ? await searchAll() : replay(values.from)
  process.exitCode = isGood ? 0 : 1
} else parentPort?.on('message', (part: Part) => parentPort?.postMessage(playPart(part)))
