// The sign of life of the node: a Lease in `kube-node-lease`, renewed three times in its duration. Nobody here acts on
// it; `kubectl describe node` shows it, and that is worth a write now and then, not six a minute.
import type { Clock } from '../../doors/clock.ts'
import type { Log } from '../../doors/log.ts'
import { KubeError } from '../../kube/errors.ts'
import { LEASE, NODE } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { printInstantMicro } from '../../std/instant.ts'
import type { Client } from '../../runtime/network/client.ts'

const NAMESPACE = 'kube-node-lease'
const DURATION_SECONDS = 600
const RENEW_MS = (DURATION_SECONDS * 1000) / 3

export interface NodeLeaseOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly nodeName: string
}

/** Ends when the signal aborts. */
export async function keepNodeLease(options: NodeLeaseOptions): Promise<void> {
  const { clock, log, signal } = options
  while (!signal.aborted) {
    await renew(options).catch((error: unknown) =>
      log.warn('the lease of the node could not be renewed', { error: String(error) }),
    )
    await clock.sleepUntil(clock.now() + RENEW_MS, signal)
  }
}

async function renew({ client, clock, nodeName }: NodeLeaseOptions): Promise<void> {
  const renewTime = printInstantMicro(clock.now())
  const target = { kind: LEASE, name: nodeName, namespace: NAMESPACE }
  try {
    await client.write({ verb: 'patch', why: 'renew the node', target, patch: { spec: { renewTime } } })
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error
    const node = await client.get({ kind: NODE, name: nodeName })
    const owner = { apiVersion: 'v1', kind: NODE.kind, name: nodeName, uid: node.metadata.uid ?? '' }
    const object = fromJson({
      apiVersion: 'coordination.k8s.io/v1',
      kind: LEASE.kind,
      metadata: { name: nodeName, namespace: NAMESPACE, ownerReferences: [owner] },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: DURATION_SECONDS, renewTime },
    })
    await client.write({ verb: 'create', why: 'lease the node', object })
  }
}
