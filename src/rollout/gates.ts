// What holds progress back, said so that a person can act: a gate is open (undefined), or a reason with what is waited
// for, since when, and what could be done. Reasons become the waits of a decision, and lines of the log.
import type { ReplicaSet } from '../kube/apps.ts'
import { resourceName } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { BoundRouter } from '../traffic/registry.ts'
import { availableReplicas } from '../workload/availability.ts'
import type { RunState } from './runs/run-state.ts'
import { forbiddenIn } from './snapshot.ts'
import type { Story } from './story.ts'

export type Gate = Wait | undefined

export function waitFor(story: Story, what: string, cure: string): Wait {
  return { for: what, since: story.since, cure }
}

/** Pods that are not available yet. `wanted`: how many should be. */
export function podsGate(story: Story, replicaSet: ReplicaSet | undefined, wanted: number): Wait {
  const name = replicaSet?.metadata.name ?? story.replicaSet
  return waitFor(
    story,
    `pods of ReplicaSet ${name}: ${availableReplicas(replicaSet)} of ${wanted} available`,
    `See why they do not start: kubectl describe replicaset ${name}.`,
  )
}

/** A person (or an inconclusive analysis) holds the Rollout. */
export function haltGate(story: Story): Gate {
  if (!story.isHalted) return undefined
  return story.rollout.spec.paused === true
    ? waitFor(story, 'somebody to unpause it (spec.paused)', 'Set spec.paused to false.')
    : waitFor(story, 'somebody to judge an inconclusive analysis', 'Promote, or abort.')
}

/** An analysis that must pass, and has not ended. */
export function runGate(story: Story, { is, run }: RunState): Gate {
  if (is === 'passed') return undefined
  const name = run?.metadata.name
  return name === undefined
    ? waitFor(story, 'an analysis to begin', 'See the templates that it names.')
    : waitFor(story, `AnalysisRun ${name}`, `Look at it, or end it: kubectl argo rollouts get rollout.`)
}

/** What may not be read may give anybody a weight. */
export function unreadGate(story: Story, routers: readonly BoundRouter[]): Gate {
  const ref = forbiddenIn(story.snapshot, () => routers.flatMap(router => router.refs))
  if (ref === undefined) return undefined
  const kind = resourceName(ref.kind)
  return waitFor(
    story,
    `the right to read ${kind} ${ref.name}`,
    `Let the controller get, list and watch ${kind}.`,
  )
}

/** Two gates may wait for the same. */
export function eachOnce(waits: readonly Wait[]): readonly Wait[] {
  return waits.length < 2 ? waits : [...new Map(waits.map(wait => [wait.for, wait])).values()]
}

export function open(gates: readonly Gate[]): readonly Wait[] {
  return gates.filter(gate => gate !== undefined)
}
