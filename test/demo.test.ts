// `crossfade demo`, the built program in a pipe: the story that it plays, and that nothing stays behind.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'demo-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function played(whenSaid?: RegExp): Promise<{ readonly out: string; readonly exit: number | null }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['dist/bin/crossfade', 'demo'], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    const heard = (chunk: Buffer) => {
      out += chunk
      if (whenSaid?.test(out) === true) child.kill('SIGINT')
    }
    child.stdout.on('data', heard)
    child.stderr.on('data', heard)
    child.once('close', exit => resolve({ out, exit }))
  })
}

test('the canary is played to its end, in plain text', { timeout: 120_000 }, async () => {
  const { out, exit } = await played()
  const answers = [...out.matchAll(/^ {2}(v\S+) .* (\d+) of 100 answers$/gm)].map(([, of, n]) => `${of} ${n}`)
  expect([exit, answers], out).toEqual([
    0,
    ['v1.0 100', 'v1.0 70', 'v2.0 30', 'v1.0 40', 'v2.0 60', 'v1.0 100', 'v1.0 70', 'v2.0 30', 'v2.0 100'],
  ])
  expect(out).not.toContain('\x1b')
  expect(readdirSync(folder).filter(name => name.startsWith('crossfade-demo'))).toEqual([])
})

test('Ctrl-C in the middle ends it without a word', { timeout: 120_000 }, async () => {
  const { out } = await played(/image updated/)
  expect(out).not.toMatch(/Error|at .*\.js/)
  expect(out).not.toContain('That was a canary')
  expect(readdirSync(folder).filter(name => name.startsWith('crossfade-demo'))).toEqual([])
})
