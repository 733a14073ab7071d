// What a pass knows of a canary before it wants anything (second step of a decision): sizes, selectors and
// weight follow the step that is recorded; status advances the step.
import type { CanaryStrategy } from '../../api/rollout.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import type { Gate } from '../gates.ts'
import type { CanaryRuns } from '../runs.ts'
import { canaryRuns } from '../runs.ts'
import type { Story } from '../story.ts'
import { carriedBy } from './carried.ts'
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
  readonly sizes: CanarySizes
  readonly selectors: CanarySelectors
  readonly intent: TrafficIntent | undefined
  readonly heldWeight: Gate
  readonly step: StepState
  readonly runs: CanaryRuns
}

export function canarySituation(story: Story, strategy: CanaryStrategy): CanarySituation {
  const carried = carriedBy(story)
  const sizes = canarySizes(story, strategy, carried)
  const asked = canarySelectors(story, strategy, carried)
  const aimed = trafficIntent(story, { strategy, sizes, selectors: asked, carried })
  const selectors = aimed.intent === undefined ? withoutDrain(story, asked, carried) : asked
  const runs = canaryRuns(story)
  const step = stepState(story, { strategy, sizes, ...aimed, run: runs.step })
  return { is: 'canary', strategy, carried, sizes, selectors, ...aimed, step, runs }
}
