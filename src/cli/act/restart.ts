// `restart`: replace pods that are older than now, or than a moment to come.
import { ROLLOUT } from '../../kube/kinds.ts'
import { age } from '../../std/age.ts'
import { parseDuration } from '../../std/duration.ts'
import { printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { mergePatch, refTo } from './act.ts'
import type { Named, Planned } from './act.ts'

/** `delay`: a duration such as `10m`; none means now. */
export function restart(of: Named, now: Instant, delay = '0s'): Planned {
  const delayMs = parseDuration(delay)
  if (delayMs === undefined) {
    return {
      refused: `invalid value ${JSON.stringify(delay)} for --in: not a duration; use one such as 90s or 10m`,
    }
  }
  const patch = { spec: { restartAt: printInstant(now + delayMs) } }
  return {
    writes: [
      mergePatch(refTo(ROLLOUT, of), { why: `restart rollout ${of.name} at ${patch.spec.restartAt}`, patch }),
    ],
    text: `rollout '${of.name}' restarts in ${age(delayMs)}\n`,
  }
}
