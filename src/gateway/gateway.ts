// Starts the gateway: the thread with the proxy, and on this thread the watch that makes its tables.
import { Worker } from 'node:worker_threads'
import type { Clock, Stopwatch } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import type { Random } from '../doors/random.ts'
import type { Client } from '../runtime/network/client.ts'
import type { CountRow } from './counts.ts'
import { createLooking } from './looking.ts'
import type { Looking } from './looking.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'
import type { ProxyLimits } from './listener.ts'
import type { RouteInput } from './routes/endpoints.ts'
import type { RouteTable } from './routes/route.ts'
import { watchRoutes } from './watch.ts'

export interface GatewayOptions {
  readonly client: Client
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  readonly random: Random
  readonly log: Log
  /** 0: any free one. */
  readonly port: number
  readonly address?: string
  /** Where pods really are, and who says when that changes. On a real cluster: the pod's own address. */
  readonly addresses: {
    readonly resolve: RouteInput['resolve']
    onChange(listener: () => void): () => void
  }
  /** Shuffles the weights alike in each run: for tests. */
  readonly seed?: number
  readonly limits?: Partial<ProxyLimits>
  /** The built thread.js, where it does not stand beside this file. */
  readonly thread?: URL
}

export interface Gateway {
  readonly port: number
  counts(): Promise<readonly CountRow[]>
  /** Live traffic as text, in pieces. */
  readonly look: Looking['look']
  /** Lets the requests in flight end. */
  close(): Promise<void>
  /** Rejects when the thread ends by itself: no traffic is served from then on. */
  readonly failed: Promise<never>
}

const CLOSE_GRACE_MS = 5000
const THREAD = new URL('./thread.js', import.meta.url)

/** Resolves when it listens and the first table is in force. A port that is taken rejects with its `code`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { addresses, random, log } = options
  const thread = startThread(options, {
    port: options.port,
    address: options.address ?? '127.0.0.1',
    seed: options.seed ?? Math.floor(random.next() * 2 ** 31),
    limits: options.limits ?? {},
  })
  const port = await thread.listening
  const stop = new AbortController()
  const watch = watchRoutes({
    ...options,
    log: log.with({ component: 'gateway' }),
    signal: stop.signal,
    resolve: addresses.resolve,
    onTable: thread.setTable,
  })
  const forget = addresses.onChange(watch.refresh)
  await Promise.race([watch.ready, thread.failed])
  await Promise.race([thread.inForce(), thread.failed])
  return {
    port,
    counts: thread.counts,
    look: thread.look,
    failed: thread.failed,
    async close() {
      stop.abort()
      forget()
      await thread.close()
    },
  }
}

interface Thread {
  readonly listening: Promise<number>
  readonly failed: Promise<never>
  setTable(table: RouteTable): void
  /** Resolves when the newest table decides. */
  inForce(): Promise<void>
  counts(): Promise<readonly CountRow[]>
  readonly look: Looking['look']
  close(): Promise<void>
}

function startThread(options: GatewayOptions, start: ThreadStart): Thread {
  const worker = new Worker(options.thread ?? THREAD, { name: 'gateway', workerData: start })
  const send = (message: ToThread) => worker.postMessage(message)
  const listening = deferred<number>()
  const failed = deferred<never>()
  const closed = deferred<void>()
  const looking = createLooking(send)
  const counting = countRequests(send)
  const waiting: { readonly version: number; readonly resolve: () => void }[] = []
  const state = { version: 0, inForce: 0, isClosing: false }
  for (const promise of [listening.promise, failed.promise]) promise.catch(() => {})
  const handle = (message: FromThread): void => {
    if (message.type === 'listening') listening.resolve(message.port)
    else if (message.type === 'refused')
      listening.reject(Object.assign(new Error(message.message), { code: message.code }))
    else if (message.type === 'closed') closed.resolve()
    else if (message.type === 'seen') looking.seen(message)
    else if (message.type === 'counted') counting.counted(message.id, message.rows)
    else {
      state.inForce = message.version
      for (const one of waiting.splice(0))
        if (one.version <= message.version) one.resolve()
        else waiting.push(one)
    }
  }
  const fail = (error: Error): void => {
    listening.reject(error)
    closed.resolve()
    counting.end()
    looking.end()
    if (!state.isClosing) failed.reject(error)
  }
  worker.on('message', handle)
  worker.once('error', fail)
  worker.once('exit', code => fail(new Error(`the gateway's thread ended with code ${code}`)))
  return {
    listening: listening.promise,
    failed: failed.promise,
    setTable: table => send({ type: 'table', version: ++state.version, table }),
    inForce: () =>
      new Promise(resolve => {
        if (state.inForce >= state.version) resolve()
        else waiting.push({ version: state.version, resolve })
      }),
    counts: counting.counts,
    look: looking.look,
    async close() {
      state.isClosing = true
      send({ type: 'close', graceMs: CLOSE_GRACE_MS })
      await closed.promise
      await worker.terminate()
    },
  }
}

function countRequests(send: (message: ToThread) => void) {
  const waiting = new Map<number, (rows: readonly CountRow[]) => void>()
  let lastId = 0
  return {
    counts: () =>
      new Promise<readonly CountRow[]>(resolve => {
        const id = ++lastId
        waiting.set(id, resolve)
        send({ type: 'counts', id })
      }),
    counted(id: number, rows: readonly CountRow[]) {
      waiting.get(id)?.(rows)
      waiting.delete(id)
    },
    end() {
      for (const answer of waiting.values()) answer([])
      waiting.clear()
    },
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

function deferred<T>(): Deferred<T> {
  const parts: { resolve?: (value: T) => void; reject?: (error: Error) => void } = {}
  const promise = new Promise<T>((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return { promise, resolve: value => parts.resolve?.(value), reject: error => parts.reject?.(error) }
}
