// A Rollout as it can be relied on: fields of a wrong type are left out, as the tolerant reader of the
// controller that people use today leaves them out. Gathering and the indices look through here, so that one
// bad object stops nothing.
import type { Rollout, RolloutSpec } from '../../api/rollout.ts'
import { sanitise } from '../../api/sanitise.ts'
import { rememberedOn } from '../../std/remembered-on.ts'

/** The very same Rollout when nothing is wrong with it. */
export function wellFormed(rollout: Rollout): Rollout {
  const spec = wellFormedSpec(rollout)
  return spec === rollout.spec ? rollout : { ...rollout, spec }
}

function wellFormedSpec(rollout: Rollout): RolloutSpec {
  const { spec } = rollout
  if (typeof spec !== 'object' || spec === null) return sanitise(rollout).spec
  return clean(spec)
}

/** Specs are frozen and shared: each is read once. */
const clean = rememberedOn((spec: RolloutSpec) => sanitise({ spec }).spec)
