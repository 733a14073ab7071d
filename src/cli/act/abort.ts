// `abort`: give the update up; the controller takes the traffic back to the stable version.
import { ROLLOUT } from '../../kube/kinds.ts'
import { mergePatch, refTo } from './act.ts'
import type { Act, Named } from './act.ts'

export function abort(of: Named): Act {
  const target = refTo(ROLLOUT, of)
  const patch = { status: { abort: true } }
  return {
    writes: [mergePatch(target, { why: `abort rollout ${of.name}`, patch, subresource: 'status' })],
    text: `rollout '${of.name}' aborted\n`,
  }
}
