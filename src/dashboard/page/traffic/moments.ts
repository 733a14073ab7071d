// The moments of an update that are drawn into the traffic: from the Events of the rollout.
import type { EventDetail } from '../../wire.ts'
import type { Moment } from './chart.tsx'

const TOLD: Readonly<Record<string, string>> = {
  RolloutUpdated: 'update',
  RolloutNotCompleted: 'update',
  RolloutStepCompleted: 'step',
  SkipSteps: 'promote',
  RolloutPaused: 'pause',
  RolloutResumed: 'promote',
  SwitchService: 'switch',
  TrafficWeightUpdated: 'weight',
  RolloutAborted: 'abort',
  RolloutCompleted: 'done',
  AnalysisRunFailed: 'analysis failed',
}

const WORST = ['abort', 'analysis failed']

/** Oldest first; of several within a second the one that says most. */
export function momentsOf(events: readonly EventDetail[]): readonly Moment[] {
  const found = new Map<number, Moment>()
  for (const { reason, at, message } of events) {
    const word = TOLD[reason]
    const second = Math.floor(Date.parse(at) / 1000)
    if (word === undefined || Number.isNaN(second)) continue
    const weight = word === 'weight' ? / to (\d+)/.exec(message)?.[1] : undefined
    const moment = {
      at: second,
      label: weight === undefined ? word : `${weight} %`,
      isBad: WORST.includes(word),
    }
    if (found.get(second)?.isBad !== true) found.set(second, moment)
  }
  return [...found.values()].toSorted((a, b) => a.at - b.at)
}
