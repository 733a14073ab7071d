// Scrapes pods that ask for it (`prometheus.io/scrape`): some at a time, each for a limited time and size.
import type { Clock } from '../../doors/clock.ts'
import type { Http } from '../../doors/http.ts'
import type { Log } from '../../doors/log.ts'
import { within } from '../../doors/outgoing/deadline.ts'
import type { Random } from '../../doors/random.ts'
import type { Pod } from '../../kube/core.ts'
import { POD } from '../../kube/kinds.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isPodAddress } from '../../kube/pod-network.ts'
import { isScraped, podTarget } from '../../metrics/pod-target.ts'
import type { PodTarget } from '../../metrics/pod-target.ts'
import type { ScrapeOutcome, Scrapes } from '../../metrics/scrapes.ts'
import type { Client } from '../../runtime/network/client.ts'
import { startMirror } from '../../runtime/mirror/mirror.ts'
import { createStore } from '../../runtime/mirror/store.ts'
import { compareText } from '../../std/compare.ts'

interface RealAddress {
  readonly host: string
  readonly port: number
}

export interface ScraperOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly http: Http
  readonly scrapes: Scrapes
  readonly signal: AbortSignal
  /** Where a pod really listens; undefined: nowhere. */
  resolve(address: string, port: number): RealAddress | undefined
}

const EVERY_MS = 5000
const TIMEOUT_MS = 4000
const AT_ONCE = 8
const PODS_MAX = 200
const BYTES_MAX = 1024 * 1024
const SCRAPED = 'scraped'
const YES = 'yes'

/** Resolves when it has been stopped. */
export async function scrapePods(options: ScraperOptions): Promise<void> {
  const { clock, signal, scrapes } = options
  const isWanted = (object: KubeObject) => isScraped(object as Pod)
  const store = createStore({
    indices: [{ [SCRAPED]: { of: POD, values: pod => (isWanted(pod) ? [YES] : []) } }],
    trims: [{ of: POD, trim: object => (isWanted(object) ? object : withoutContent(object)) }],
  })
  const watches = [{ kind: POD, selection: {}, optional: false, trim: undefined }]
  const mirror = startMirror({ ...options, store, watches, onChange: () => {}, onKind: () => {} })
  await mirror.ready
  let isTold = false
  while (!signal.aborted) {
    const dueAt = clock.now() + EVERY_MS
    const targets = store
      .by<Pod>(POD, SCRAPED, YES)
      .flatMap(pod => podTarget(pod) ?? [])
      .toSorted((a, b) => compareText(a.uid, b.uid))
    if (targets.length > PODS_MAX && !isTold) {
      isTold = true
      options.log.warn(`more than ${PODS_MAX} pods want to be scraped: the others are left out`)
    }
    const kept = targets.slice(0, PODS_MAX)
    scrapes.keepOnly(new Set(kept.map(({ uid }) => uid)), clock.now())
    await inTurn(kept, target => scrape(options, target))
    await clock.sleepUntil(dueAt, signal)
  }
}

function withoutContent({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, namespace = '', uid = '', resourceVersion = '' } = metadata
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } }
}

async function inTurn<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all]
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function scrape(options: ScraperOptions, target: PodTarget): Promise<void> {
  const { clock, signal, scrapes } = options
  const at = clock.now()
  const outcome = await within({ clock, ms: TIMEOUT_MS, signal }, async timed => {
    try {
      return await answerOf(options, target, timed.signal)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      return { problem: timed.isOver() ? `no answer within ${TIMEOUT_MS / 1000} s` : problem }
    }
  })
  if (!signal.aborted) scrapes.take(target, outcome, at)
}

async function answerOf(
  { http, resolve }: ScraperOptions,
  { address, port, path }: PodTarget,
  signal: AbortSignal,
): Promise<ScrapeOutcome> {
  // Who writes a status could name any address of this machine.
  const at = isPodAddress(address) ? resolve(address, port) : undefined
  if (at === undefined) return { problem: `nothing listens at ${address}:${port}` }
  const headers = { Accept: 'text/plain;version=0.0.4', Host: `${address}:${port}` }
  const answer = await http({ method: 'GET', url: `http://${at.host}:${at.port}${path}`, headers }, signal)
  const text = await answer.text(BYTES_MAX)
  return answer.status === 200 ? { text } : { problem: `it answered ${answer.status}` }
}
