// With a problem (a broken spec, something that it names and that is not there) only what leads back to the stable
// revision is done: weight goes down, Services go to stable, stable gets its pods. Nothing is made, nothing grows but
// stable, no step advances. Called between wanted and moves.
import { maxSurge } from '../api/defaults.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { stayingReplicas, total, wantedReplicas } from '../workload/availability.ts'
import { podHashOf } from '../workload/replica-set.ts'
import { leadsToNothing, podsFor } from './canary/carried.ts'
import type { CanarySituation } from './canary/situation.ts'
import { waitFor } from './gates.ts'
import { selectedHash, servicesOf } from './services.ts'
import type { Situation } from './situation.ts'
import { isGoingBack } from './story.ts'
import type { Story } from './story.ts'
import type { Wanted } from './wanted.ts'

export function onlyBack(situation: Situation, wanted: Wanted): Wanted {
  const { story, problem } = situation
  if (problem === undefined) return wanted
  const isBack = isGoingBack(story)
  const stableHash = story.status.stableRS
  const wait = waitFor(story, `the Rollout to be mended: ${problem.path}: ${problem.message}`, problem.cure)
  return {
    ...wanted,
    replicas: Object.fromEntries(story.all.map(one => [one.metadata.name, sizeBack(situation, one, wanted)])),
    deadlines: isBack ? wanted.deadlines : {},
    selectors: {
      ...Object.fromEntries(Object.entries(wanted.selectors).filter(([, hash]) => hash === stableHash)),
      ...fromNothing(situation),
    },
    runs: { create: [], end: isBack ? wanted.runs.end : [] },
    waits: [wait, ...wanted.waits],
  }
}

/** A canary Service that leads its users to no pod goes to the stable revision as well. */
function fromNothing({ story, strategy }: Situation): Wanted['selectors'] {
  const { stable, status, rollout, left } = story
  const { canary } = servicesOf(rollout)
  if (canary === undefined || status.stableRS === undefined || stayingReplicas(stable) === 0) return {}
  // A router that was left may still send users there.
  if (strategy.is !== 'canary' || left.length > 0) return {}
  return leadsToNothing(story, strategy.carried) ? { [canary]: status.stableRS } : {}
}

/**
 * Stable goes to `spec.replicas` (without a router as far as others leave room, with `dynamicStableScale` as its users
 * need) and gives no pod up for another; others may shrink on the way back.
 */
function sizeBack(situation: Situation, replicaSet: ReplicaSet, wanted: Wanted): number {
  const { story } = situation
  const now = wantedReplicas(replicaSet)
  const asked = wanted.replicas[replicaSet.metadata.name] ?? now
  if (podHashOf(replicaSet) === story.status.stableRS)
    return Math.min(stableSize(situation, replicaSet, asked), Math.max(now, mostOf(situation, replicaSet)))
  return isGoingBack(story) ? Math.min(now, asked) : now
}

function stableSize(situation: Situation, replicaSet: ReplicaSet, asked: number): number {
  if (asked >= situation.story.replicas) return asked
  return Math.max(wantedReplicas(replicaSet), asked, roomFor(situation, replicaSet))
}

/** Without a router the pods of all revisions stay within the surge. */
function mostOf({ story, strategy }: Situation, replicaSet: ReplicaSet): number {
  const { all, replicas, rollout } = story
  if (strategy.is !== 'canary' || strategy.strategy.trafficRouting !== undefined) return Infinity
  return replicas + maxSurge(rollout.spec) - total(wantedReplicas, all) + wantedReplicas(replicaSet)
}

function roomFor({ story, strategy }: Situation, replicaSet: ReplicaSet): number {
  const { all, replicas } = story
  if (strategy.is !== 'canary') return replicas
  const { trafficRouting, dynamicStableScale = false } = strategy.strategy
  if (trafficRouting === undefined) return replicas - total(wantedReplicas, all) + wantedReplicas(replicaSet)
  return dynamicStableScale && !isGoingBack(story) ? podsFor(story, comingTo(story, strategy)) : replicas
}

/** The weight that the stable revision has by what the Services select now. */
function comingTo(story: Story, situation: CanarySituation): number {
  const { rollout, snapshot, status } = story
  const { carried, isDirect } = situation
  const { stable = '', canary = '' } = servicesOf(rollout)
  const isStable = (service: string) => selectedHash(snapshot.services[service]) === status.stableRS
  return (
    (isDirect || isStable(stable) ? carried.stableWeight : 0) +
    (isStable(canary) || leadsToNothing(story, carried) ? carried.weight : 0)
  )
}
