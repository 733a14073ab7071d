// The canary: what should be, from where we are (third step of a decision). Total: every Service, every ReplicaSet and
// every route has its answer.
import { stayingReplicas } from '../../workload/availability.ts'
import { hasDeadline } from '../../workload/deadlines.ts'
import { open } from '../gates.ts'
import { experimentMoves } from '../experiment/state.ts'
import { runMoves } from '../runs.ts'
import { selectedHash, servicesOf } from '../services.ts'
import type { Story } from '../story.ts'
import type { Wanted } from '../wanted.ts'
import { givenTo } from './carried.ts'
import type { CanarySituation } from './situation.ts'
import { hasUsers, wantedSizes } from './wanted-sizes.ts'

export function canaryWanted(story: Story, situation: CanarySituation): Wanted {
  const { selectors, runs, step, experiment } = situation
  const measured = runMoves(story, [runs.step, runs.background])
  const beside = experimentMoves(story, experiment)
  const { stable, canary, next } = servicesOf(story.rollout)
  const sizes = wantedSizes(story, situation)
  return {
    replicas: sizes.replicas,
    deadlines: sizes.deadlines,
    outdated: story.all.filter(one => hasDeadline(one) && hasUsers(story, situation, one)),
    selectors: {
      ...named(stable, selectors.stable),
      ...named(next, selectors.next),
      ...named(canary, selectors.canary),
    },
    drains: drains(story, situation),
    runs: {
      create: [...measured.create, ...beside.create],
      end: [...measured.end, ...beside.end],
    },
    waits: [...sizes.waits, ...selectors.waits, ...step.waits, ...open([situation.heldWeight])],
  }
}

function named(service: string | undefined, hash: string | undefined): Wanted['selectors'] {
  return service === undefined || hash === undefined ? {} : { [service]: hash }
}

/**
 * The canary's Service is about to select pods that can not carry what it is given now: its weight goes
 * first.
 */
function drains(story: Story, { carried, selectors, intent }: CanarySituation): boolean {
  const service = story.snapshot.services[servicesOf(story.rollout).canary ?? '']
  if (intent === undefined || service === undefined) return false
  const weight = givenTo(intent)
  if (weight >= carried.weight || intent.canary.weight > (carried.read ?? weight)) return false
  if (selectors.canary === selectedHash(service)) return true
  const isStable = story.stable !== undefined && selectors.canary === story.status.stableRS
  const needed = Math.ceil((carried.weight * story.replicas) / intent.maxWeight)
  return stayingReplicas(isStable ? story.stable : story.current) < needed
}
