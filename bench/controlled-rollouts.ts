// The Rollouts that bench/controller.ts and bench/beside-peer.ts have a controller work on, and what users do to them.
import type { Rollout, RolloutStatus } from '../src/api/rollout.ts'
import { INSTANCE_ID } from '../src/api/words.ts'
import { KubeError } from '../src/kube/errors.ts'
import { REPLICA_SET, ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { KubeObject } from '../src/kube/object.ts'
import type { Client } from '../src/runtime/network/client.ts'
import type { Json } from '../src/std/json.ts'

/** Whose Rollouts they are, and where. */
export const ID = 'bench'
export const HOME = 'bench-controller'

function aRollout(name: string, replicas: number, strategy: object): Rollout {
  const labels = { app: name }
  const containers = containersOf('demo:v1')
  return fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: HOME, labels: { [INSTANCE_ID]: ID } },
    spec: {
      replicas,
      revisionHistoryLimit: 2,
      selector: { matchLabels: labels },
      strategy: strategy as Json,
      template: { metadata: { labels }, spec: { containers } },
    },
  }) as Rollout
}

export function aBlueGreen(name: string, autoPromotionEnabled: boolean): Rollout {
  const services = { activeService: `${name}-active`, previewService: `${name}-preview` }
  return aRollout(name, 1, { blueGreen: { ...services, autoPromotionEnabled, scaleDownDelaySeconds: 5 } })
}

export function aCanary(name: string): Rollout {
  const steps = [25, 50, 75].flatMap(setWeight => [{ setWeight }, { pause: { duration: 3 } }])
  return aRollout(name, 4, { canary: { steps } })
}

/** Behind a VirtualService of its name; its pods go five seconds after the last weight. */
export function anIstioCanary(name: string): Rollout {
  const { spec } = aCanary(name)
  const trafficRouting = { istio: { virtualService: { name } } }
  const services = { stableService: `${name}-stable`, canaryService: `${name}-canary` }
  const { canary = {} } = spec.strategy ?? {}
  return aRollout(name, 4, { canary: { ...canary, ...services, trafficRouting, scaleDownDelaySeconds: 5 } })
}

/** Its two sides are the Services of that canary. */
export function virtualServiceOf({ metadata: { name } }: Rollout): KubeObject {
  const route = ['stable', 'canary'].map((side, i) => ({
    destination: { host: `${name}-${side}` },
    weight: i === 0 ? 100 : 0,
  }))
  return fromJson({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: HOME },
    spec: { hosts: [`${name}.test`], http: [{ name: 'primary', route }] },
  })
}

const containersOf = (image: string) => [
  { name: 'app', image, resources: { requests: { cpu: '5m', memory: '32Mi' } } },
]

/** A Rollout with the Services that it names. */
export async function place(client: Client, rollout: Rollout): Promise<void> {
  const { activeService, previewService } = rollout.spec.strategy?.blueGreen ?? {}
  const { stableService, canaryService } = rollout.spec.strategy?.canary ?? {}
  for (const name of [activeService, previewService, stableService, canaryService]) {
    if (name === undefined) continue
    const spec = { selector: { app: rollout.metadata.name }, ports: [{ port: 80 }] }
    await placed(
      client,
      fromJson({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: HOME }, spec }),
    )
  }
  await placed(client, rollout)
}

export async function placed(client: Client, object: KubeObject): Promise<void> {
  try {
    await client.write({ verb: 'create', why: 'to be measured', object })
  } catch (error) {
    if (!(error instanceof KubeError) || error.reason !== 'AlreadyExists') throw error
  }
}

export const refTo = ({ metadata: { name } }: Rollout) => ({ kind: ROLLOUT, name, namespace: HOME })

export async function patch(
  client: Client,
  rollout: Rollout,
  change: Json,
  subresource?: 'status',
): Promise<void> {
  const part = subresource === undefined ? {} : { subresource }
  await client.write({ verb: 'patch', why: 'a user', target: refTo(rollout), patch: change, ...part })
}

export async function setImage(client: Client, rollout: Rollout, image: string): Promise<void> {
  await patch(client, rollout, { spec: { template: { spec: { containers: containersOf(image) } } } })
}

export type Holds = (status: RolloutStatus, object: KubeObject) => boolean

export const isSettled: Holds = (status, { metadata }) =>
  status.phase === 'Healthy' && status.observedGeneration === String(metadata.generation)

/** No more than one revision has pods. */
export function isRetired(replicaSets: readonly KubeObject[]): boolean {
  const sizes = replicaSets.map(one => (one as { spec?: { replicas?: number } }).spec?.replicas ?? 0)
  return sizes.filter(size => size > 0).length <= 1
}

/** The revisions of a Rollout. */
export async function revisions(
  client: Client,
  { metadata: { name } }: Rollout,
): Promise<readonly KubeObject[]> {
  return (await client.list(REPLICA_SET, { namespace: HOME, labels: `app=${name}` })).items
}
