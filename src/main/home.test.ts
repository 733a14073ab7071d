// One process a home: who holds it is said, who is dead loses it.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'
import { StartError, homeProblem, openHome } from './home.ts'
import { homePath } from './home-path.ts'

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

test.each(['identity', 'lock', 'kubeconfig', 'pki/ca.crt', 'store/data.mdb'])(
  'a pipe in place of %s is named, and nobody waits for it',
  name => {
    for (const part of ['pki', 'store']) mkdirSync(join(folder, part))
    execFileSync('mkfifo', [join(folder, name)])
    expect(() => openHome(folder, { fresh: false })).toThrow(`${join(folder, name)} is a pipe`)
  },
)

test('a link in place of the lock is named, and what it leads to stays as it is', () => {
  const precious = join(folder, 'precious')
  writeFileSync(precious, 'precious')
  symlinkSync(precious, join(folder, 'lock'))
  expect(() => openHome(folder, { fresh: false })).toThrow('is a link')
  expect(() => lockFolder(folder)).toThrow('ELOOP')
  expect(readFileSync(precious, 'utf8')).toBe('precious')
})

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be written is named, with the cure (not as root)',
  () => {
    chmodSync(folder, 0o500)
    expect(() => openHome(folder, { fresh: false })).toThrow('set CROSSFADE_HOME')
  },
)

test('its controller is the same one at every start, and a file that says nothing is written anew', () => {
  const open = () => {
    const home = openHome(folder, { fresh: false })
    home.release()
    return home.identity
  }
  const first = open()
  expect(first).toMatch(/^[\w.-]+_[0-9a-f-]{36}$/)
  expect(open()).toBe(first)
  expect(statSync(join(folder, 'identity')).mode & 0o777).toBe(0o600)
  for (const junk of ['', 'null', '_\x1b[2J']) {
    writeFileSync(join(folder, 'identity'), junk)
    expect(open()).not.toBe(first)
    expect(open()).toMatch(/^[\w.-]+_[0-9a-f-]{36}$/)
  }
})

test('its folders are for their owner alone, also those of earlier versions', () => {
  for (const name of ['store', 'pki', 'pods']) mkdirSync(join(folder, name), { mode: 0o755 })
  openHome(folder, { fresh: false }).release()
  for (const name of ['store', 'pki', 'pods'])
    expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o700)
})

test.each(['store', 'pki', 'pods', 'lock'])(
  '%s that is something else is named, and the folder given back',
  name => {
    if (name === 'lock') mkdirSync(join(folder, name))
    else writeFileSync(join(folder, name), '')
    const open = () => openHome(folder, { fresh: false })
    expect(open).toThrow(StartError)
    expect(open).toThrow(/^cannot use the folder .*(EEXIST|EISDIR).*set CROSSFADE_HOME/)
    rmSync(join(folder, name), { recursive: true })
    openHome(folder, { fresh: false }).release()
  },
)

test.skipIf(!existsSync('/dev/full'))('a full disk is said, with the cure', () => {
  const home = openHome(folder, { fresh: false })
  const told = () => {
    try {
      writeFileSync('/dev/full', 'x')
      return undefined
    } catch (error) {
      return homeProblem(home, error)
    }
  }
  expect(told()).toBeInstanceOf(StartError)
  expect(String(told())).toMatch(/ENOSPC.*; make room on its disk, or set CROSSFADE_HOME/)
  const bug = new Error('a bug')
  expect(homeProblem(home, bug)).toBe(bug)
  home.release()
})

test('a home below a file is named, with the cure', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => openHome(join(folder, 'file', 'home'), { fresh: false })).toThrow('set CROSSFADE_HOME')
})
