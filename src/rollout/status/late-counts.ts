// Which fields of a status may be written late: counts, and what follows from counts alone. While pods start and
// end, one write a second says where they are (station g; the second is the loop's, in runtime/loop/passes.ts).
import type { RolloutCondition, RolloutStatus } from '../../api/rollout.ts'
import { equal } from '../../std/equal.ts'

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'HPAReplicas'] as const
/** They say the same as counts do, unless a condition of another kind says something new. */
const SAID_OF_COUNTS = ['conditions', 'message'] as const

export function lateFields(before: RolloutStatus, next: RolloutStatus): readonly string[] {
  return equal(newsOf(before), newsOf(next)) ? [...COUNTS, ...SAID_OF_COUNTS] : COUNTS
}

/** What the conditions say, their times and whether enough pods are available apart. */
function newsOf({ conditions = [] }: RolloutStatus): object {
  const others = conditions.filter(({ type }) => type !== 'Available')
  return Object.fromEntries(others.map(newsOfCondition))
}

function newsOfCondition({ type, status, reason, message }: RolloutCondition): [string, object] {
  return [type, { status, reason, message }]
}
