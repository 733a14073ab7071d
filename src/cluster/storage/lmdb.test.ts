// The durable store: the suite of all stores, restarts, damage, failing disks, and kill -9 in the middle of
// writing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import { createLogStore } from './log-store.ts'
import type { Journal } from './log-store.ts'
import { openLmdbStore, StoreClosed, StoreDamaged } from './lmdb.ts'
import { keyOf, storeSuite, thing } from './store.suite.ts'
import type { Store } from './store.ts'

const clock = { now: Date.now }
const home = mkdtempSync(join(tmpdir(), 'store-'))
let folders = 0
const newFolder = () => join(home, String(folders++))

afterAll(() => rmSync(home, { recursive: true, force: true }))

storeSuite('the durable', {
  make: async limits => openLmdbStore({ folder: newFolder(), clock, ...(limits ? { limits } : {}) }),
})

const put = (store: Store, name: string, data: string) =>
  store.commit([
    { key: keyOf(name), value: thing(name, data), expected: store.newest(keyOf(name))?.revision ?? 0 },
  ])

describe('after a restart', () => {
  test('everything stands as it stood, and no revision is given out again', async () => {
    const folder = newFolder()
    const first = openLmdbStore({ folder, clock })
    await put(first, 'a', '1')
    await put(first, 'b', '1')
    await first.commit([{ key: keyOf('a'), value: undefined, expected: 1 }])
    const before = first.list('/configmaps')
    const revision = first.revision()
    await first.close()
    const second = openLmdbStore({ folder, clock })
    expect(second.list('/configmaps')).toEqual(before)
    expect(second.nextRevision()).toBeGreaterThan(revision)
    expect(second.history(1)?.map(one => [one.revision, one.key, one.value === undefined])).toEqual([
      [2, keyOf('b'), false],
      [3, keyOf('a'), true],
    ])
    await second.close()
  })

  test('history that was compacted is not taken for complete', async () => {
    const folder = newFolder()
    const limits = { events: 10, eventsMax: 100, ageMs: 1_000_000 }
    const first = openLmdbStore({ folder, clock, limits })
    for (let i = 0; i < 1_300; i++) await put(first, `n${i % 5}`, String(i))
    const oldest = first.oldestRevision()
    const before = first.list('/configmaps')
    await first.close()
    const second = openLmdbStore({ folder, clock, limits })
    expect(second.oldestRevision()).toBe(oldest)
    expect(second.history(oldest - 1)).toBeUndefined()
    expect(second.list('/configmaps')).toEqual(before)
    await second.close()
  })
})

describe('a damaged store refuses to start and says what can be done', () => {
  const damaged = async (damage: (file: string) => void) => {
    const folder = newFolder()
    const store = openLmdbStore({ folder, clock })
    for (let i = 0; i < 50; i++) await put(store, `n${i}`, 'x'.repeat(3000))
    await store.close()
    damage(join(folder, 'data.mdb'))
    return () => openLmdbStore({ folder, clock })
  }

  test('cut short', async () => {
    const open = await damaged(file => truncateSync(file, Math.floor(readFileSync(file).length / 2)))
    expect(open).toThrow(StoreDamaged)
    expect(open).toThrow(
      /data\.mdb has \d+ bytes and should have \d+ at least\. Nothing was changed\. Put back a copy/,
    )
  })

  test('overwritten from the start', async () => {
    const open = await damaged(file => writeFileSync(file, Buffer.alloc(100_000, 'x')))
    expect(open).toThrow(/its first pages are destroyed/)
  })

  test('a flipped bit in an object', async () => {
    const open = await damaged(file => {
      const bytes = readFileSync(file)
      const at = bytes.lastIndexOf('xxxxxxxx')
      bytes[at] = (bytes[at] as number) ^ 1
      writeFileSync(file, bytes)
    })
    expect(open).toThrow(/does not match its checksum/)
  })
})

describe('whatever page is destroyed', () => {
  const PAGE = 4096
  /** Objects small and large, some changed: leaves, branches, pages of their own, free pages. */
  const filled = async () => {
    const folder = newFolder()
    const store = openLmdbStore({ folder, clock })
    for (let i = 0; i < 120; i++) await put(store, `n${i % 90}`, 'x'.repeat(i % 9 === 0 ? 9000 : 900))
    await store.close()
    return folder
  }
  const garbage = Buffer.from(Array.from({ length: PAGE }, (_, i) => (i * 7919 + 13) & 255))

  test.each([
    ['with nothing', () => Buffer.alloc(PAGE)],
    ['with garbage', () => garbage],
    ['with another page', (whole: Buffer) => whole.subarray(3 * PAGE, 4 * PAGE)],
  ])('%s, the store is whole or says that it is damaged', async (_, contentOf) => {
    const folder = await filled()
    const file = join(folder, 'data.mdb')
    const whole = readFileSync(file)
    const before = openLmdbStore({ folder, clock })
    const objects = before.list('/configmaps')
    await before.close()
    let damaged = 0
    for (let page = 2; page < whole.length / PAGE; page++) {
      writeFileSync(file, whole)
      const opened = openSync(file, 'r+')
      writeSync(opened, contentOf(whole), 0, PAGE, page * PAGE)
      closeSync(opened)
      try {
        const store = openLmdbStore({ folder, clock })
        expect(store.list('/configmaps')).toEqual(objects)
        await store.close()
      } catch (error) {
        expect(error).toBeInstanceOf(StoreDamaged)
        damaged++
      }
    }
    expect(damaged).toBeGreaterThan(20)
  })

  test('emptied, it is no empty cluster', async () => {
    const folder = await filled()
    truncateSync(join(folder, 'data.mdb'), 0)
    expect(() => openLmdbStore({ folder, clock })).toThrow(StoreDamaged)
    expect(() => openLmdbStore({ folder, clock })).toThrow(
      /data\.mdb is empty\. Nothing was changed\. Put back a copy/,
    )
    expect(statSync(join(folder, 'data.mdb')).size).toBe(0)
  })
})

test('its files are for their owner alone, also those of earlier versions', async () => {
  const folder = newFolder()
  const modes = () => readdirSync(folder).map(name => statSync(join(folder, name)).mode & 0o777)
  const first = openLmdbStore({ folder, clock })
  await put(first, 'a', '1')
  expect(modes()).toEqual([0o600, 0o600])
  await first.close()
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
  const second = openLmdbStore({ folder, clock })
  expect(modes()).toEqual([0o600, 0o600])
  await second.close()
})

test.skipIf(!existsSync('/dev/full'))('a full disk is said before a file of ours begins', () => {
  const folder = newFolder()
  mkdirSync(folder)
  symlinkSync('/dev/full', join(folder, 'room'))
  const open = () => openLmdbStore({ folder, clock })
  expect(open).toThrow(/cannot be opened \(ENOSPC.*\)\. Make room on its disk, or set CROSSFADE_HOME/)
  expect(readdirSync(folder)).toEqual([])
})

test('a store that the system does not open is not called damaged', () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'data.mdb'), { recursive: true })
  const open = () => openLmdbStore({ folder, clock })
  expect(open).toThrow(StoreClosed)
  expect(open).toThrow(/cannot be opened .*set CROSSFADE_HOME/)
})

describe('changes that may be late', () => {
  /** What is on disk, as batches of names. */
  function aJournal() {
    const batches: string[][] = []
    const journal: Journal = {
      load: () => ({ records: [], oldestRevision: 0, next: 1 }),
      gather: () => Promise.resolve(),
      append: async records => void batches.push(records.map(one => `${one.revision} ${one.key}`)),
      compact: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }
    const mayBeLate = ({ key }: { key: string }) => key === keyOf('lease')
    return { batches, store: createLogStore({ clock, journal, mayBeLate }) }
  }
  const [lease, other] = [keyOf('lease'), keyOf('other')]

  test('are seen at once and wait for an append that others need, in order', async () => {
    const { batches, store } = aJournal()
    const told: string[] = []
    store.follow(changes => told.push(...changes.map(one => one.key)))
    await put(store, 'lease', '1')
    await put(store, 'lease', '2')
    expect(store.read(lease)).toMatchObject({ revision: 2, value: thing('lease', '2') })
    expect(told).toEqual([lease, lease])
    expect(batches).toEqual([])
    await put(store, 'other', '1')
    expect(batches).toEqual([[`1 ${lease}`, `2 ${lease}`, `3 ${other}`]])
    await put(store, 'lease', '3')
    expect(batches).toHaveLength(1)
    await store.close()
    expect(batches[1]).toEqual([`4 ${lease}`])
  })

  test('are a hundred at most: no revision that was lost comes again', async () => {
    const { batches, store } = aJournal()
    for (let i = 0; i < 250; i++) await put(store, 'lease', String(i))
    expect(batches.map(one => one.length)).toEqual([101, 101])
    await store.close()
  })

  test('that a crash has lost leave no revision behind that is given out twice', async () => {
    const folder = newFolder()
    const mayBeLate = ({ key }: { key: string }) => key === lease
    const first = openLmdbStore({ folder, clock, mayBeLate })
    await put(first, 'lease', '1')
    await put(first, 'other', '1')
    for (let i = 0; i < 100; i++) await put(first, 'lease', `late ${i}`)
    const copy = newFolder()
    mkdirSync(copy)
    copyFileSync(join(folder, 'data.mdb'), join(copy, 'data.mdb'))
    const second = openLmdbStore({ folder: copy, clock })
    expect(second.read(lease)?.value).toEqual(thing('lease', '1'))
    expect(second.read(other)?.value).toEqual(thing('other', '1'))
    expect(second.nextRevision()).toBeGreaterThan(first.revision())
    await first.close()
    await second.close()
    const third = openLmdbStore({ folder, clock })
    expect(third.read(lease)?.value).toEqual(thing('lease', 'late 99'))
    await third.close()
  })
})

test('when the disk fails, nothing more is acknowledged and the process is told once', async () => {
  const failures: Error[] = []
  let isBroken = false
  const journal: Journal = {
    load: () => ({ records: [], oldestRevision: 0, next: 1 }),
    gather: () => Promise.resolve(),
    append: () => (isBroken ? Promise.reject(new Error('EIO: i/o error, fdatasync')) : Promise.resolve()),
    compact: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  const store = createLogStore({ clock, journal, onFailure: error => failures.push(error) })
  const told: string[] = []
  store.follow(changes => told.push(...changes.map(one => one.key)))
  await put(store, 'a', '1')
  isBroken = true
  const lost = [put(store, 'b', '1'), put(store, 'c', '1')]
  for (const one of lost) await expect(one).rejects.toThrow('EIO')
  isBroken = false
  await expect(put(store, 'd', '1')).rejects.toThrow('EIO')
  expect(store.read(keyOf('b'))).toBeUndefined()
  expect(told).toEqual([keyOf('a')])
  expect(failures).toHaveLength(1)
})

/** Writes from 8 writers for ever, and prints every change once it is acknowledged. */
const WRITER = `
import { openLmdbStore } from './lmdb.ts'
const store = openLmdbStore({ folder: process.argv[2], clock: { now: Date.now } })
const run = process.argv[3]
store.follow(changes => changes.forEach(one => process.stdout.write('told ' + one.revision + ' ' + one.key + '\\n')))
const writer = async w => {
  for (let i = 0; ; i++) {
    const name = run + '-' + w + '-' + i
    const key = '/configmaps/default/' + name
    const revision = store.nextRevision()
    const metadata = { name, namespace: 'default' }
    const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: 'x'.repeat(500) }
    await store.commit([{ key, value, expected: 0 }])
    process.stdout.write('done ' + revision + ' ' + key + '\\n')
  }
}
for (let w = 0; w < 8; w++) void writer(w)
`

test('kill -9 loses nothing that was acknowledged or told', { timeout: 60_000 }, async () => {
  const folder = newFolder()
  const program = await writerProgram()
  const said: { revision: number; key: string }[] = []
  for (let run = 0; run < 5; run++) {
    const before = said.length
    await writeAndKill(program, { folder, run: String(run), said, lines: 300 + 137 * run })
    expect(said.length).toBeGreaterThan(before)
    const store = openLmdbStore({ folder, clock })
    for (const { revision, key } of said) expect(store.read(key)?.revision).toBe(revision)
    expect(store.nextRevision()).toBeGreaterThan(Math.max(...said.map(one => one.revision)))
    await store.close()
  }
  const byRevision = new Map<number, string>()
  for (const { revision, key } of said) {
    expect(byRevision.get(revision) ?? key).toBe(key)
    byRevision.set(revision, key)
  }
})

async function writerProgram(): Promise<string> {
  // Beside node_modules, so that the bundle finds the library.
  const here = fileURLToPath(new URL('.', import.meta.url))
  const outfile = join(
    fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url)),
    `writer-${process.pid}.mjs`,
  )
  mkdirSync(join(outfile, '..'), { recursive: true })
  await build({
    stdin: { contents: WRITER, resolveDir: here, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['lmdb'],
    outfile,
  })
  const copy = `${outfile}.run.mjs`
  copyFileSync(outfile, copy)
  rmSync(outfile)
  return copy
}

interface Killed {
  readonly folder: string
  readonly run: string
  readonly said: { revision: number; key: string }[]
  readonly lines: number
}

async function writeAndKill(program: string, { folder, run, said, lines }: Killed): Promise<void> {
  const child = spawn(process.execPath, [program, folder, run], { stdio: ['ignore', 'pipe', 'inherit'] })
  let count = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [, revision, key] = line.split(' ')
    if (key === undefined) continue
    said.push({ revision: Number(revision), key })
    if (++count === lines) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
