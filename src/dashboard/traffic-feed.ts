// Live traffic for the page, as the API server of an embedded cluster tells it: followed for as long as somebody looks,
// asked for anew when it breaks off. On any other Kubernetes there is none, and that is said, once.
import type { Clock } from '../doors/clock.ts'
import { KubeError } from '../kube/errors.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Instant } from '../std/instant.ts'
import { isJsonObject, parseJson } from '../std/json.ts'

export interface TrafficSeries {
  /** The same for the whole of a stream. */
  readonly id: number
  readonly namespace: string
  readonly route: string
  readonly host: string
  readonly service: string
  readonly rollout: string
  /** The pod-template-hash. */
  readonly hash: string
  readonly source: 'load' | 'user'
}

/** Series, requests, errors, and how many took how long, by the bucket's index as text. */
export type TrafficRow = readonly [
  series: number,
  requests: number,
  errors: number,
  durations: Readonly<Record<string, number>>,
]

export interface TrafficWished {
  readonly at: Instant
  readonly namespace: string
  readonly route: string
  readonly host: string
  readonly rollout: string
  /** By pod-template-hash; empty once the route has gone. */
  readonly shares: Readonly<Record<string, number>>
}

/** A SNAPSHOT has all; CHANGES what is new, and rows that take the place of those of the same second and series. */
export interface TrafficLine {
  readonly type: 'SNAPSHOT' | 'CHANGES'
  readonly now: Instant
  /** Of the gateway, on the cluster's machine. */
  readonly gatewayPort?: number
  /** Upper bounds of the buckets in seconds; one more bucket is behind the last. */
  readonly bounds?: readonly number[]
  readonly series?: readonly TrafficSeries[]
  /** `at`: Unix seconds. */
  readonly slots?: readonly { readonly at: number; readonly rows: readonly TrafficRow[] }[]
  readonly wished?: readonly TrafficWished[]
}

/** The server has no live traffic to tell of. */
export interface TrafficMissing {
  readonly type: 'MISSING'
}

export interface TrafficFeedOptions {
  readonly client: Pick<Client, 'lines'>
  readonly clock: Clock
  /** Undefined: of all. */
  readonly namespace?: string | undefined
  readonly rollout?: string | undefined
  /** Aborts when nobody looks any more. */
  readonly signal: AbortSignal
}

const PATH = '/crossfade/v1/traffic'
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** Each stream begins with a SNAPSHOT. Resolves when `signal` aborts, or after MISSING. */
export async function followTraffic(
  options: TrafficFeedOptions,
  told: (line: TrafficLine | TrafficMissing) => void,
): Promise<void> {
  const { clock, signal } = options
  let failures = 0
  while (!signal.aborted) {
    const ended = await followOnce(options, line => {
      failures = 0
      told(line)
    })
    if (ended === 'missing') return told({ type: 'MISSING' })
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS)
    failures++
    await clock.sleepUntil(clock.now() + waitMs, signal)
  }
}

async function followOnce(
  { client, namespace, rollout, signal }: TrafficFeedOptions,
  told: (line: TrafficLine) => void,
): Promise<'broken' | 'missing'> {
  const query = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(rollout === undefined ? {} : { rollout }),
    watch: 'true',
  }
  try {
    for await (const text of client.lines(PATH, query, signal)) {
      const line = lineIn(text)
      if (signal.aborted) break
      if (line !== undefined) told(line)
    }
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    // Whoever may not ask for paths that are no kind's is refused before anybody looks whether it is there.
    const isMissing = error.reason === 'NotFound' || error.reason === 'Forbidden'
    return isMissing && !signal.aborted ? 'missing' : 'broken'
  }
  return 'broken'
}

function lineIn(text: string): TrafficLine | undefined {
  const found = parseJson(text)
  if (!isJsonObject(found)) return undefined
  const isOurs = found['type'] === 'SNAPSHOT' || found['type'] === 'CHANGES'
  return isOurs ? (found as unknown as TrafficLine) : undefined
}
