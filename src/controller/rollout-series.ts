// What Prometheus is told of each Rollout: `rollout_info` and its replicas, read from the cache when somebody asks.
// Written as text at once: nothing is kept between two scrapes.
import type { Rollout } from '../api/rollout.ts'
import type { Cache } from '../kube/cache.ts'
import { ROLLOUT } from '../kube/kinds.ts'
import { isJsonObject } from '../std/json.ts'
import { metricText } from '../std/metric-text.ts'

interface Series {
  readonly name: string
  readonly help: string
  value(rollout: Rollout): { readonly labels?: Readonly<Record<string, string>>; readonly value: number }
}

const SERIES: readonly Series[] = [
  {
    name: 'rollout_info',
    help: 'Strategy, router and phase of each rollout.',
    value: rollout => ({
      labels: {
        strategy: strategyOf(rollout),
        traffic_router: routerOf(rollout),
        phase: phaseOf(rollout),
      },
      value: 1,
    }),
  },
  {
    name: 'rollout_info_replicas_available',
    help: 'Available pods.',
    value: ({ status }) => ({ value: status?.availableReplicas ?? 0 }),
  },
  {
    name: 'rollout_info_replicas_unavailable',
    help: 'Pods that are not available.',
    value: ({ status }) => ({
      value: Math.max(0, (status?.replicas ?? 0) - (status?.availableReplicas ?? 0)),
    }),
  },
  {
    name: 'rollout_info_replicas_desired',
    help: 'Pods that are wanted.',
    value: ({ spec }) => ({ value: spec.replicas ?? 1 }),
  },
  {
    name: 'rollout_info_replicas_updated',
    help: 'Pods of the current revision.',
    value: ({ status }) => ({ value: status?.updatedReplicas ?? 0 }),
  },
]

export function rolloutSeries(cache: Cache): string {
  const rollouts = cache.list<Rollout>(ROLLOUT)
  return SERIES.map(({ name, help, value }) => {
    const rows = rollouts.map(rollout => rowOf(rollout, value(rollout)))
    return metricText({ name, help, type: 'gauge', rows })
  }).join('\n')
}

function rowOf({ metadata }: Rollout, { labels = {}, value }: ReturnType<Series['value']>) {
  const { name, namespace = '' } = metadata
  return { labels: { name, namespace, ...labels }, value }
}

function strategyOf({ spec }: Rollout): string {
  const { canary, blueGreen } = spec.strategy ?? {}
  if (isJsonObject(canary)) return 'canary'
  return isJsonObject(blueGreen) ? 'blueGreen' : 'none'
}

/** Compat: named as Argo Rollouts names them; plug-ins and newer routers stay blank. */
const ROUTERS: Readonly<Record<string, string>> = {
  alb: 'ALB',
  ambassador: 'Ambassador',
  appMesh: 'AppMesh',
  istio: 'Istio',
  nginx: 'Nginx',
  smi: 'SMI',
}

function routerOf({ spec }: Rollout): string {
  const routing: object = spec.strategy?.canary?.trafficRouting ?? {}
  return ROUTERS[Object.keys(routing).find(field => field in ROUTERS) ?? ''] ?? ''
}

const BY_REASON: Readonly<Record<string, string>> = {
  NewReplicaSetAvailable: 'Completed',
  RolloutPaused: 'Paused',
  ProgressDeadlineExceeded: 'Timeout',
  RolloutAborted: 'Abort',
  ReplicaSetCreateError: 'Error',
}

/** Compat: not `status.phase`, but the reason of the condition Progressing. */
function phaseOf({ status }: Rollout): string {
  const conditions = status?.conditions ?? []
  if (conditions.some(one => one.type === 'InvalidSpec')) return 'InvalidSpec'
  const progressing = conditions.find(one => one.type === 'Progressing')
  return BY_REASON[progressing?.reason ?? ''] ?? 'Progressing'
}
