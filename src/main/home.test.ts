// One process a home: who holds it is said, who is dead loses it.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homePath, openHome } from './home.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'home-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('CROSSFADE_HOME names the folder, else it is ~/.crossfade', () => {
  expect(homePath({ CROSSFADE_HOME: '/a/b' })).toBe('/a/b')
  expect(homePath({})).toMatch(/\.crossfade$/)
  expect(homePath({ CROSSFADE_HOME: 'here' }), 'whole: it is printed').toBe(join(process.cwd(), 'here'))
})

test('a second start of the same folder says which process holds it', () => {
  const home = openHome(folder, { fresh: false })
  expect(() => openHome(folder, { fresh: false })).toThrow(`in use by process ${process.pid}`)
  home.release()
  openHome(folder, { fresh: false }).release()
})

test('the lock of a dead process is taken over, even when its pid lives again', () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }))
  const home = openHome(folder, { fresh: false })
  expect(() => openHome(folder, { fresh: false })).toThrow('in use')
  home.release()
  writeFileSync(join(folder, 'lock'), 'half a l')
  openHome(folder, { fresh: false }).release()
})

test('--fresh forgets the store and keeps nothing of the old certificates', () => {
  mkdirSync(join(folder, 'store'))
  writeFileSync(join(folder, 'store', 'data'), 'x')
  const home = openHome(folder, { fresh: true })
  expect(existsSync(join(home.store, 'data'))).toBe(false)
  home.release()
})

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be written is named, with the cure (not as root)',
  () => {
    chmodSync(folder, 0o500)
    expect(() => openHome(folder, { fresh: false })).toThrow('set CROSSFADE_HOME')
  },
)

test('a home below a file is named, with the cure', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => openHome(join(folder, 'file', 'home'), { fresh: false })).toThrow('set CROSSFADE_HOME')
})
