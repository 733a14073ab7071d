// What a pass knows of a canary before it wants anything (second step of a decision): sizes, selectors and
// weight follow the step that is recorded; status advances the step.
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import { experimentState } from '../experiment/state.ts'
import type { ExperimentState } from '../experiment/state.ts'
import type { Gate } from '../gates.ts'
import { isHeldService, leavingOf } from '../leaving.ts'
import type { Leaving } from '../leaving.ts'
import type { CanaryRuns } from '../runs.ts'
import { canaryRuns } from '../runs.ts'
import { selectedHash, servicesOf } from '../services.ts'
import type { Story } from '../story.ts'
import { carriedBy, isAhead } from './carried.ts'
import type { Carried } from './carried.ts'
import { trafficIntent } from './intent.ts'
import type { CanarySelectors } from './selectors.ts'
import { canarySelectors, withoutDrain } from './selectors.ts'
import type { CanarySizes } from './sizes.ts'
import { canarySizes } from './sizes.ts'
import type { StepState } from './step-state.ts'
import { stepState } from './step-state.ts'

export interface CanarySituation {
  readonly is: 'canary'
  readonly strategy: CanaryStrategy
  readonly carried: Carried
  readonly leaving: Leaving
  readonly sizes: CanarySizes
  readonly selectors: CanarySelectors
  /** Routes select the pods of a revision themselves. */
  readonly isDirect: boolean
  /** The canary's side selects the wanted revision before that has pods: it has no Service, or one that swaps. */
  readonly isAhead: boolean
  readonly intent: TrafficIntent | undefined
  readonly heldWeight: Gate
  readonly step: StepState
  readonly runs: CanaryRuns
  readonly experiment: ExperimentState
}

export function canarySituation(story: Story, strategy: CanaryStrategy): CanarySituation {
  const carried = carriedBy(story)
  const wanted = canarySelectors(story, strategy, carried)
  // Without a stable revision no weight can be taken away first.
  const { asked, leaving } = selectorsBeside(
    story,
    story.isStableLost ? withoutDrain(story, wanted, carried) : wanted,
  )
  const sizes = canarySizes(story, strategy, { carried, leaving, selectors: asked })
  const experiment = experimentState(story)
  const aimed = trafficIntent(story, { strategy, sizes, selectors: asked, carried, experiment })
  const selectors = aimed.intent === undefined ? withoutDrain(story, asked, carried) : asked
  const runs = canaryRuns(story)
  const step = stepState(story, { strategy, sizes, carried, ...aimed, run: runs.step, experiment })
  const { intent, heldWeight } = aimed
  const isDirect = story.routers.some(one => one.selectsPods)
  const known = { carried, leaving, sizes, selectors, isDirect, isAhead: isAhead(story) }
  return { is: 'canary', strategy, ...known, intent, heldWeight, step, runs, experiment }
}

/** The canary Service stays where it is as long as a router that was left sends users to it. */
function selectorsBeside(
  story: Story,
  wanted: CanarySelectors,
): { readonly asked: CanarySelectors; readonly leaving: Leaving } {
  const { stable, canary } = servicesOf(story.rollout)
  const now = (name = '') => selectedHash(story.snapshot.services[name])
  const leaving = leavingOf(story, name => (name === stable ? wanted.stable : now(name)))
  return { leaving, asked: isHeldService(leaving, canary) ? { ...wanted, canary: now(canary) } : wanted }
}
