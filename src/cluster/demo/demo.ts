// The demo application: one server for all simulated pods, in a thread of its own, so that a large LIST on the main
// thread never delays an answer. Calls cross as messages, numbered.
import { Worker } from 'node:worker_threads'
import type { PodServers } from '../kubelet/kubelet.ts'
import type { ServedPod } from '../kubelet/simulated-pods.ts'
import type { DemoCall, DemoReply } from './demo-thread.ts'
import type { LogLine } from './pod-log.ts'

export interface Demo extends PodServers {
  log(uid: string, from: number): Promise<{ lines: readonly LogLine[]; next: number } | undefined>
  /** The thread ends, and every port with it. */
  stop(): Promise<void>
  /** Rejects when the thread ends by itself: nothing of the demo answers from then on. */
  readonly failed: Promise<never>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** From the built files only: Node 20 starts no `.ts` file as a thread. */
const THREAD = new URL('./demo-thread.js', import.meta.url)

export async function startDemo(options: { readonly thread?: URL } = {}): Promise<Demo> {
  const worker = new Worker(options.thread ?? THREAD, { name: 'demo' })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let isStopping = false
  const call = (message: DemoCall): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, ...message })
    })
  const end = (error: Error): Error => {
    for (const one of waiting.values()) one.reject(error)
    waiting.clear()
    return error
  }
  worker.on('message', (reply: DemoReply) => {
    const one = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) one?.reject(new Error(reply.error))
    else one?.resolve(reply.value)
  })
  const failed = new Promise<never>((_, reject) => {
    const fail = (error: Error) => {
      end(error)
      if (!isStopping) reject(error)
    }
    worker.once('error', fail)
    worker.once('exit', code => fail(new Error(`the demo's thread ended with code ${code}`)))
  })
  failed.catch(() => {})
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve)
    worker.once('error', reject)
  })
  return {
    open: (pod: ServedPod) => call({ call: 'open', pod }) as Promise<number>,
    close: async uid => void (await call({ call: 'close', uid })),
    log: (uid, from) =>
      call({ call: 'log', uid, from }) as Promise<{ lines: readonly LogLine[]; next: number } | undefined>,
    failed,
    async stop() {
      isStopping = true
      await worker.terminate()
    },
  }
}
