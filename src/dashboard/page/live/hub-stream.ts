// The stream of a hub: opened anew when other topics are wanted, and again when it was lost.
import type { Json } from '../../../std/json.ts'
import type { Told } from './feeds.ts'

export type Connection = 'connecting' | 'live' | 'again' | 'signed-out'

export interface HubDoors {
  /** Opens a stream of the topics. */
  open(topics: readonly string[]): EventSource
  isSignedOut(): Promise<boolean>
  later(ms: number, run: () => void): void
  /** Calls back when whoever holds the lock has gone. */
  whenFree(lock: string, run: () => void): void
}

export interface StreamOptions {
  readonly doors: HubDoors
  wanted(): readonly string[]
  told(told: Told): void
  connected(state: Connection): void
}

/** Of `readyState`. */
const CLOSED = 2
const GATHER_MS = 30
const AGAIN_MS = [1000, 2000, 4000, 8000]

/** Call it when other topics may be wanted. */
export function createStream(options: StreamOptions): () => void {
  const { doors, wanted, told, connected } = options
  let stream: EventSource | undefined
  let streamed = ''
  let failures = 0
  let isPlanned = false
  const plan = (ms: number) => {
    if (isPlanned) return
    isPlanned = true
    doors.later(ms, renew)
  }
  const renew = () => {
    isPlanned = false
    const topics = wanted()
    if (topics.join('\n') === streamed && stream?.readyState !== CLOSED) return
    streamed = topics.join('\n')
    stream?.close()
    stream = topics.length === 0 ? undefined : listen(doors.open(topics))
  }
  const fail = async () => {
    if (await doors.isSignedOut()) connected('signed-out')
    plan(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)] ?? 1000)
  }
  const listen = (opened: EventSource): EventSource => {
    for (const what of ['snapshot', 'changes'] as const)
      opened.addEventListener(what, ({ data }: MessageEvent<string>) =>
        told({ ...(JSON.parse(data) as { topic: string; data: Json }), what }),
      )
    opened.addEventListener('open', () => {
      failures = 0
      connected('live')
    })
    opened.addEventListener('error', () => {
      if (opened !== stream) return
      connected('again')
      if (opened.readyState === CLOSED) void fail()
    })
    return opened
  }
  return () => plan(GATHER_MS)
}
