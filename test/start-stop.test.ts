// The program itself, from the built files: told to stop while it is still starting.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../dist/main/crossfade.js', import.meta.url))

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** Starts it, sends the signal as soon as a file of that name is in its home, gives the exit status. */
function stoppedAt(file: string, signal: NodeJS.Signals): Promise<number | null> {
  const child = spawn(
    process.execPath,
    [program, 'start', '--port', '0', '--gateway-port', '0', '--dashboard-port', '0'],
    {
      env: { ...process.env, CROSSFADE_HOME: home },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const seen = watch(home, (_, name) => {
    if (name !== file) return
    seen.close()
    child.kill(signal)
  })
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
}

test.skipIf(!existsSync(program))(
  'a signal that comes while it starts stops it (needs npm run build)',
  async () => {
    expect(await stoppedAt('kubeconfig', 'SIGTERM')).toBe(0)
    expect(existsSync(join(home, 'lock')), 'the folder is given back').toBe(false)
    expect(await stoppedAt('lock', 'SIGINT')).toBe(0)
    expect(existsSync(join(home, 'lock')), 'and given back again').toBe(false)
  },
)
