// One user before the simulated cluster, in virtual time: makes objects, types commands, lets time pass, looks.
import type { Rollout } from '../../src/api/rollout.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Endpoints, Pod } from '../../src/kube/core.ts'
import { ENDPOINTS, POD, REPLICA_SET, ROLLOUT } from '../../src/kube/kinds.ts'
import { fromJson } from '../../src/kube/object.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import type { Json } from '../../src/std/json.ts'
import { podHashOf, revisionOf } from '../../src/workload/replica-set.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import { virtualStage } from '../golden-lives/virtual-stage.ts'
import type { VirtualStage } from '../golden-lives/virtual-stage.ts'

const NAMESPACE = 'default'

export interface Scene {
  make(...objects: readonly object[]): Promise<void>
  patch(kind: Kind, name: string, patch: Json): Promise<void>
  remove(kind: Kind, name: string): Promise<void>
  run(line: string): Promise<void>
  pass(seconds: number): Promise<void>
  rollout(name: string): Promise<Rollout>
  /** All objects of a kind. */
  list<T extends KubeObject>(kind: Kind): Promise<readonly T[]>
  replicaSet(revision: number): Promise<ReplicaSet>
  /** Living pods, of one revision or of all, those without an owner too. */
  pods(revision?: number): Promise<readonly Pod[]>
  /** How many pods a Service sends its requests to. */
  served(service: string): Promise<number>
  stop(): Promise<void>
}

export interface SceneOptions {
  /** Only what has this label is the controller's. */
  readonly instanceId?: string
}

export async function aScene({ instanceId = '' }: SceneOptions = {}): Promise<Scene> {
  const stage = await virtualStage({ reconcilers: reconcilers({ instanceId }) })
  const { client, clock } = stage
  const why = 'the user wants it'
  const all = async <T extends KubeObject>(kind: Kind) =>
    (await client.list(kind, { namespace: NAMESPACE })).items as readonly T[]
  const replicaSet = async (revision: number) => {
    const found = (await all<ReplicaSet>(REPLICA_SET)).find(one => revisionOf(one) === revision)
    if (found === undefined) throw new Error(`no ReplicaSet has revision ${revision}`)
    return found
  }
  const pods = async (revision?: number) => {
    const hash = revision === undefined ? undefined : podHashOf(await replicaSet(revision))
    return (await all<Pod>(POD)).filter(
      one => one.metadata.deletionTimestamp === undefined && (hash ?? podHashOf(one)) === podHashOf(one),
    )
  }
  return {
    async make(...objects) {
      for (const object of objects)
        await client.write({ verb: 'create', why, object: inNamespace(fromJson(object as Json)) })
    },
    async patch(kind, name, patch) {
      await client.write({ verb: 'patch', why, patch, target: { kind, name, namespace: NAMESPACE } })
    },
    async remove(kind, name) {
      await client.write({ verb: 'delete', why, target: { kind, name, namespace: NAMESPACE } })
    },
    run: line => runWell(stage, line),
    pass: seconds => clock.sleepUntil(clock.now() + seconds * 1000, new AbortController().signal),
    rollout: async name => (await client.get({ kind: ROLLOUT, name, namespace: NAMESPACE })) as Rollout,
    list: all,
    replicaSet,
    pods,
    async served(service) {
      const found = (await all<Endpoints>(ENDPOINTS)).find(one => one.metadata.name === service)
      return (found?.subsets ?? []).reduce((sum, one) => sum + (one.addresses ?? []).length, 0)
    },
    stop: stage.stop,
  }
}

function inNamespace(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } }
}

async function runWell(stage: VirtualStage, line: string): Promise<void> {
  const { exit, stderr } = await stage.run(line, NAMESPACE)
  if (exit !== 0) throw new Error(`${line}: exit ${exit}: ${stderr}`)
}
