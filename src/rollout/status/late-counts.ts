// Which fields of a status may be written late: counts, and what follows from counts alone. While pods start and
// end, one write a second says where they are (station g; the second is the loop's, in runtime/loop/passes.ts).
import type { RolloutCondition, RolloutStatus } from '../../api/rollout.ts'

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'HPAReplicas'] as const
/** They say the same as counts do, unless a condition of another kind says something new. */
const SAID_OF_COUNTS = ['conditions', 'message'] as const

export function lateFields(before: RolloutStatus, next: RolloutStatus): readonly string[] {
  return isNoNews(before, next) ? [...COUNTS, ...SAID_OF_COUNTS] : COUNTS
}

/** The conditions say the same, their times and whether enough pods are available apart. */
function isNoNews(before: RolloutStatus, next: RolloutStatus): boolean {
  const [was, is] = [othersIn(before), othersIn(next)]
  return was.length === is.length && is.every(one => was.some(two => isSame(one, two)))
}

function othersIn({ conditions = [] }: RolloutStatus): readonly RolloutCondition[] {
  return conditions.filter(({ type }) => type !== 'Available')
}

function isSame(one: RolloutCondition, two: RolloutCondition): boolean {
  const is = one.type === two.type && one.status === two.status
  return is && one.reason === two.reason && one.message === two.message
}
