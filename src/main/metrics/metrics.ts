// Metrics without anything installed: the gateway's counts, sampled every five seconds, and what pods answer to
// scrapes; kept for two hours, and asked by Prometheus' HTTP API at the Service `crossfade-metrics`.
import type { Clock } from '../../doors/clock.ts'
import { serveForms } from '../../doors/form-server.ts'
import type { FormRequest } from '../../doors/form-server.ts'
import { createHttp } from '../../doors/http.ts'
import type { Log } from '../../doors/log.ts'
import type { Random } from '../../doors/random.ts'
import { inTurns } from '../../doors/turns.ts'
import { samplesOf } from '../../gateway/count-metrics.ts'
import type { CountRow } from '../../gateway/counts.ts'
import { answerApi } from '../../metrics/http-api.ts'
import { createSampler } from '../../metrics/sampler.ts'
import type { Counted } from '../../metrics/sampler.ts'
import { createScrapes } from '../../metrics/scrapes.ts'
import { SeriesStore } from '../../metrics/series-store.ts'
import type { Client } from '../../runtime/network/client.ts'
import { scrapePods } from './pod-scraper.ts'
import type { ScraperOptions } from './pod-scraper.ts'
import { placeMetricsService } from './service.ts'

const EVERY_MS = 5000
/** A question for a time so near is one for now. */
const NOW_MS = 10_000

export interface MetricsOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Where a pod really listens. */
  readonly resolve: ScraperOptions['resolve']
  counts(): Promise<readonly CountRow[]>
}

export interface Metrics {
  close(): Promise<void>
}

export async function startMetrics(options: MetricsOptions): Promise<Metrics> {
  const { client, clock, log, counts } = options
  const tell = (sentence: string) => log.warn(sentence)
  const store = new SeriesStore({ tell })
  const take = createSampler(store)
  const sample = async () => {
    const rows = await counts()
    take(rows.map(countedOf), clock.now())
  }
  const server = await serveForms(async request => {
    if (isAboutNow(request, clock.now())) await sample()
    return inTurns(clock, answerApi(store, { ...request, now: clock.now() }))
  })
  const stop = new AbortController()
  const { http, close } = createHttp()
  const scraper = { ...options, http, scrapes: createScrapes(store, { tell }), signal: stop.signal }
  const stopped = Promise.all([keepSampling(sample, clock, stop.signal), scrapePods(scraper)])
  await placeMetricsService(client, server.port)
  return {
    async close() {
      stop.abort()
      close()
      await stopped
      await server.close()
    },
  }
}

async function keepSampling(sample: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sample()
    await clock.sleepUntil(clock.now() + EVERY_MS, signal)
  }
}

function countedOf(row: CountRow): Counted {
  const { count: _, seconds: __, buckets: ___, begunAt, endedAt, ...labels } = row
  return {
    key: Object.values(labels).join('\n'),
    begunAt,
    isOver: endedAt !== undefined,
    samples: samplesOf(row),
  }
}

function isAboutNow({ path, parameters }: FormRequest, now: number): boolean {
  if (path !== '/api/v1/query') return false
  const time = parameters.get('time') ?? ''
  const at = time === '' ? now : /^[\d.]+$/.test(time) ? Number(time) * 1000 : Date.parse(time)
  return Math.abs(at - now) <= NOW_MS
}
