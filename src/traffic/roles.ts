// Which Services share a canary's traffic: the two that the strategy names, or a pair of which each is stable in turn.
// Their roles swap when a revision becomes stable, so no Service that has users ever selects other pods.
import type { CanaryStrategy, Rollout, RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import type { Services } from './router.ts'

export interface CanaryServices {
  /** Between these the routers share; empty where nothing is named. */
  readonly shared: Services
  /** The pair whose roles swap, as they are now. */
  readonly swapping: Services | undefined
}

export function canaryServices({ spec, status }: Pick<Rollout, 'spec' | 'status'>): CanaryServices {
  return servicesIn(spec, stableOfPair(status))
}

/** The one of a pair that is stable now: `ping` or `pong`; `ping` where a revision was stable before the pair came. */
export function stableOfPair({ stableRS = '', canary = {} }: RolloutStatus = {}): string | undefined {
  return canary.stablePingPong ?? (stableRS === '' ? undefined : 'ping')
}

/** `ofPair`: which of the pair is stable. */
export function servicesIn(spec: RolloutSpec, ofPair: string | undefined): CanaryServices {
  const { stableService: stable = '', canaryService: canary = '' } = spec.strategy?.canary ?? {}
  const swapping = pairOf(spec.strategy?.canary?.pingPong, ofPair)
  const named = { stable, canary }
  return { swapping, shared: stable === '' && canary === '' ? (swapping ?? named) : named }
}

function pairOf(pair: CanaryStrategy['pingPong'], stable: string | undefined): Services | undefined {
  if (pair === undefined) return undefined
  const { pingService: ping, pongService: pong } = pair
  return stable === 'ping' ? { stable: ping, canary: pong } : { stable: pong, canary: ping }
}
