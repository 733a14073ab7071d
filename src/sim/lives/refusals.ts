// Writes to one kind that are refused for a while, as by a webhook that denies them.
import { KubeError } from '../../kube/errors.ts'
import { DESTINATION_RULE, knownKind, ROLLOUT } from '../../kube/kinds.ts'
import type { Kind } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import type { Timeline } from '../model/timeline.ts'
import { LIFE_ROUTES } from './routes/registry.ts'
import type { Fault, Refused } from './scenario.ts'

export const DENIED = new KubeError('Forbidden', 'a webhook denies it', { status: 403 })

interface Around {
  readonly faults: readonly Fault[]
  readonly timeline: Timeline
  readonly isCalm: () => boolean
  readonly onStrike: ((fault: Fault) => void) | undefined
}

/** Whether the write, the nth of ours, is refused. */
export function refusals({
  faults,
  timeline,
  isCalm,
  onStrike,
}: Around): (write: Write, nth: number) => boolean {
  const refusal = faults.find(one => one.on === 'refusal')
  let until: Instant | undefined
  return (write, nth) => {
    if (refusal?.on !== 'refusal' || nth < refusal.nth || isCalm() || !isOf(write, refusal.of)) return false
    if (until === undefined) onStrike?.(refusal)
    until ??= timeline.now() + refusal.ms
    return timeline.now() < until
  }
}

function isOf(write: Write, refused: Refused): boolean {
  const kind = write.verb === 'create' ? knownKind(write.object) : write.target.kind
  if (kind === undefined) return false
  if (refused === 'status')
    return write.verb === 'patch' && write.subresource === 'status' && kind === ROLLOUT
  return refused === 'routes' ? ROUTES.includes(kind) : kind.plural === refused
}

const ROUTES: readonly Kind[] = [DESTINATION_RULE, ...Object.values(LIFE_ROUTES).map(route => route.kind)]
