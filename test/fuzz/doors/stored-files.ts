// The files of a home, damaged: the program starts on them, or says in a sentence what can be done.
import { spawn } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { startProgram, temporaryHome } from '../../acceptance/program.ts'
import { hasStack } from '../cluster.ts'
import type { Door } from '../door.ts'
import { slipped, slips } from '../texts.ts'
import type { Slip } from '../texts.ts'

interface Damage {
  /** Which of the home's files: counted round. */
  readonly file: number
  readonly how: 'slips' | 'empty' | 'gone' | 'zeroes' | 'halved' | 'null'
  readonly mistakes: readonly Slip[]
}

const damage: fc.Arbitrary<Damage> = fc.record({
  file: fc.nat({ max: 30 }),
  how: fc.constantFrom('slips', 'slips', 'empty', 'gone', 'zeroes', 'halved', 'null'),
  mistakes: slips,
})

const START_MS = 20_000

export const storedFiles: Door<Damage> = {
  name: 'stored-files',
  inputs: 3,
  input: damage,
  async open() {
    const good = temporaryHome()
    const first = await startProgram(good.path, [])
    first.signal('SIGTERM')
    await first.ended
    return {
      async send(one) {
        const home = temporaryHome()
        try {
          cpSync(good.path, home.path, { recursive: true })
          damaged(home.path, one)
          const { output, isStuck } = await started(home.path)
          if (isStuck) throw new Error(`neither ready nor ended within ${START_MS} ms: ${output}`)
          if (hasStack(output)) throw new Error(`a stack: ${output.slice(0, 2000)}`)
        } finally {
          home.remove()
        }
      },
      innocent: async () => {},
      death: () => undefined,
      memoryMb: () => 0,
      close: async () => good.remove(),
    }
  },
}

function damaged(home: string, { file, how, mistakes }: Damage): void {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(home, name)).isFile())
    .toSorted()
  const path = join(home, files[file % files.length] as string)
  if (how === 'gone') return rmSync(path)
  const bytes = readFileSync(path)
  const after = {
    slips: () => slipped(bytes, mistakes),
    empty: () => Buffer.alloc(0),
    zeroes: () => Buffer.alloc(bytes.length),
    halved: () => bytes.subarray(0, bytes.length >> 1),
    null: () => Buffer.from('null'),
  }[how]()
  writeFileSync(path, after)
}

/** What it says until it is ready or has ended; then it is killed. */
function started(home: string): Promise<{ output: string; isStuck: boolean }> {
  const command = [
    'dist/main/crossfade.js',
    'start',
    '--port',
    '0',
    '--gateway-port',
    '0',
    '--dashboard-port',
    '0',
  ]
  const child = spawn(process.execPath, command, {
    env: { ...process.env, CROSSFADE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise(resolve => {
    let output = ''
    let isStuck = false
    const timer = setTimeout(() => {
      isStuck = true
      child.kill('SIGKILL')
    }, START_MS)
    const read = (part: Buffer) => {
      output += part
      if (/^export PATH=.*\n/m.test(output)) child.kill('SIGKILL')
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('close', (_code, signal) => {
      clearTimeout(timer)
      const isCrash = signal !== null && signal !== 'SIGKILL'
      resolve({ output: isCrash ? `${output}\n    at signal (${signal}:1)` : output, isStuck })
    })
  })
}
