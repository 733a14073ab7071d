// An autoscaler as HorizontalPodAutoscalers compute: each quarter of a minute the average load of some pods, times the
// pods that the Rollout's status tells it to count, and nothing as long as that is nearly what is asked for.
import type { Rollout } from '../../api/rollout.ts'
import type { Pod } from '../../kube/core.ts'
import { CONFIG_MAP, POD, ROLLOUT } from '../../kube/kinds.ts'
import type { KubeObject } from '../../kube/object.ts'
import { parseSelector } from '../../kube/selector-text.ts'
import { meets } from '../../kube/selector.ts'
import { isReady } from '../../cluster/controllers/pod-readiness.ts'
import type { ModelWorld } from '../model/world.ts'
import { LOAD, NAME, NAMESPACE } from './furniture.ts'

const EVERY_MS = 15_000
const TOLERANCE = 0.1
const MOST = 8

const LOADED = { kind: CONFIG_MAP, namespace: NAMESPACE, name: LOAD }

export function loadTo({ cluster }: Pick<ModelWorld, 'cluster'>, pods: number): void {
  const patch = { data: { pods: String(pods) } }
  cluster.write({ verb: 'patch', target: LOADED, patch, why: 'more users come, or go' })
}

/** `averages`: over all pods of the application, or over those that it counts. */
export function autoscale(
  world: Pick<ModelWorld, 'cluster' | 'timeline'>,
  averages: 'all' | 'counted',
): void {
  const { timeline } = world
  const look = () => {
    scale(world, averages)
    timeline.at(timeline.now() + EVERY_MS, look)
  }
  timeline.at(timeline.now() + EVERY_MS, look)
}

function scale({ cluster }: Pick<ModelWorld, 'cluster'>, averages: 'all' | 'counted'): void {
  const target = { kind: ROLLOUT, namespace: NAMESPACE, name: NAME }
  const rollout = cluster.get<Rollout>(target)
  const { replicas = 1 } = rollout?.spec ?? {}
  const requirements = parseSelector(rollout?.status?.selector ?? '')
  if ('problem' in requirements || requirements.length === 0 || replicas === 0) return
  const all = cluster.list<Pod>(POD, NAMESPACE).filter(isReady)
  const counted = all.filter(({ metadata }) => meets(requirements, metadata.labels))
  const over = averages === 'all' ? all : counted
  const { data } = cluster.get<KubeObject & { readonly data: { readonly pods: string } }>(LOADED) ?? {}
  if (data === undefined || counted.length === 0) return
  const usage = Number(data.pods) / over.length
  const wanted = Math.min(MOST, Math.max(1, Math.ceil(usage * counted.length)))
  if (Math.abs(usage * counted.length - replicas) <= TOLERANCE * replicas || wanted === replicas) return
  cluster.write({
    verb: 'patch',
    target,
    patch: { spec: { replicas: wanted } },
    why: 'an autoscaler scales it',
  })
}
