// Counts that only move for a moment: while pods start, a status write that would say nothing but "one more
// pod" waits for the next one that has something to say, for a few seconds at most (station g; issue: one
// write, not ten).
import { progressDeadlineSeconds } from '../../api/defaults.ts'
import type { RolloutCondition, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant } from '../../std/instant.ts'
import { equal } from '../../std/equal.ts'
import { availableReplicas, wantedReplicas } from '../../workload/availability.ts'
import { conditionOf } from './conditions.ts'

/** Pods that are well start within this time; those that do not are worth a write of their own. */
const MOMENT_MS = 4000
/** Progress that is told late moves the progress deadline: never by more than a tenth of it. */
const DEADLINE_SHARE = 0.1

/** Fields that may be written late. */
export const COUNTS = [
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
] as const

/**
 * Until when a status may wait that differs from the stored one in counts alone; undefined: it is written
 * now.
 */
export function waitsUntil(
  before: RolloutStatus,
  next: RolloutStatus,
  { spec, replicaSets, now }: { spec: RolloutSpec; replicaSets: readonly ReplicaSet[]; now: Instant },
): Instant | undefined {
  const since = parseInstant(conditionOf(before.conditions, 'Progressing')?.lastUpdateTime ?? '')
  const isStarting = replicaSets.some(one => availableReplicas(one) < wantedReplicas(one))
  if (since === undefined || !isStarting) return undefined
  const until = since + Math.min(MOMENT_MS, progressDeadlineSeconds(spec) * 1000 * DEADLINE_SHARE)
  return now < until && equal(said(before), said(next)) ? until : undefined
}

/** Everything that is not about how many pods there are at this moment. */
function said(status: RolloutStatus): object {
  const { conditions = [], message: _message, ...fields } = status
  const others = Object.entries(fields).filter(([name]) => !COUNTS.some(count => count === name))
  return [Object.fromEntries(others), conditions.filter(one => one.type !== 'Available').map(reasonOf)]
}

function reasonOf({ type, status, reason }: RolloutCondition): readonly string[] {
  return [type, status, reason]
}
