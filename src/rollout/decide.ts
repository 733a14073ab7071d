// The decision (station g of the walk): progress → wanted → moves → status. Pure: the same snapshot gives the
// same decision, whatever woke us.
import type { Decision } from '../kube/reconciler.ts'
import type { Json } from '../std/json.ts'
import { blueGreenView, blueGreenWanted } from './blue-green.ts'
import { blueGreenStatus } from './blue-green-status.ts'
import { canaryView, canaryWanted } from './canary.ts'
import { canaryStatus } from './canary/status.ts'
import { inOrder, movesOf } from './moves.ts'
import { claimWrites } from './moves/claims.ts'
import { problemOf, reportProblem } from './problem.ts'
import type { Progress } from './progress.ts'
import { blueGreenOf, canaryOf, progressOf } from './progress.ts'
import { restartOf } from './restart.ts'
import { routingOf } from './routing.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import type { StrategyStatus } from './status.ts'
import { statusOf } from './status.ts'
import { COUNTS } from './status/transient.ts'
import type { Wanted } from './wanted.ts'

export function decide(snapshot: RolloutSnapshot): Decision {
  const problem = problemOf(snapshot)
  if (problem !== undefined) return reportProblem(snapshot, problem)
  const claims = claimWrites(snapshot)
  if (claims.length > 0) return { writes: claims }
  const progress = progressOf(snapshot)
  const strategy = strategyOf(snapshot)
  if (strategy === undefined) return { writes: [] }
  const wanted = strategy.wanted(progress)
  const writes = inOrder(movesOf(snapshot, progress, wanted))
  if (progress.isFirst && snapshot.current === undefined && !progress.isReset) return { writes }
  const { status, events, waits } = statusOf(snapshot, progress, strategy.status)
  return {
    writes,
    status: status as unknown as Json,
    events,
    waits: [
      ...wanted.waits,
      ...routingOf(snapshot.rollout, wanted.routing, snapshot.named).waits,
      ...restartOf(snapshot, progress).waits,
      ...waits,
    ],
    lazyStatus: COUNTS,
  }
}

interface Strategy {
  wanted(progress: Progress): Wanted
  status(progress: Progress): StrategyStatus
}

function strategyOf(snapshot: RolloutSnapshot): Strategy | undefined {
  const canary = canaryOf(snapshot)
  if (canary !== undefined) {
    const view = (progress: Progress) => canaryView(snapshot, progress, canary)
    return {
      wanted: progress => canaryWanted(snapshot, progress, view(progress)),
      status: progress => canaryStatus(snapshot, progress, view(progress)),
    }
  }
  const blueGreen = blueGreenOf(snapshot)
  if (blueGreen === undefined) return undefined
  const view = (progress: Progress) => blueGreenView(snapshot, progress, blueGreen)
  return {
    wanted: progress => blueGreenWanted(snapshot, progress, view(progress)),
    status: progress => blueGreenStatus(snapshot, progress, view(progress)),
  }
}
