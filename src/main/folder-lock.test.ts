// One process a folder, whichever way the system locks: also across PID namespaces, and after any end of the holder.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FolderTaken, lockByLibrary, lockByProgram, lockFolder } from './folder-lock.ts'
import type { TryLock } from './folder-lock.ts'

/** Locks the folder, says so or why not, and stays until it is killed. */
const HOLDER = `
import { lockFolder, lockByLibrary, lockByProgram } from './folder-lock.ts'
try {
  lockFolder(process.argv[2], [process.argv[3] === 'lockByLibrary' ? lockByLibrary : lockByProgram])
  console.log('locked')
  process.stdin.resume()
} catch (error) {
  console.log(error.constructor.name + ' ' + error.message)
}
`
const SEPARATE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child']
const here = fileURLToPath(new URL('.', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'lock-'))
const program = join(here, '..', '..', 'node_modules', '.cache', `holder-${process.pid}.mjs`)
let folder: string

beforeAll(() =>
  build({
    stdin: { contents: HOLDER, resolveDir: here, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    outfile: program,
  }),
)
afterAll(() => {
  rmSync(program, { force: true })
  rmSync(scratch, { recursive: true, force: true })
})

const running: ReturnType<typeof spawn>[] = []
beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'folder-'))
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

async function hold(way: string, before: readonly string[] = []) {
  const [command = '', ...args] = [...before, process.execPath, program, folder, way]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  running.push(child)
  const [said] = await once(child.stdout, 'data')
  return {
    said: String(said).trim(),
    async kill() {
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    },
  }
}

const canSeparate = spawnSync('unshare', [...SEPARATE, 'true']).status === 0
const hasFlock = spawnSync('flock', ['--version']).error === undefined

describe.each([
  ['lockByLibrary', lockByLibrary, true],
  ['lockByProgram', lockByProgram, hasFlock],
])('%s', (name, way: TryLock, isHere) => {
  test.runIf(isHere)('gives a folder to one, and to the next when it is given back', () => {
    const release = lockFolder(folder, [way])
    expect(() => lockFolder(folder, [way])).toThrow(FolderTaken)
    expect(() => lockFolder(folder, [way])).toThrow(`process ${process.pid}`)
    release()
    expect(existsSync(join(folder, 'lock'))).toBe(false)
    lockFolder(folder, [way])()
  })

  test.runIf(isHere)('a holder that was killed holds nothing', async () => {
    const other = await hold(name)
    expect(other.said).toBe('locked')
    expect(() => lockFolder(folder, [way])).toThrow(FolderTaken)
    await other.kill()
    lockFolder(folder, [way])()
  })

  test.runIf(isHere && canSeparate)('holds across PID namespaces (where unshare may be used)', async () => {
    const first = await hold(name, ['unshare', ...SEPARATE])
    expect(first.said).toBe('locked')
    const second = await hold(name, ['unshare', ...SEPARATE])
    expect(second.said).toMatch(/^FolderTaken process \d+$/)
    expect(() => lockFolder(folder, [way])).toThrow(FolderTaken)
    await first.kill()
  })
})

describe('what stands in the file', () => {
  test.each(['null', '{"pid":', '[]', '7', '{"pid":"x"}', ''])('is for people alone: %j', content => {
    writeFileSync(join(folder, 'lock'), content, { mode: 0o644 })
    const release = lockFolder(folder)
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid })
    expect(statSync(join(folder, 'lock')).mode & 0o777).toBe(0o600)
    writeFileSync(join(folder, 'lock'), content)
    expect(() => lockFolder(folder)).toThrow('another process')
    release()
  })

  test('names the other machine or container, and reaches no terminal as it is', () => {
    const release = lockFolder(folder)
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, host: 'web-1\x1b[2J' }))
    expect(() => lockFolder(folder)).toThrow('process 1 on web-1^[[2J')
    release()
  })
})

test('a lock on a file that its holder has taken away meanwhile is none', () => {
  let before: (() => void) | undefined = lockFolder(folder)
  let tries = 0
  const release = lockFolder(folder, [
    file => {
      tries++
      before?.()
      before = undefined
      return lockByLibrary(file)
    },
  ])
  expect(tries).toBe(2)
  expect(() => lockFolder(folder)).toThrow(FolderTaken)
  release()
})

test('where nothing can lock a file, that is said, with why', () => {
  const path = process.env['PATH']
  process.env['PATH'] = folder
  try {
    expect(() => lockFolder(folder, [lockByProgram])).toThrow(
      /^nothing here can lock a file: spawnSync flock/,
    )
  } finally {
    process.env['PATH'] = path
  }
})
