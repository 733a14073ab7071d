// A namespace in a few lines, for whoever reads a failed test: Rollouts, ReplicaSets, Services, the last Events.
import type { Rollout } from '../../src/api/rollout.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Pod, Service } from '../../src/kube/core.ts'
import { EVENT, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { deadlineOf } from '../../src/workload/deadlines.ts'
import { revisionOf } from '../../src/workload/replica-set.ts'
import { podSummary } from '../../src/workload/pod-status.ts'
import type { World } from './world.ts'

const LAST_EVENTS = 30

export function described({ window, troubles }: World, namespace: string): string {
  const list = <T extends KubeObject>(kind: Parameters<typeof window.cache.list>[0]) =>
    window.cache.list<T>(kind, namespace)
  const events = window
    .changes(namespace)
    .flatMap(({ now }) =>
      now?.kind === EVENT.kind ? [now as KubeObject & { message: string; reason: string }] : [],
    )
  return [
    ...list<Rollout>(ROLLOUT).map(rolloutLine),
    ...list<ReplicaSet>(REPLICA_SET).map(replicaSetLine),
    ...list<Pod>(POD).map(pod => `pod ${pod.metadata.name}: ${JSON.stringify(podSummary(pod))}`),
    ...list<Service>(SERVICE).map(
      one => `service ${one.metadata.name}: ${JSON.stringify(one.spec.selector)}`,
    ),
    ...troubles.about(namespace),
    ...events.slice(-LAST_EVENTS).map(event => `event ${event.reason}: ${event.message}`),
  ].join('\n')
}

function rolloutLine({ metadata, spec, status = {} }: Rollout): string {
  const { conditions = [], ...rest } = status
  const said = conditions.map(({ type, status: is, reason }) => `${type}=${is}/${reason}`).join(' ')
  const shown = { generation: metadata.generation, replicas: spec.replicas, paused: spec.paused, ...rest }
  return `rollout ${metadata.name}: ${JSON.stringify(shown)}\n  ${said}`
}

function replicaSetLine(one: ReplicaSet): string {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = one.status ?? {}
  const deadline =
    deadlineOf(one) === undefined ? '' : ` until ${new Date(deadlineOf(one) ?? 0).toISOString()}`
  const ready = `${readyReplicas} ready, ${availableReplicas} available`
  const counts = `${one.spec.replicas} wanted, ${replicas} there, ${ready}`
  return `replicaset ${one.metadata.name} (revision ${revisionOf(one)}): ${counts}${deadline}`
}
