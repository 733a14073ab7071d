// A Rollout whose status was lost: restored from a backup, which has none, or made again beside the ReplicaSets that it
// had left (`--cascade=orphan`). The revision that its users come to is the stable one: another image is an update, and
// no first deployment that takes their pods away.
import { replicas } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Service } from '../../kube/core.ts'
import { routersOf } from '../../traffic/registry.ts'
import type { Found } from '../../traffic/router.ts'
import { stayingReplicas, wantedReplicas } from '../../workload/availability.ts'
import { byCreation, podHashOf } from '../../workload/replica-set.ts'
import { selectedHash, servicesOf } from '../services.ts'

interface Around {
  readonly owned: readonly ReplicaSet[]
  readonly current: ReplicaSet | undefined
  readonly services: Readonly<Record<string, Service>>
  readonly named: Found
}

/** The very same Rollout when it names its stable revision, or all are served by what is asked for. */
export function withStable(rollout: Rollout, around: Around): Rollout {
  const { status = {}, spec } = rollout
  if ((status.stableRS ?? '') !== '') return rollout
  const { pingPong } = spec.strategy?.canary ?? {}
  const found = pingPong === undefined ? servedBy(rollout, around) : servedByPair(rollout, pingPong, around)
  if (found === undefined) return rollout
  const { stableRS, ofPair } = found
  const { currentPodHash = stableRS } = status
  const canary = ofPair === undefined ? {} : { canary: { ...status.canary, stablePingPong: ofPair } }
  return { ...rollout, status: { ...status, stableRS, currentPodHash, ...canary } }
}

interface Stable {
  readonly stableRS: string
  readonly ofPair?: 'ping' | 'pong'
}

/** By the Service or subset of its role; where that names no revision, the one that has the most pods. */
function servedBy(rollout: Rollout, around: Around): Stable | undefined {
  const { active, stable } = servicesOf(rollout)
  const bySubset = () => routersOf(rollout).flatMap(router => router.read(around.named)?.stableHash ?? [])[0]
  const hash = selectedHash(around.services[active ?? stable ?? '']) ?? bySubset()
  const serving = others(rollout, around).find(one =>
    hash === undefined ? !isBesideAll(rollout, around, one) : podHashOf(one) === hash,
  )
  return serving && { stableRS: podHashOf(serving) }
}

/** Without pods beside what is asked for, which has all of its own, it was on its way there, or back. */
function isBesideAll({ spec }: Rollout, { current }: Around, one: ReplicaSet): boolean {
  const isWhole = hasPods(current) && stayingReplicas(current) >= replicas(spec)
  return isWhole && !hasPods(one) && wantedReplicas(one) < wantedReplicas(current)
}

/**
 * Of a pair the one that does not lead to the revision that is asked for, and has users by the route; of two, the one
 * that has more pods. Where all users are on what is asked for, that is stable.
 */
function servedByPair(
  rollout: Rollout,
  { pingService, pongService }: { readonly pingService: string; readonly pongService: string },
  around: Around,
): Stable | undefined {
  const [ping, pong] = [pingService, pongService].map(name => selectedHash(around.services[name]))
  // While no status tells their roles `pong` is taken for the stable one.
  const [weights] = routersOf(rollout).flatMap(router => router.read(around.named) ?? [])
  const withUsers = [...(weights?.canary === 0 ? [] : [ping]), ...(weights?.stable === 0 ? [] : [pong])]
  const all = others(rollout, around)
  const { current } = around
  const rest = current !== undefined && hasPods(current) ? [current] : []
  const inOrder = [...all.filter(hasPods), ...rest, ...all.filter(one => !hasPods(one))]
  const serving = inOrder.find(one => withUsers.includes(podHashOf(one)))
  if (serving === undefined) return undefined
  const stableRS = podHashOf(serving)
  const isPing = stableRS === ping && (stableRS !== pong || weights?.canary !== 0)
  return { stableRS, ofPair: isPing ? 'ping' : 'pong' }
}

/** The larger first, of two alike the older, which is the likelier. After a restore pods come only by and by. */
function others({ status }: Rollout, { owned, current }: Around): readonly ReplicaSet[] {
  const isLost = status?.currentPodHash === undefined
  return owned
    .filter(one => one !== current && podHashOf(one) !== '')
    .filter(one => hasPods(one) || (isLost && wantedReplicas(one) > 0))
    .toSorted(
      (a, b) =>
        stayingReplicas(b) - stayingReplicas(a) || wantedReplicas(b) - wantedReplicas(a) || byCreation(a, b),
    )
}

const hasPods = (one: ReplicaSet | undefined): boolean => stayingReplicas(one) > 0
