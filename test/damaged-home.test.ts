// The program itself, from the built files, over a home that is damaged: a sentence that says what can be done, status
// 1, no stack, and never an empty cluster in the place of a full one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../dist/main/crossfade.js', import.meta.url))
const ports = ['--port', '0', '--gateway-port', '0', '--metrics-port', '0', '--dashboard-port', '0']

let scratch: string
let whole: string

/** Starts it over that home, and stops it when it is ready. */
async function started(home: string) {
  const child = spawn(process.execPath, [program, 'start', '--no-demo', ...ports], {
    env: { ...process.env, CROSSFADE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => {
    stdout += String(chunk)
    child.kill('SIGTERM')
  })
  child.stderr.on('data', chunk => (stderr += String(chunk)))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

describe.skipIf(!existsSync(program))('a damaged home (needs npm run build)', () => {
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'damaged-'))
    whole = join(scratch, 'whole')
    expect(await started(whole)).toMatchObject({ status: 0, stderr: '' })
  })
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  const damages: readonly (readonly [what: string, damage: (home: string) => void, said: RegExp])[] = [
    [
      'an empty store',
      home => truncateSync(join(home, 'store/data.mdb'), 0),
      /is damaged: data\.mdb is empty\./,
    ],
    [
      'a store with its middle overwritten',
      home => {
        const file = join(home, 'store/data.mdb')
        const size = statSync(file).size
        writeFileSync(file, Buffer.alloc(size / 2, 7), { flag: 'r+' })
      },
      /is damaged: .*Put back a copy of that folder, or move it away/,
    ],
    [
      'a junk authority',
      home => writeFileSync(join(home, 'pki/ca.crt'), 'junk'),
      /ca\.crt .* cannot be read/,
    ],
    [
      'a token that is a folder',
      home => {
        rmSync(join(home, 'pki/token'))
        mkdirSync(join(home, 'pki/token'))
      },
      /cannot use the folder .*EISDIR.*set CROSSFADE_HOME/,
    ],
    [
      'a file in the place of the dashboard’s folder',
      home => {
        rmSync(join(home, 'dashboard'), { recursive: true })
        writeFileSync(join(home, 'dashboard'), '')
      },
      /cannot use the folder .*EEXIST.*set CROSSFADE_HOME/,
    ],
    [
      'a kubeconfig that is a folder',
      home => {
        rmSync(join(home, 'kubeconfig'))
        mkdirSync(join(home, 'kubeconfig/x'), { recursive: true })
      },
      /cannot use the folder .*kubeconfig.*set CROSSFADE_HOME/,
    ],
  ]

  test.concurrent.each(damages)('%s is said in a sentence', async (what, damage, said) => {
    const home = join(scratch, what)
    cpSync(whole, home, { recursive: true })
    damage(home)
    const { status, stdout, stderr } = await started(home)
    expect(stderr).toMatch(said)
    expect(stderr).toMatch(/^crossfade: .*\n$/)
    expect([status, stdout]).toEqual([1, ''])
    expect(existsSync(join(home, 'lock')), 'the folder is given back').toBe(false)
  })

  test('a lock file with anything in it is taken over', async () => {
    writeFileSync(join(whole, 'lock'), 'null')
    expect(await started(whole)).toMatchObject({ status: 0, stderr: '' })
  })
})
