// The folder where a running Crossfade keeps everything (CROSSFADE_HOME), and the lock that gives it to one process.
import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseJson } from '../std/json.ts'

/** A mistake of the person who started the program: printed as one sentence, without a stack. */
export class StartError extends Error {}

export interface Home {
  readonly path: string
  readonly store: string
  readonly pki: string
  readonly kubeconfig: string
  readonly pods: string
  /** Gives the folder back; called once, last. */
  release(): void
}

interface Holder {
  readonly pid: number
  /** What the system says of when the process began: a pid alone may be another process by now. */
  readonly started: string
}

/** The folder to use: CROSSFADE_HOME, else `~/.crossfade`. Whole, since the user pastes it into other shells. */
export function homePath(environment: Readonly<Record<string, string | undefined>>): string {
  return resolve(environment.CROSSFADE_HOME || join(homedir(), '.crossfade'))
}

/**
 * Makes the folder if need be and locks it. `fresh` empties the store, the pods and the certificates first.
 * Throws StartError when another process holds it or it can't be written.
 */
export function openHome(path: string, options: { fresh: boolean }): Home {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    acquire(path)
  } catch (error) {
    if (error instanceof StartError) throw error
    const why = (error as Error).message
    throw new StartError(
      `cannot use the folder ${path} (${why}); set CROSSFADE_HOME to one that you may write to`,
    )
  }
  const at = (name: string) => join(path, name)
  if (options.fresh)
    for (const name of ['store', 'pki', 'pods', 'kubeconfig'])
      rmSync(at(name), { recursive: true, force: true })
  for (const name of ['store', 'pki', 'pods']) mkdirSync(at(name), { recursive: true, mode: 0o700 })
  return {
    path,
    store: at('store'),
    pki: at('pki'),
    kubeconfig: at('kubeconfig'),
    pods: at('pods'),
    release: () => rmSync(at('lock'), { force: true }),
  }
}

function acquire(path: string): void {
  const lock = join(path, 'lock')
  const mine = join(path, `lock.${process.pid}`)
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? '' }), {
    mode: 0o600,
  })
  try {
    if (tryLink(mine, lock)) return
    const found = readFileSync(lock, 'utf8')
    const holder = parseJson(found) as Holder | undefined
    if (holder !== undefined && startOf(holder.pid) === holder.started) throw heldBy(path, holder)
    takeOver(lock, found)
    if (!tryLink(mine, lock))
      throw new StartError(`another start has just taken the folder ${path}; try again`)
  } finally {
    rmSync(mine, { force: true })
  }
}

function heldBy(path: string, holder: Holder): StartError {
  return new StartError(
    `the folder ${path} is in use by process ${holder.pid}; stop that one, or set CROSSFADE_HOME to another folder`,
  )
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves a dead process's lock away; if a living one has replaced it meanwhile, puts that one back. */
function takeOver(lock: string, dead: string): void {
  const aside = `${lock}.stale.${process.pid}`
  renameSync(lock, aside)
  if (readFileSync(aside, 'utf8') !== dead) tryLink(aside, lock)
  rmSync(aside, { force: true })
}

/** When a process began, in the system's own words; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    const asked = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return asked.status === 0 ? asked.stdout.trim() : undefined
  }
}
