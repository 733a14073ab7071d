// `retry rollout`, `retry experiment`: try again what was aborted or has failed.
import { EXPERIMENT, ROLLOUT } from '../../kube/kinds.ts'
import { mergePatch, refTo } from './act.ts'
import type { Act, Named } from './act.ts'

export function retryRollout(of: Named): Act {
  const target = refTo(ROLLOUT, of)
  const patch = { status: { abort: false } }
  return {
    writes: [mergePatch(target, { why: `retry rollout ${of.name}`, patch, subresource: 'status' })],
    text: `rollout '${of.name}' retried\n`,
  }
}

/** An Experiment without a status begins anew. */
export function retryExperiment(of: Named): Act {
  const patch = { status: null }
  return {
    writes: [mergePatch(refTo(EXPERIMENT, of), { why: `retry experiment ${of.name}`, patch })],
    text: `experiment '${of.name}' retried\n`,
  }
}
