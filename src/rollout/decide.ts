// The decision (station g of the walk): story → situation → wanted → moves → status. Pure: the same snapshot gives the
// same decision, whatever woke us.
import type { FieldError } from '../api/field-error.ts'
import type { RolloutStatus } from '../api/rollout.ts'
import type { Decision } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import { actualReplicas, wantedReplicas } from '../workload/availability.ts'
import { eachOnce, haltGate, open } from './gates.ts'
import { blueGreenWanted } from './blue-green/wanted.ts'
import { canaryWanted } from './canary/wanted.ts'
import { inOrder, movesOf } from './moves.ts'
import { claimWrites } from './moves/claims.ts'
import { problemOf, reportProblem } from './problem.ts'
import { situationOf } from './situation.ts'
import type { Situation } from './situation.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { statusOf } from './status.ts'
import { lateFields } from './status/late-counts.ts'
import type { Wanted } from './wanted.ts'
import { onlyBack } from './way-back.ts'

/** `refused`: what the server does not let us do, where only the way back goes on without it. */
export function decide(snapshot: RolloutSnapshot, refused?: FieldError): Decision<RolloutStatus> {
  const problem = refused ?? problemOf(snapshot)
  const claims = problem === undefined ? claimWrites(snapshot) : []
  if (claims.length > 0) return { writes: claims }
  const situation = situationOf(snapshot, problem)
  if (situation === undefined)
    return problem === undefined ? { writes: [] } : reportProblem(snapshot, problem)
  const { story, routing, leaving, restart } = situation
  const wanted = onlyBack(situation, wantedIn(situation))
  const writes = story.isOnlyRecorded ? writesBack(situation) : inOrder(movesOf(situation, wanted))
  const isNothingYet = story.isFirst && story.current === undefined && !story.isReset
  if (isNothingYet && situation.problem === undefined) return { writes }
  const { status, announced, events, waits } = statusOf(situation)
  return {
    writes,
    status,
    announced,
    events,
    waits: eachOnce([
      ...open([haltGate(story)]),
      ...wanted.waits,
      ...routing.waits,
      ...leaving.waits,
      ...restart.waits,
      ...waits,
    ]),
    lazyStatus: lateFields(story.status, status),
    awaitsEffects: awaitsCounts(situation, writes),
  }
}

/** What is only recorded is left as it is; users go back from where they have no pods. */
function writesBack({ back }: Situation): readonly Write[] {
  return back === undefined ? [] : inOrder(movesOf(back, onlyBack(back, wantedIn(back))))
}

function wantedIn({ story, strategy }: Situation): Wanted {
  return strategy.is === 'canary' ? canaryWanted(story, strategy) : blueGreenWanted(story, strategy)
}

/** A pause whose time is over is reported with the counts that its end leads to; a person is answered at once. */
function awaitsCounts({ story, strategy }: Situation, writes: readonly Write[]): boolean {
  if (!story.isPastPause || story.wasResumed || strategy.is !== 'canary') return false
  if (strategy.sizes.held === undefined) return false
  return writes.length > 0 || story.all.some(one => actualReplicas(one) !== wantedReplicas(one))
}
