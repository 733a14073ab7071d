// What people rely on in Argo Rollouts, as lives of our own against the whole product over HTTPS. One world for all of
// them: a life is mostly waiting, so they cost little more together than the longest alone.
import { afterAll, beforeAll, describe } from 'vitest'
import { analysisLives } from './analysis.suite.ts'
import { blueGreenLives } from './blue-green.suite.ts'
import { basicCanaryLives } from './canary-basic.suite.ts'
import { promptLives } from './prompt.suite.ts'
import { restlessLives } from './restless.suite.ts'
import { routedCanaryLives } from './canary-routed.suite.ts'
import { durationLives } from './durations.suite.ts'
import { hostileLives } from './hostile.suite.ts'
import { beginLife } from './life.ts'
import { livesIn } from './lives.ts'
import { upkeepLives } from './upkeep.suite.ts'
import { canary } from './rollouts.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
  // If nothing can live there, one life says so, and not all of them after a minute and a half each.
  const first = await beginLife(world)
  await first.make(canary({}, { replicas: 1 }))
  await first.until('a first Rollout is Healthy', () => first.rollout().status?.phase === 'Healthy', 40_000)
})
afterAll(() => world.stop())

const lives = livesIn(() => world)
const oneByOne = livesIn(() => world, { isAlone: true })

/** With these a controller that switches the active Service too early is caught. */
const SEEDS = [2, 3, 6]

// Those that wait longest begin first.
describe.concurrent('what people rely on', () => {
  describe('upkeep', () => upkeepLives(lives))
  describe('canary by pods', () => basicCanaryLives(lives))
  describe('analysis', () => analysisLives(lives))
  describe('blue/green', () => blueGreenLives(lives))
  describe('canary by route', () => routedCanaryLives(lives))
  describe('people who do not wait', () => hostileLives(lives))
  describe('whatever comes to mind', () => restlessLives(lives, SEEDS))
  describe('durations', () => durationLives(lives))
})

describe('at once', () => promptLives(oneByOne))
