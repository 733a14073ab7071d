// Argo Rollouts' own controller, as far as a lease sees it: client-go's election over a Client, in its form of holder
// and times. What it does between being elected and losing the lease is the test's affair.
import type { Clock } from '../src/doors/clock.ts'
import { LEASE } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Lease } from '../src/runtime/leader.ts'
import type { Client } from '../src/runtime/network/client.ts'

export interface GoPeer {
  readonly identity: string
  leads(): boolean
}

export interface GoPeerOptions {
  readonly client: Client
  readonly clock: Clock
  readonly namespace: string
  /** It ends without giving the lease back: the original keeps it. */
  readonly signal: AbortSignal
}

const IDENTITY = 'argo-rollouts-5f64f8d68-x7k2p_2c8d3a52-5a58-4b14-8a49-7a4c8c3ad3b6'
const NAME = 'argo-rollouts-controller-lock'
const LEASE_MS = 15_000
const RETRY_MS = 2000

/** `2026-08-01T12:00:00.000123Z`: metav1.MicroTime. */
const microTime = (at: number) => new Date(at).toISOString().replace('Z', '123Z')

export function goPeer({ client, clock, namespace, signal }: GoPeerOptions): GoPeer {
  let seen: { version: string; at: number } | undefined
  let isLeading = false

  /** client-go's tryAcquireOrRenew. */
  async function attempt(): Promise<boolean> {
    const found = await client.get({ kind: LEASE, name: NAME, namespace }).then(
      one => one as Lease,
      () => undefined,
    )
    const now = clock.now()
    if (found === undefined) {
      const spec = { ...held(now), acquireTime: microTime(now), leaseTransitions: 0 }
      const metadata = { name: NAME, namespace }
      const object = fromJson({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec })
      await client.write({ verb: 'create', why: 'the peer', object })
      return true
    }
    const version = found.metadata.resourceVersion ?? ''
    if (seen?.version !== version) seen = { version, at: now }
    const { holderIdentity = '', leaseTransitions = 0, acquireTime } = found.spec ?? {}
    const isOurs = holderIdentity === IDENTITY
    if (!isOurs && holderIdentity !== '' && seen.at + LEASE_MS > now) return false
    const kept = isOurs
      ? { acquireTime: acquireTime ?? microTime(now), leaseTransitions }
      : { acquireTime: microTime(now), leaseTransitions: leaseTransitions + 1 }
    const target = { kind: LEASE, name: NAME, namespace }
    const patch = { spec: { ...held(now), ...kept } }
    await client.write({ verb: 'patch', why: 'the peer', target, patch, ifVersion: version })
    return true
  }

  const held = (now: number) => ({
    holderIdentity: IDENTITY,
    leaseDurationSeconds: LEASE_MS / 1000,
    renewTime: microTime(now),
  })

  void (async () => {
    while (!signal.aborted) {
      isLeading = await attempt().catch(() => isLeading)
      await clock.sleepUntil(clock.now() + RETRY_MS, signal)
    }
    isLeading = false
  })()
  return { identity: IDENTITY, leads: () => isLeading }
}
