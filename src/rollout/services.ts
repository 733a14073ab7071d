// Which revision the Services of a Rollout select, and the patch that makes one select another.
import { MANAGED_BY_ROLLOUTS, POD_TEMPLATE_HASH } from '../api/words.ts'
import { EVENTS } from '../api/event-words.ts'
import type { Rollout, RolloutSpec } from '../api/rollout.ts'
import type { Service } from '../kube/core.ts'
import { SERVICE } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { canaryServices } from '../traffic/roles.ts'

/** The hash in a Service's selector; undefined when it has none (or there is no such Service). */
export function selectedHash(service: Service | undefined): string | undefined {
  const hash = service?.spec.selector?.[POD_TEMPLATE_HASH] ?? ''
  return hash === '' ? undefined : hash
}

/** Which Service plays which role; undefined where the strategy names none. */
export interface RoleServices {
  readonly active: string | undefined
  readonly preview: string | undefined
  readonly stable: string | undefined
  readonly canary: string | undefined
  /** Of a pair whose roles swap the one that is not stable now: it may be the canary's, or stand beside it. */
  readonly next: string | undefined
}

export function servicesOf(rollout: Pick<Rollout, 'spec' | 'status'>): RoleServices {
  const { blueGreen } = rollout.spec.strategy ?? {}
  const { shared, swapping } = canaryServices(rollout)
  return {
    active: nameOrNone(blueGreen?.activeService),
    preview: nameOrNone(blueGreen?.previewService),
    stable: nameOrNone(shared.stable),
    canary: nameOrNone(shared.canary),
    next: nameOrNone(swapping?.canary),
  }
}

function nameOrNone(name: string | undefined): string | undefined {
  return name === '' ? undefined : name
}

/** The names of the Services that a Rollout's strategy speaks of. */
export function serviceNames({ spec }: Rollout): readonly string[] {
  return namesIn(spec)
}

const namesIn = rememberedOn((spec: RolloutSpec): readonly string[] => {
  const { active, preview, stable, canary } = servicesOf({ spec })
  const { pingService, pongService } = spec.strategy?.canary?.pingPong ?? {}
  const names = [active, preview, stable, canary, pingService, pongService]
  return [...new Set(names.flatMap(name => nameOrNone(name) ?? []))]
})

export function switchWrite(rollout: Rollout, service: Service, hash: string): Write {
  const { name } = service.metadata
  return {
    verb: 'patch',
    target: refOf(SERVICE, service),
    patch: {
      metadata: { annotations: { [MANAGED_BY_ROLLOUTS]: rollout.metadata.name } },
      spec: { selector: { [POD_TEMPLATE_HASH]: hash } },
    },
    why: `switch service ${name} to ${hash}`,
    event: EVENTS.switched(name, selectedHash(service) ?? '', hash),
  }
}

/** The Service selects by its own labels again. `which`: what it is now, for the sentence. */
export function releaseWrite(service: Service, which: string): Write {
  return {
    verb: 'patch',
    target: refOf(SERVICE, service),
    patch: {
      metadata: { annotations: { [MANAGED_BY_ROLLOUTS]: null } },
      spec: { selector: { [POD_TEMPLATE_HASH]: null } },
    },
    why: `release service ${service.metadata.name}, ${which}`,
  }
}
