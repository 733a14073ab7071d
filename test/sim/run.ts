// `npm run sim -- --lives N --seed S`: plays N lives from a seed on, one after the other, and says how it went. A life
// that fails is shrunk and kept as a file; `--from FILE` plays that and tells its story. `--keep` puts it among those
// that `npm test` plays.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drawScenario } from '../../src/sim/lives/draw.ts'
import { playLife } from '../../src/sim/lives/life.ts'
import type { Scenario } from '../../src/sim/lives/scenario.ts'
import { shrink } from '../../src/sim/lives/shrink.ts'

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string' },
    keep: { type: 'boolean', default: false },
    failures: { type: 'string', default: '1' },
  },
})

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function folder(): string {
  return values.keep ? join(process.cwd(), 'test', 'sim', 'regressions') : join(process.cwd(), 'dist')
}

function keep(seed: number, scenario: Scenario, law: string): void {
  const small = shrink(scenario, law)
  const file = join(folder(), `life-${seed}.json`)
  writeFileSync(file, `${JSON.stringify({ seed, law, ...small }, undefined, 2)}\n`)
  const { story, failure } = playLife(small, { tellsStory: true })
  for (const line of story) tell(`    ${line}`)
  tell(`  ${failure?.law}: ${failure?.what}`)
  tell(`  shrunk to ${small.acts.length} acts and ${small.faults.length} faults: ${file}`)
}

const EVERY = 1000

function search(lives: number, from: number): boolean {
  const began = cpuSeconds()
  let [passes, writes, failures] = [0, 0, 0]
  const progress = (done: number) => {
    const seconds = cpuSeconds() - began
    const speed = `${Math.round(done / seconds)} lives/s/core, ${Math.round((seconds * 1e6) / passes)} µs a pass`
    const work = `${(passes / done).toFixed(1)} passes and ${(writes / done).toFixed(1)} writes a life`
    tell(`${done} lives: ${failures} failed; ${speed}, ${work}`)
  }
  for (let done = 1; done <= lives; done++) {
    const seed = from + done - 1
    const scenario = drawScenario(seed)
    const played = playLife(scenario)
    passes += played.passes
    writes += played.writes
    if (played.failure !== undefined) {
      failures++
      tell(`seed ${seed} after ${played.failure.atMs} ms: ${played.failure.law}: ${played.failure.what}`)
      if (failures <= Number(values.failures)) keep(seed, scenario, played.failure.law)
    }
    if (done % EVERY === 0 || done === lives) progress(done)
  }
  return failures === 0
}

function replay(file: string): boolean {
  const { story, failure } = playLife(JSON.parse(readFileSync(file, 'utf8')) as Scenario, {
    tellsStory: true,
  })
  for (const line of story) tell(line)
  tell(failure === undefined ? 'nothing unsafe, nothing stuck' : `${failure.law}: ${failure.what}`)
  return failure === undefined
}

const isGood =
  values.from === undefined ? search(Number(values.lives), Number(values.seed)) : replay(values.from)
process.exitCode = isGood ? 0 : 1
