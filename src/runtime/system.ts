// The real clock, the real random source, the process's signals: the only file of the controller that may
// touch them.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import type { Clock, Stopwatch } from '../doors/clock.ts'
import type { Random } from '../doors/random.ts'

/** setTimeout counts in 31 bits; a longer sleep is slept in pieces. */
const LONGEST_MS = 2_000_000_000

export const systemStopwatch: Stopwatch = () => performance.now()

export const systemClock: Clock = {
  now: () => Date.now(),
  sleepUntil: (at, signal) =>
    new Promise(resolve => {
      if (signal.aborted) resolve()
      else sleep(at - Date.now(), signal, resolve)
    }),
}

function sleep(ms: number, signal: AbortSignal, resolve: () => void): void {
  const end = systemStopwatch() + ms
  const timer = { cancel: () => {} }
  const stop = () => {
    timer.cancel()
    resolve()
  }
  const next = () => {
    const left = end - systemStopwatch()
    if (left > 0) {
      const timeout = setTimeout(next, Math.min(left, LONGEST_MS))
      timer.cancel = () => clearTimeout(timeout)
      return
    }
    signal.removeEventListener('abort', stop)
    resolve()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (ms > 0) return next()
  const immediate = setImmediate(next)
  timer.cancel = () => clearImmediate(immediate)
}

export const systemRandom: Random = { next: () => Math.random() }

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort()
      process.once(name, () => process.exit(130))
    })
  }
  return stop.signal
}

/** The authorities that SSL_CERT_FILE names, in PEM, in place of the system's; undefined: the system's. */
export function authoritiesOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const file = env['SSL_CERT_FILE']
  return file ? readFileSync(file, 'utf8') : undefined
}

/** Who we are among several of us: `HOST_UUID`, new for each process. */
export function systemIdentity(): string {
  return `${hostname()}_${randomUUID()}`
}

/**
 * For programs that mostly wait: a small young generation and compact code. With 1,000 idle rollouts the controller
 * then rests at 80 MB instead of 132, for a fifth more processor time while it starts.
 */
export function preferLittleMemory(): void {
  setFlagsFromString('--max-semi-space-size=2')
  setFlagsFromString('--optimize-for-size')
}

/**
 * For programs that work all day: what has ended is collected when memory has grown by half, not when it has grown
 * threefold. After 11,000 hostile writes the embedded cluster has 260 MB instead of 360, as fast as before.
 */
export function collectEarly(): void {
  setFlagsFromString('--heap-growing-percent=50')
}
