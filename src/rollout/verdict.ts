// Whether this pass finds that the update is to be given up (second step of a decision): an analysis has
// failed, or the update has made no progress for too long. It is found before anything is wanted, so a pass
// that gives up moves nothing forward.
import { timedOutMessage } from '../api/condition-words.ts'
import type { BlueGreenSituation } from './blue-green/situation.ts'
import type { CanarySituation } from './canary/situation.ts'
import { conditionFacts } from './report.ts'
import type { StrategyReport } from './report.ts'
import type { Restart } from './restart.ts'
import { saidOf } from './runs.ts'
import { hasTimedOut } from './status/conditions.ts'
import type { Story } from './story.ts'

export interface Verdict {
  readonly is: 'late' | 'judged'
  readonly why: string
}

export interface Found {
  readonly strategy: CanarySituation | BlueGreenSituation
  readonly report: StrategyReport
  readonly restart: Restart
}

export function verdictOn(story: Story, found: Found): Verdict | undefined {
  if (story.isAborted) return undefined
  const { strategy } = found
  const runs =
    strategy.is === 'canary'
      ? [strategy.runs.step, strategy.runs.background, strategy.experiment]
      : [strategy.runs.pre, strategy.runs.post]
  const { abortWhy } = saidOf(story, runs)
  if (abortWhy !== undefined) return { is: 'judged', why: abortWhy }
  // Whoever tries again has all the time anew: the last progress was before the abort. Without a stable revision there
  // is nothing to go back to.
  const hasBack = !story.isFirst && !story.isPromoted && !story.isStableLost
  const counts = hasBack && !story.isRetry && story.problem === undefined
  const aborts = counts && story.rollout.spec.progressDeadlineAbort === true
  if (!aborts || !hasTimedOut(conditionFacts(story, found))) return undefined
  return { is: 'late', why: timedOutMessage(story.replicaSet) }
}
