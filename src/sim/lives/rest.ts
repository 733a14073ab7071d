// How a life must stand when it has come to rest: Healthy, or stopped for a reason that people can read; users where
// the status says they are.
import type { Rollout } from '../../api/rollout.ts'
import { availableReplicas, wantedReplicas } from '../../workload/availability.ts'
import type { ModelWorld } from '../model/world.ts'
import { hasServices, servicesOf } from './furniture.ts'
import type { LifeSpec } from './scenario.ts'
import { hashOf, rolloutIn, selectedBy, setIn, setsIn, sightOf, weightsIn } from './sight.ts'
import type { Sight } from './sight.ts'

interface Unrest {
  readonly law: string
  readonly what: string
}

const STUCK = 'Healthy, or an explained stop'
const RIGHT = 'at rest users are where the status says'
const COUNTS = 'at rest the status counts what is there'

export function unrest({ cluster }: Pick<ModelWorld, 'cluster'>, spec: LifeSpec): readonly Unrest[] {
  const sight = sightOf({ list: cluster.list, get: cluster.get, by: () => [], has: () => true })
  const rollout = rolloutIn(sight)
  if (rollout === undefined) return [{ law: STUCK, what: 'the Rollout has gone' }]
  const { phase = '', message = '', observedGeneration } = rollout.status ?? {}
  const told = `${phase}: ${message}`
  if (observedGeneration !== String(rollout.metadata.generation ?? 0))
    return [{ law: STUCK, what: `its last generation was never seen; ${told}` }]
  const isExplained = phase === 'Healthy' || (['Degraded', 'Paused'].includes(phase) && message !== '')
  if (!isExplained) return [{ law: STUCK, what: told }]
  return [miscounted(rollout, sight, spec), misled(rollout, sight, spec)].filter(one => one !== undefined)
}

function miscounted({ status = {} }: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  // Compat: of blue/green those count that users come to, and all while there are none.
  const active =
    spec.strategy === 'blueGreen' ? setIn(sight, selectedBy(sight, servicesOf(spec).stable)) : undefined
  const counted = active === undefined ? setsIn(sight) : [active]
  const available = counted.reduce((sum, one) => sum + availableReplicas(one), 0)
  if ((status.availableReplicas ?? 0) === available || isInvalid(status)) return undefined
  return { law: COUNTS, what: `it says ${status.availableReplicas ?? 0} available, there are ${available}` }
}

const isInvalid = (status: Rollout['status']) =>
  status?.conditions?.some(({ type, status: is }) => type === 'InvalidSpec' && is === 'True') === true

const isOver = (status: Rollout['status']) =>
  !isInvalid(status) && (status?.abort === true || status?.phase === 'Healthy')

/** Aborted or promoted: users are on the stable revision, whole, and nobody is sent elsewhere. */
function misled(rollout: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const { spec: wanted, status } = rollout
  const stable = setIn(sight, status?.stableRS)
  const { replicas = 1 } = wanted
  if (!isOver(status) || replicas <= 0 || wanted.paused === true) return undefined
  if (stable === undefined) {
    return status?.phase === 'Healthy' ? { law: RIGHT, what: 'there is no stable revision' } : undefined
  }
  const has = availableReplicas(stable)
  if (has < replicas) return { law: RIGHT, what: `the stable revision has ${has} of ${replicas} pods` }
  const { canary } = weightsIn(sight, spec)
  if (canary !== 0) return { law: RIGHT, what: `the canary has weight ${canary}` }
  if (hasServices(spec) && selectedBy(sight, servicesOf(spec).stable) !== status?.stableRS)
    return { law: RIGHT, what: 'the stable Service selects another revision' }
  if (status?.phase !== 'Healthy') return undefined
  const left = setsIn(sight).find(one => one !== stable && wantedReplicas(one) > 0)
  return left === undefined ? undefined : { law: RIGHT, what: `${hashOf(left)} still has pods` }
}
