// The weights that a canary reports, and what is told of their change (last step of a decision).
import { EVENTS } from '../../api/event-words.ts'
import type { TrafficWeights } from '../../api/rollout.ts'
import type { EventNote } from '../../kube/write.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import type { Routing } from '../route-writes.ts'
import type { Story } from '../story.ts'
import type { CanarySituation } from './situation.ts'

export interface ReportedWeights {
  readonly weights: TrafficWeights | undefined
  readonly told: readonly EventNote[]
}

export function reportedWeights(
  story: Story,
  { strategy, intent }: CanarySituation,
  routing: Routing,
): ReportedWeights {
  const before = story.status.canary?.weights
  if (strategy.trafficRouting === undefined) return { weights: undefined, told: [] }
  const after =
    intent === undefined ? (story.isReset ? renamed(before, story.hash) : before) : recordedWeights(intent)
  const change = after === undefined ? undefined : weightChange(before, after)
  if (change === undefined) return { weights: before ?? after, told: [] }
  return { weights: after, told: [...routing.told, EVENTS.weightUpdated(change)] }
}

/** A canary without weight may have its name at once: nothing is sent there. */
function renamed(before: TrafficWeights | undefined, hash: string): TrafficWeights | undefined {
  if (before === undefined || before.canary.weight > 0) return before
  return { ...before, canary: { ...before.canary, podTemplateHash: hash } }
}

/** The weights as they are recorded once the routers have them. */
function recordedWeights(intent: TrafficIntent): TrafficWeights {
  const destination = ({ weight, service, podHash }: TrafficIntent['canary']) => ({
    weight,
    ...(service === '' ? {} : { serviceName: service }),
    podTemplateHash: podHash,
  })
  return { canary: destination(intent.canary), stable: destination(intent.stable) }
}

/** What `TrafficWeightUpdated` says of the change; undefined when nothing changed. */
function weightChange(before: TrafficWeights | undefined, after: TrafficWeights): string | undefined {
  if (before === undefined) return `to ${after.canary.weight}`
  if (before.canary.weight !== after.canary.weight) {
    return `from ${before.canary.weight} to ${after.canary.weight}`
  }
  const isSame = (['canary', 'stable'] as const).every(
    side =>
      before[side].podTemplateHash === after[side].podTemplateHash &&
      before[side].serviceName === after[side].serviceName &&
      before[side].weight === after[side].weight,
  )
  return isSame ? undefined : ''
}
