// `npm run planted -- --sim`: the simulator alone against the bugs that it must catch. Each is bundled into a program
// of its own that plays lives until one fails; the tree stays as it is.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import type { Bug } from './bug.ts'

/** Within so many lives each must be found. */
const MOST_LIVES = 20_000

export interface Found {
  readonly life?: number
  readonly law?: string
  readonly what?: string
  /** No other law notices that life. */
  readonly isAlone?: boolean
  readonly problem?: string
}

export interface Hunting {
  readonly lives?: number
  readonly copies: number
  readonly signal: AbortSignal
  readonly onFound: (bug: Bug, found: Found) => void
}

const root = process.cwd()

/** The program with the one line changed. */
async function bundled({ file, find, replace }: Bug, n: number): Promise<string | undefined> {
  const path = join(root, file)
  const sound = readFileSync(path, 'utf8')
  if (sound.split(find).length !== 2) return undefined
  const contents = sound.replace(find, () => replace)
  return bundle('test/planted/hunt.ts', `test/planted/hunt-${n}.mjs`, [
    {
      name: 'plant',
      setup: ({ onLoad }) =>
        onLoad({ filter: /\.ts$/ }, args => (args.path === path ? { contents, loader: 'ts' } : undefined)),
    },
  ])
}

async function hunted(bug: Bug, n: number, { signal, lives = MOST_LIVES }: Hunting): Promise<Found> {
  const program = await bundled(bug, n)
  if (program === undefined) return { problem: 'NO LONGER APPLIES' }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, String(lives)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      signal,
    })
    let said = ''
    child.stdout.on('data', (part: Buffer) => (said += part.toString()))
    child.on('error', reject)
    child.on('exit', () => resolve(said === '' ? { problem: 'SAYS NOTHING' } : (JSON.parse(said) as Found)))
  })
}

/** Each of the programs under way takes the next bug until none is left. */
export async function hunt(bugs: readonly Bug[], hunting: Hunting): Promise<void> {
  const left = [...bugs]
  const worker = async (n: number) => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift())
      hunting.onFound(bug, await hunted(bug, n, hunting))
  }
  await Promise.all(Array.from({ length: hunting.copies }, (_, n) => worker(n)))
}
