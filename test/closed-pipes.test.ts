// The built programs, whose output nobody reads to its end: they end quietly, and a server goes on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { apiOf } from './acceptance/api.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const crossfade = join(dist, 'main', 'crossfade.js')
const home = mkdtempSync(join(tmpdir(), 'pipes-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** By a shell that has the programs' names; `$status` there is the program's. */
async function typed(line: string) {
  const env = { ...process.env, CROSSFADE_HOME: home, crossfade, node: process.execPath, dist }
  const child = spawn('bash', ['-c', line], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += String(chunk)))
  child.stderr.on('data', chunk => (stderr += String(chunk)))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

describe.skipIf(!existsSync(crossfade))('a pipe that is closed (needs npm run build)', () => {
  test.concurrent.each([
    ['install --print', '"$node" "$crossfade" install --print | head -1; exit ${PIPESTATUS[0]}', 1],
    ['help', '"$node" "$crossfade" --help | head -1; exit ${PIPESTATUS[0]}', 1],
    ['the help of the plug-in', '"$dist/bin/kubectl-argo-rollouts" --help | true; exit ${PIPESTATUS[0]}', 0],
    [
      'complaints of the plug-in',
      '"$dist/bin/kubectl-argo-rollouts" --kubeconfig /nowhere list rollouts 2>&1 | true; exit ${PIPESTATUS[0]}',
      0,
    ],
  ])('%s ends quietly', async (_, line, lines) => {
    const { status, stdout, stderr } = await typed(line)
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toHaveLength(lines + 1)
    expect(status).toBeLessThanOrEqual(1)
  })

  test.skipIf(!existsSync('/dev/full'))('a full disk behind it is said in a sentence', async () => {
    const { status, stderr } = await typed('"$node" "$crossfade" install --print > /dev/full')
    expect(stderr).toMatch(/^the output cannot be written: ENOSPC[^\n]*\n$/)
    expect(status).toBe(1)
  })

  test('a server that nobody listens to any more goes on serving', async () => {
    const flags = [
      '--port',
      '0',
      '--gateway-port',
      '0',
      '--metrics-port',
      '0',
      '--dashboard-port',
      '0',
      '--no-demo',
      '--loglevel',
      'debug',
    ]
    const child = spawn(process.execPath, [crossfade, 'start', ...flags], {
      env: { ...process.env, CROSSFADE_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    child.stdout.destroy()
    child.stderr.destroy()
    const api = apiOf(join(home, 'kubeconfig'))
    // Each is a line of the log that nobody reads.
    for (let i = 0; i < 20; i++) expect((await api('GET', `/api/v1/namespaces/none-${i}`)).status).toBe(404)
    api.close()
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})
