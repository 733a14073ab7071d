// Plans of actions that must read more than the rollout first: what they read, and what is planned from it.
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { Deployment, ReplicaSet } from '../../kube/apps.ts'
import { DEPLOYMENT, REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import { controllerOf } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { printSelector } from '../../kube/selector.ts'
import type { Connection } from '../command.ts'
import type { Planned } from './act.ts'
import { setImage } from './set-image.ts'
import type { ImageChange } from './set-image.ts'

export function rolloutNamed(connection: Connection, name: string): Promise<Rollout> {
  return get<Rollout>(connection, { kind: ROLLOUT, namespace: connection.namespace, name })
}

export async function planImage(connection: Connection, name: string, change: ImageChange): Promise<Planned> {
  const rollout = await rolloutNamed(connection, name)
  const { workloadRef } = rollout.spec
  if (workloadRef?.kind !== DEPLOYMENT.kind) return setImage(rollout, change)
  const reference = { kind: DEPLOYMENT, namespace: connection.namespace, name: workloadRef.name ?? '' }
  return setImage(rollout, change, await get<Deployment>(connection, reference))
}

export async function planUndo(connection: Connection, name: string, toRevision: number): Promise<Planned> {
  const { undo, workloadOf } = await import('./undo.ts') // it brings Go's field tables along
  const rollout = await rolloutNamed(connection, name)
  const { workloadRef, selector } = rollout.spec
  const labels = selector === undefined ? {} : { labels: printSelector(selector) }
  const reference = workloadRef === undefined ? undefined : workloadOf(workloadRef, connection.namespace)
  const [listed, workload] = await Promise.all([
    connection.client.list(REPLICA_SET, { namespace: connection.namespace, ...labels }),
    reference === undefined ? undefined : get<KubeObject>(connection, reference),
  ])
  return undo({
    rollout,
    replicaSets: listed.items as ReplicaSet[],
    ...(workload === undefined ? {} : { workload }),
    toRevision,
  })
}

/** Of the revision that an update leads to; undefined while it is not made. */
export async function newestReplicaSet(
  { client, namespace }: Connection,
  rollout: Rollout,
): Promise<ReplicaSet | undefined> {
  const hash = rollout.status?.currentPodHash
  if (hash === undefined) return undefined
  const labels = printSelector({ matchLabels: { [POD_TEMPLATE_HASH]: hash } })
  const { items } = await client.list(REPLICA_SET, { namespace, labels })
  const { uid } = rollout.metadata
  return items.find(one => controllerOf(one)?.uid === uid) as ReplicaSet | undefined
}

async function get<T extends KubeObject>({ client }: Connection, reference: ObjectRef): Promise<T> {
  return (await client.get(reference)) as T
}
