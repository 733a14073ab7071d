// The controller's own numbers in Prometheus' text form, under the names that Argo Rollouts gives them.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { CounterConfiguration } from 'prom-client'
import type { Cache } from '../kube/cache.ts'
import { parseKey } from '../kube/object.ts'
import type { Key, Kind } from '../kube/object.ts'
import type { KubeRequest } from '../kube/request.ts'
import type { Instant } from '../std/instant.ts'
import type { Effect } from './loop/effects.ts'
import type { Loop } from './loop/loop.ts'
import type { Page } from './health.ts'

export interface Telemetry {
  readonly registry: Registry
  onEffect(effect: Effect): void
  onAnswer(request: KubeRequest, status: number): void
  /** A measurement of an analysis has come to its end. */
  onMeasured(measured: { readonly provider: string; readonly phase: string; readonly seconds: number }): void
  /**
   * The queues of this loop, and of no earlier one, are read when somebody asks; series of objects that its cache no
   * longer has end.
   */
  follow(loop: Loop, cache: Cache, now: () => Instant): void
  page(): Promise<Page>
}

/** The controllers whose passes are counted for each object, by name. */
export type CountedKinds = Readonly<Record<string, { readonly kind: Kind; readonly prefix: string }>>

const BUCKETS = [0.01, 0.15, 0.25, 0.5, 1]
const MEASURED_BUCKETS = [0.01, 0.05, 0.25, 1, 5, 15, 60]
const QUEUE_BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10]

export function createTelemetry(counted: CountedKinds): Telemetry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const perKind = new Map(
    Object.entries(counted).map(([name, { kind, prefix }]) => [name, kindMetrics(registry, kind, prefix)]),
  )
  let followed: Cache | undefined
  const queue = queueMetrics(registry)
  const events = boundedCounter({
    name: 'rollout_events_total',
    help: 'Events that were sent, by their reason.',
    labelNames: ['namespace', 'name', 'type', 'reason'],
    registers: [registry],
  })
  const requests = boundedCounter({
    name: 'controller_clientset_k8s_request_total',
    help: 'Requests to the API server, by kind, verb and status.',
    labelNames: ['kind', 'namespace', 'name', 'verb', 'status_code'],
    registers: [registry],
  })

  const measurements = new Histogram({
    name: 'analysis_measurement_duration_seconds',
    help: 'How long measurements took that were asked of somebody, by provider and how they ended.',
    labelNames: ['provider', 'phase'],
    buckets: MEASURED_BUCKETS,
    registers: [registry],
  })

  return {
    registry,
    onEffect(effect) {
      if (effect.type === 'done') {
        const seconds = { waited: effect.queuedMs / 1000, took: effect.tookMs / 1000 }
        queue.waited.observe({ name: effect.controller }, seconds.waited)
        queue.took.observe({ name: effect.controller }, seconds.took)
        perKind.get(effect.controller)?.took(effect.key, seconds.took, followed)
      } else if (effect.type === 'failed') {
        queue.retries.inc({ name: effect.controller })
        perKind.get(effect.controller)?.failed(effect.key)
      } else if (effect.type === 'write' && effect.lane.startsWith('events/')) {
        const labels = eventLabels(effect)
        if (labels !== undefined) events.inc(labels)
      }
    },
    onAnswer: (request, status) => requests.inc(requestLabels(request, status)),
    onMeasured: ({ seconds, ...labels }) => measurements.observe(labels, seconds),
    follow(loop, cache, now) {
      queue.follow(loop, now)
      followed = cache
    },
    async page() {
      for (const one of perKind.values()) one.endSeries(followed)
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

const SERIES_MAX = 10_000

/** Objects come and go, and each has series of its own: beyond the bound all of them begin anew at zero. */
function boundedCounter(configuration: CounterConfiguration<string>) {
  const counter = new Counter(configuration)
  const series = new Set<string>()
  return {
    inc(labels: Readonly<Record<string, string>>) {
      const id = JSON.stringify(labels)
      if (!series.has(id) && series.size >= SERIES_MAX) {
        counter.reset()
        series.clear()
      }
      series.add(id)
      counter.inc(labels)
    },
  }
}

function kindMetrics(registry: Registry, kind: Kind, prefix: string) {
  const common = { labelNames: ['namespace', 'name'] as const, registers: [registry] }
  const name = `${prefix}_reconcile`
  const took = new Histogram({ ...common, name, help: 'How long passes took, in seconds.', buckets: BUCKETS })
  const errors = new Counter({ ...common, name: `${name}_error`, help: 'Passes that failed.' })
  const keys = new Set<Key>()
  let most = SERIES_MAX
  const endSeries = (cache: Cache | undefined) => {
    for (const key of keys) {
      if (cache?.get({ kind, ...parseKey(key) }) !== undefined) continue
      keys.delete(key)
      took.remove(parseKey(key))
      errors.remove(parseKey(key))
    }
    most = Math.max(SERIES_MAX, 2 * keys.size)
  }
  return {
    /** Objects come and go also where nobody reads the page. */
    took(key: Key, seconds: number, cache: Cache | undefined) {
      keys.add(key)
      took.observe(parseKey(key), seconds)
      if (keys.size > most) endSeries(cache)
    },
    failed: (key: Key) => errors.inc(parseKey(key)),
    endSeries,
  }
}

function queueMetrics(registry: Registry) {
  let followed: { loop: Loop; now: () => Instant } | undefined
  const labelNames = ['name'] as const
  const registers = [registry]
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, buckets: QUEUE_BUCKETS, labelNames, registers })
  const stats = () => (followed === undefined ? [] : [followed.loop.stats(followed.now())])
  const gauge = (name: string, help: string, value: (one: { depth: number; adds: number }) => number) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const one of stats().flatMap(({ controllers }) => controllers))
          this.set({ name: one.name }, value(one))
      },
    })
  gauge('workqueue_depth', 'Keys that are due.', one => one.depth)
  gauge('workqueue_adds_total', 'Keys that were added.', one => one.adds)
  const total = (name: string, help: string, value: (one: ReturnType<Loop['stats']>) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(stats().reduce((sum, one) => sum + value(one), 0))
      },
    })
  total('controller_events_waiting', 'Events that wait to be sent.', one => one.eventsWaiting)
  total('controller_events_dropped', 'Events that were given up.', one => one.eventsDropped)
  total(
    'controller_cache_waits_given_up',
    'Own writes that the cache did not show in time.',
    one => one.barriersGivenUp,
  )
  return {
    waited: histogram('workqueue_queue_duration_seconds', 'How long due keys waited, in seconds.'),
    took: histogram('workqueue_work_duration_seconds', 'How long passes took, in seconds.'),
    retries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Passes that are tried again.',
      labelNames,
      registers,
    }),
    follow(loop: Loop, now: () => Instant) {
      followed = { loop, now }
    },
  }
}

function eventLabels({ write }: Extract<Effect, { type: 'write' }>): Record<string, string> | undefined {
  if (write.verb !== 'create') return undefined
  const { involvedObject, type, reason } = write.object as unknown as Record<string, Record<string, string>>
  const { namespace = '', name = '' } = involvedObject ?? {}
  return { namespace, name, type: String(type), reason: String(reason) }
}

const VERBS: Readonly<Record<string, string>> = { POST: 'Create', PATCH: 'Patch', DELETE: 'Delete' }
/** These come and go with every revision: a series each would never end. */
const UNNAMED = new Set(['events', 'replicasets', 'pods', 'analysisruns', 'experiments', 'jobs'])

/** `/apis/apps/v1/namespaces/default/replicasets/web` → kind, namespace, name and verb. */
function requestLabels({ method, path, query }: KubeRequest, status: number): Record<string, string> {
  const parts = path.split('/').slice(path.startsWith('/api/') ? 3 : 4)
  const isNamespaced = parts[0] === 'namespaces' && parts.length > 2
  const namespace = isNamespaced ? (parts[1] ?? '') : 'N/A'
  const [kind = 'N/A', name] = isNamespaced ? parts.slice(2) : parts
  const read = query['watch'] === 'true' ? 'Watch' : name === undefined ? 'List' : 'Get'
  return {
    kind,
    namespace,
    name: name === undefined || UNNAMED.has(kind) ? 'N/A' : name,
    verb: VERBS[method] ?? read,
    status_code: String(status),
  }
}
