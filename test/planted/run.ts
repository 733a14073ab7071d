// `npm run planted`: plants each bug of bugs.ts alone in a copy of this tree, and runs the tests of its room there.
// Exit status 1 when one survives or can not be judged: it no longer applies, no test loads, the tests take too long.
// `npm run planted -- TEXT…` plants only those with TEXT in their name or file. `npm run planted -- --sim` plants those
// that the simulator must catch, and lets it alone look for them; `--lives N` bounds it, `--all` tries the others too.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BUGS } from './bugs.ts'
import type { Bug } from './bug.ts'
import { hunt } from './by-lives.ts'
import type { Found } from './by-lives.ts'

const root = process.cwd()
const { values: options, positionals: texts } = parseArgs({
  allowPositionals: true,
  options: {
    sim: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    lives: { type: 'string', default: '20000' },
    copies: { type: 'string', default: '2' },
  },
})
const others = options.sim ? 'room' : 'sim'
const bugs = BUGS.filter(
  ({ name, file }) => texts.length === 0 || texts.some(text => `${file} ${name}`.includes(text)),
).filter(({ by = 'room' }) => options.all || by !== others)
/** Two at a time, each in a copy of its own. */
const COPIES = Number(options.copies)
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']
/** A room that needs longer says nothing, and is a room to be made faster. */
const LIMIT_MS = 60_000

type Verdict = 'caught' | 'SURVIVED' | 'NO LONGER APPLIES' | 'LOADS NO TEST' | 'TOO SLOW'

interface Outcome {
  readonly is: Verdict
  readonly tookMs: number
  /** The test that caught it, or why it can not be judged. */
  readonly by: string
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const stop = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'crossfade-planted-'))

function copyOfTree(n: number): string {
  const tree = join(folder, `tree-${n}`)
  for (const name of COPIED) cpSync(join(root, name), join(tree, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** What it caches lies in the copy: the node_modules that both share with this tree stay as they are. */
const OPTIONS = [
  '--bail=1',
  '--maxWorkers=1',
  '--no-cache',
  '--configLoader=runner',
  '--experimental.fsModuleCache',
  '--experimental.fsModuleCachePath=modules',
  '--reporter=json',
  '--outputFile=report.json',
]

function vitest(tree: string, tests: readonly string[]): Promise<'ended' | 'TOO SLOW'> {
  const args = ['node_modules/.bin/vitest', 'run', ...OPTIONS, ...tests]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: tree,
      stdio: 'ignore',
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
      signal: stop.signal,
    })
    child.on('error', reject)
    child.on('exit', (_code, signal) => resolve(signal === null ? 'ended' : 'TOO SLOW'))
  })
}

async function outcomeOf(tree: string, tests: readonly string[]): Promise<Outcome> {
  const outputFile = join(tree, 'report.json')
  rmSync(outputFile, { force: true })
  const began = performance.now()
  const end = await vitest(tree, tests)
  const tookMs = performance.now() - began
  if (end === 'TOO SLOW') return { is: end, tookMs, by: tests.join(' ') }
  if (!existsSync(outputFile)) return { is: 'LOADS NO TEST', tookMs, by: tests.join(' ') }
  const { testResults, numPassedTests } = JSON.parse(readFileSync(outputFile, 'utf8')) as Report
  const failed = testResults.flatMap(one => one.assertionResults).find(one => one.status === 'failed')
  if (failed !== undefined) return { is: 'caught', tookMs, by: failed.fullName }
  const broken = testResults.find(one => one.assertionResults.length === 0 && one.message !== '')
  if (broken !== undefined || numPassedTests === 0)
    return { is: 'LOADS NO TEST', tookMs, by: broken?.message ?? tests.join(' ') }
  return { is: 'SURVIVED', tookMs, by: tests.join(' ') }
}

async function planted(tree: string, { file, find, replace, tests }: Bug): Promise<Outcome> {
  const path = join(tree, file)
  const sound = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const times = sound.split(find).length - 1
  if (times !== 1) return { is: 'NO LONGER APPLIES', tookMs: 0, by: `found ${times} times in ${file}` }
  writeFileSync(
    path,
    sound.replace(find, () => replace),
  )
  try {
    return await outcomeOf(tree, tests)
  } finally {
    writeFileSync(path, sound)
  }
}

/** Each copy takes the next one until none is left. */
async function inCopies<T>(
  trees: readonly string[],
  all: readonly T[],
  work: (tree: string, one: T) => Promise<void>,
): Promise<void> {
  const left = [...all]
  const worker = async (tree: string) => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(tree, one)
  }
  await Promise.all(trees.map(worker))
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const print = (line: string) => process.stdout.write(`${line}\n`)
const roomOf = (tests: readonly string[]) => tests.join(' ')

/** How long each room takes without a bug; undefined when one fails then. */
async function soundRooms(trees: readonly string[]): Promise<ReadonlyMap<string, number> | undefined> {
  const rooms = new Map(bugs.map(({ tests }) => [roomOf(tests), tests]))
  const took = new Map<string, number>()
  await inCopies(trees, [...rooms.values()], async (tree, tests) => {
    const outcome = await outcomeOf(tree, tests)
    if (outcome.is === 'SURVIVED') took.set(roomOf(tests), outcome.tookMs)
    else print(`without a bug: ${outcome.is === 'caught' ? 'FAILED' : outcome.is}: ${outcome.by}`)
  })
  return took.size === rooms.size ? took : undefined
}

async function plantAll(): Promise<boolean> {
  const began = performance.now()
  const trees = Array.from({ length: COPIES }, (_, n) => copyOfTree(n))
  const took = await soundRooms(trees)
  if (took === undefined) return false
  print(`${took.size} rooms pass without a bug (${seconds(performance.now() - began)})`)
  const timeOf = ({ tests }: Bug) => took.get(roomOf(tests)) ?? 0
  const shortFirst = bugs.toSorted((a, b) => timeOf(a) - timeOf(b))
  const outcomes: Outcome[] = []
  await inCopies(trees, shortFirst, async (tree, bug) => {
    const outcome = await planted(tree, bug)
    outcomes.push(outcome)
    print(`${outcome.is} (${seconds(outcome.tookMs)}): ${bug.name}\n    ${bug.file}: ${outcome.by}`)
  })
  const caught = outcomes.filter(({ is }) => is === 'caught').length
  print(`${caught} of ${outcomes.length} planted bugs were caught (${seconds(performance.now() - began)})`)
  return outcomes.length > 0 && caught === outcomes.length
}

/** The simulator alone: at which life it finds each, by which law, and whether the other laws miss that life. */
async function huntAll(): Promise<boolean> {
  const began = performance.now()
  let found = 0
  const onFound = (bug: Bug, { life, law, what, isAlone, problem = 'NOT FOUND' }: Found) => {
    if (life !== undefined) found++
    const by = life === undefined ? problem : `life ${life}: ${law}${isAlone === true ? ' (it alone)' : ''}`
    print(`${by}: ${bug.name}\n    ${bug.file}: ${what ?? ''}`)
  }
  await hunt(bugs, { lives: Number(options.lives), copies: COPIES, signal: stop.signal, onFound })
  const within = `within ${options.lives} lives each`
  print(`${found} of ${bugs.length} found ${within} (${seconds(performance.now() - began)})`)
  return bugs.length > 0 && found === bugs.length
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
try {
  process.exitCode = (await (options.sim ? huntAll() : plantAll())) ? 0 : 1
} catch (error) {
  if (!stop.signal.aborted) throw error
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
