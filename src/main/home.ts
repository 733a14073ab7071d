// The folder where a running Crossfade keeps everything (CROSSFADE_HOME): one process's, and its user's alone.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePrivate } from '../cluster/serve/private-file.ts'
import { systemIdentity } from '../runtime/system.ts'
import { FolderTaken, lockFolder } from './folder-lock.ts'

/** Where `kubectl-argo-rollouts` and `crossfade` lie. */
export const PROGRAMS = fileURLToPath(new URL('../bin', import.meta.url))

/** A mistake of the person who started the program: printed as one sentence, without a stack. */
export class StartError extends Error {}

export interface Home {
  readonly path: string
  readonly store: string
  readonly pki: string
  readonly kubeconfig: string
  readonly pods: string
  /** Who its controller is among others: `HOST_UUID`, the same at every start. */
  readonly identity: string
  /** Gives the folder back; called once, last. */
  release(): void
}

const IDENTITY = /^[\w.-]{1,253}_[0-9a-f-]{36}$/

/**
 * Makes the folder if need be and locks it. `fresh` empties the store, the pods and the certificates first.
 * Throws StartError when another process holds it or it can't be written.
 */
export function openHome(path: string, options: { fresh: boolean }): Home {
  let release: (() => void) | undefined
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    for (const part of ['', 'store', 'pki', 'dashboard']) refuseSpecial(join(path, part))
    release = lockFolder(path)
    return { ...folders(path, options), path, release }
  } catch (error) {
    release?.()
    throw error instanceof StartError ? error : unusable(path, error as Error)
  }
}

/** What the system says of a file of the home, as a sentence with a cure. Other errors stay as they are. */
export function homeProblem({ path }: Home, error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? unusable(path, error as NodeJS.ErrnoException) : error
}

/** Whoever reads a pipe waits for ever; what a link called `lock` leads to would be emptied. */
function refuseSpecial(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const [found, entry] = [statSync(path, { throwIfNoEntry: false }), lstatSync(path)]
    const isPlain = found === undefined || found.isFile() || found.isDirectory()
    if (isPlain && !(name === 'lock' && entry.isSymbolicLink())) continue
    const what = isPlain ? 'a link' : 'a pipe, a socket or a device'
    throw new StartError(`${path} is ${what}, and no file of ours; move it away, then start again`)
  }
}

function folders(path: string, { fresh }: { fresh: boolean }) {
  const at = (name: string) => join(path, name)
  const [store, pki, pods, kubeconfig] = [at('store'), at('pki'), at('pods'), at('kubeconfig')]
  if (fresh) for (const one of [store, pki, pods, kubeconfig]) rmSync(one, { recursive: true, force: true })
  for (const one of [store, pki, pods]) {
    mkdirSync(one, { recursive: true, mode: 0o700 })
    chmodSync(one, 0o700)
  }
  return { store, pki, pods, kubeconfig, identity: identityIn(at('identity')) }
}

function identityIn(path: string): string {
  const found = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  if (IDENTITY.test(found)) return found
  const made = systemIdentity()
  writePrivate(path, `${made}\n`)
  return made
}

function unusable(path: string, error: NodeJS.ErrnoException): StartError {
  if (error instanceof FolderTaken)
    return new StartError(
      `the folder ${path} is in use by ${error.message}; ` +
        'stop that one, or set CROSSFADE_HOME to another folder',
    )
  const cure =
    error.code === 'ENOSPC'
      ? 'make room on its disk, or set CROSSFADE_HOME to a folder elsewhere'
      : 'set CROSSFADE_HOME to one that you may write to'
  return new StartError(`cannot use the folder ${path} (${error.message}); ${cure}`)
}
