// `pause`: the update stands still until it is promoted.
import { ROLLOUT } from '../../kube/kinds.ts'
import { mergePatch, refTo } from './act.ts'
import type { Act, Named } from './act.ts'

export function pause(of: Named): Act {
  const patch = { spec: { paused: true } }
  return {
    writes: [mergePatch(refTo(ROLLOUT, of), { why: `pause rollout ${of.name}`, patch })],
    text: `rollout '${of.name}' paused\n`,
  }
}
