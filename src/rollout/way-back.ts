// With a problem (a broken spec, something that it names and that is not there) only what leads back to the stable
// revision is done: weight goes down, Services go to stable, stable gets its pods. Nothing is made, nothing grows but
// stable, no step advances. Called between wanted and moves.
import type { ReplicaSet } from '../kube/apps.ts'
import { total, wantedReplicas } from '../workload/availability.ts'
import { podHashOf } from '../workload/replica-set.ts'
import { waitFor } from './gates.ts'
import type { Situation } from './situation.ts'
import { isGoingBack } from './story.ts'
import type { Story } from './story.ts'
import type { Wanted } from './wanted.ts'

export function onlyBack({ story, problem }: Situation, wanted: Wanted): Wanted {
  if (problem === undefined) return wanted
  const isBack = isGoingBack(story)
  const stableHash = story.status.stableRS
  const wait = waitFor(story, `the Rollout to be mended: ${problem.path}: ${problem.message}`, problem.cure)
  return {
    ...wanted,
    replicas: Object.fromEntries(story.all.map(one => [one.metadata.name, sizeBack(story, one, wanted)])),
    deadlines: isBack ? wanted.deadlines : {},
    selectors: Object.fromEntries(Object.entries(wanted.selectors).filter(([, hash]) => hash === stableHash)),
    runs: { create: [], end: isBack ? wanted.runs.end : [] },
    waits: [wait, ...wanted.waits],
  }
}

/**
 * Stable goes to `spec.replicas`, without a router as far as others leave room, and gives no pod up for another; others
 * may shrink on the way back.
 */
function sizeBack(story: Story, replicaSet: ReplicaSet, wanted: Wanted): number {
  const now = wantedReplicas(replicaSet)
  const asked = wanted.replicas[replicaSet.metadata.name] ?? now
  if (podHashOf(replicaSet) === story.status.stableRS)
    return asked >= story.replicas ? asked : Math.max(now, asked, roomFor(story, replicaSet))
  return isGoingBack(story) ? Math.min(now, asked) : now
}

function roomFor({ all, replicas, rollout }: Story, replicaSet: ReplicaSet): number {
  const { canary } = rollout.spec.strategy ?? {}
  const isShared = canary !== undefined && canary.trafficRouting === undefined
  return isShared ? replicas - total(wantedReplicas, all) + wantedReplicas(replicaSet) : replicas
}
