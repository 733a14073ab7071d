// `npm run same -- COMMIT`: decides on 10,000 saved worlds with this tree and with that of a commit, and shows where
// writes, status, events or waits differ. Exit status 1 when any does. `--count N`, `--seed N`, `--show N`,
// `--ignore PART`.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { equal } from '../../src/std/equal.ts'
import { worlds } from './worlds.ts'
import type { SavedWorld } from './worlds.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '3' },
    ignore: { type: 'string', multiple: true, default: [] },
  },
})
const [commit = 'HEAD'] = positionals
const root = process.cwd()
const ENTRY = 'test/same/decide-worlds.ts'

async function decisionsOf(tree: string, { file, folder }: { file: string; folder: string }) {
  const outfile = join(folder, `${tree === root ? 'here' : 'there'}.mjs`)
  await build({
    entryPoints: [join(tree, ENTRY)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  const printed = execFileSync(process.execPath, [outfile, file], {
    maxBuffer: 2 ** 31 - 1,
    encoding: 'utf8',
  })
  return printed.trimEnd().split('\n')
}

function checkedOut(folder: string): string {
  const tree = join(folder, 'tree')
  execFileSync('git', ['worktree', 'add', '--detach', '--quiet', tree, commit])
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  mkdirSync(join(tree, 'test/same'), { recursive: true })
  cpSync(join(root, 'test/same'), join(tree, 'test/same'), { recursive: true })
  return tree
}

interface Decided {
  readonly [part: string]: unknown
}

function partsThatDiffer(here: Decided, there: Decided): readonly string[] {
  const parts = [...new Set([...Object.keys(here), ...Object.keys(there)])]
  return parts.filter(part => !values.ignore.includes(part) && !equal(here[part], there[part]))
}

function report(saved: readonly SavedWorld[], here: readonly string[], there: readonly string[]): number {
  const different = saved.flatMap((world, i) => {
    if (here[i] === there[i]) return []
    const [mine, theirs] = [JSON.parse(here[i] ?? '{}') as Decided, JSON.parse(there[i] ?? '{}') as Decided]
    const parts = partsThatDiffer(mine, theirs)
    return parts.length === 0 ? [] : [{ i, world, parts, mine, theirs }]
  })
  for (const { i, world, parts, mine, theirs } of different.slice(0, Number(values.show))) {
    process.stdout.write(`\nworld ${i} differs in ${parts.join(', ')}\n${JSON.stringify(world)}\n`)
    for (const part of parts)
      process.stdout.write(
        `  ${part}\n    here  ${JSON.stringify(mine[part])}\n    there ${JSON.stringify(theirs[part])}\n`,
      )
  }
  process.stdout.write(`${saved.length - different.length} of ${saved.length} decisions are the same\n`)
  return different.length
}

const folder = mkdtempSync(join(tmpdir(), 'crossfade-same-'))
try {
  const saved = worlds(Number(values.count), Number(values.seed))
  const file = join(folder, 'worlds.jsonl')
  writeFileSync(file, saved.map(world => JSON.stringify(world)).join('\n'))
  const there = await decisionsOf(checkedOut(folder), { file, folder })
  const here = await decisionsOf(root, { file, folder })
  process.exitCode = report(saved, here, there) === 0 ? 0 : 1
} finally {
  execFileSync('git', ['worktree', 'remove', '--force', join(folder, 'tree')])
  rmSync(folder, { recursive: true, force: true })
}
