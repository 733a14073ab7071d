// The moments of an update that are drawn into the traffic: from the Events of the rollout.
import type { EventDetail } from '../../wire.ts'
import type { Moment } from './chart.tsx'

/** What is told of an Event's reason; of several within a second the last of these. */
const TOLD = {
  RolloutUpdated: 'update',
  RolloutStepCompleted: 'step',
  RolloutPaused: 'pause',
  TrafficWeightUpdated: 'weight',
  SwitchService: 'switch',
  RolloutResumed: 'promote',
  SkipSteps: 'promote',
  RolloutCompleted: 'done',
  AnalysisRunFailed: 'analysis failed',
  RolloutAborted: 'abort',
} as const

const REASONS: readonly string[] = Object.keys(TOLD)
const WORST = ['abort', 'analysis failed']

/** Oldest first. */
export function momentsOf(events: readonly EventDetail[]): readonly Moment[] {
  const found = new Map<number, Moment & { readonly rank: number }>()
  for (const { reason, at, message } of events) {
    const rank = REASONS.indexOf(reason)
    const second = Math.floor(Date.parse(at) / 1000)
    if (rank < 0 || Number.isNaN(second) || rank <= (found.get(second)?.rank ?? -1)) continue
    const word = TOLD[reason as keyof typeof TOLD]
    const label = word === 'weight' ? weightIn(message) : word
    if (label === undefined) continue
    found.set(second, { at: second, label, isBad: WORST.includes(word), rank })
  }
  return [...found.values()].toSorted((a, b) => a.at - b.at)
}

function weightIn(message: string): string | undefined {
  const weight = / to (\d+)/.exec(message)?.[1]
  return weight === undefined ? undefined : `${weight} %`
}
