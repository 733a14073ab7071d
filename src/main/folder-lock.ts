// The lock that gives a folder to one process. The kernel keeps it on the open file: it ends with the process, however
// that ends, and holds across containers that share a volume. Who holds it stands in the file, for people alone.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isJsonObject, parseJson } from '../std/json.ts'
import { printable } from '../std/printable.ts'

/** False: another holds it. Throws LockUnknown where this way does not exist. */
export type TryLock = (descriptor: number) => boolean

/** This system has no such way to lock, or the folder's file system keeps no locks. */
class LockUnknown extends Error {}

/** Whoever holds the folder, in words. */
export class FolderTaken extends Error {}

const require = createRequire(import.meta.url)
/** What a link leads to is somebody else's: it would be emptied. */
const OPENED = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW
const ATTEMPTS = 5
const SHOWN_BYTES = 200
const FLOCK = 3

/** By a library that is made for each system; it may not load on one that its makers did not think of. */
export const lockByLibrary: TryLock = descriptor => {
  try {
    const { tryLock } = require('fs-native-extensions') as { tryLock: TryLock }
    return tryLock(descriptor)
  } catch (error) {
    throw new LockUnknown(firstLine(error))
  }
}

/** By the program `flock`, on a descriptor that it inherits: the lock stays with our open file when it has ended. */
export const lockByProgram: TryLock = descriptor => {
  const { error, status, stderr } = spawnSync('flock', ['-n', '-x', String(FLOCK)], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    encoding: 'utf8',
  })
  if (error !== undefined) throw new LockUnknown(firstLine(error))
  if (status !== 0 && stderr !== '') throw new LockUnknown(stderr.trim())
  return status === 0
}

/** Gives the call that gives the folder back. Throws FolderTaken when another process holds it. */
export function lockFolder(
  folder: string,
  ways: readonly TryLock[] = [lockByLibrary, lockByProgram],
): () => void {
  const path = join(folder, 'lock')
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = openSync(path, OPENED, 0o600)
    try {
      if (!lockedIn(file, ways)) throw new FolderTaken(holderIn(path))
      if (isStill(path, file)) return keep(path, file)
    } catch (error) {
      closeSync(file)
      throw error
    }
    closeSync(file)
  }
  throw new FolderTaken('other starts')
}

function lockedIn(file: number, ways: readonly TryLock[]): boolean {
  const problems: string[] = []
  for (const way of ways) {
    try {
      return way(file)
    } catch (error) {
      if (!(error instanceof LockUnknown)) throw error
      problems.push(error.message)
    }
  }
  throw new Error(`nothing here can lock a file: ${problems.join('; ')}`)
}

/** Whoever gives a folder back takes the file away: a lock on a file that is no longer there is none. */
function isStill(path: string, file: number): boolean {
  const mine = fstatSync(file)
  const there = lstatSync(path, { throwIfNoEntry: false })
  return there !== undefined && there.ino === mine.ino && there.dev === mine.dev
}

function keep(path: string, file: number): () => void {
  fchmodSync(file, 0o600)
  ftruncateSync(file, 0)
  writeSync(file, JSON.stringify({ pid: process.pid, host: hostname() }))
  return () => {
    rmSync(path, { force: true })
    closeSync(file)
  }
}

/** As the holder has written it down; it may be in the middle of that, or in another container. */
function holderIn(path: string): string {
  const found = parseJson(readFileSync(path, 'utf8'))
  if (!isJsonObject(found) || typeof found['pid'] !== 'number') return 'another process'
  const host = found['host']
  const where = typeof host === 'string' && host !== hostname() ? ` on ${printable(host, SHOWN_BYTES)}` : ''
  return `process ${found['pid']}${where}`
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? ''
}
