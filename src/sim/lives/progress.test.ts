// Each law of progress with a pass that it allows and one that it refuses.
import { describe, expect, test } from 'vitest'
import { canaryIngress } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf, NOW } from '../../rollout/model.suite.ts'
import type { RolloutStatus } from '../../api/rollout.ts'
import { knownKind } from '../../kube/kinds.ts'
import { refKey, refOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import { misstep, PROGRESS_LAWS } from './progress.ts'
import type { LifeSpec } from './scenario.ts'
import type { Sight } from './sight.ts'

const [OLD, FRESH] = [hashOf('demo:v1'), hashOf('demo:v2')]
const CANARY: LifeSpec = {
  strategy: 'routed',
  router: 'nginx',
  replicas: 2,
  steps: [{ setWeight: 50 }, { pause: { duration: 20 } }],
  hasServices: true,
  isAutomatic: false,
  isAnalysed: false,
}
const BLUE_GREEN: LifeSpec = { ...CANARY, strategy: 'blueGreen', steps: [] }

interface Stand {
  readonly status?: RolloutStatus
  readonly weight?: number
  readonly ready?: number
  readonly selected?: string
  readonly paused?: boolean
}

function standing(
  spec: LifeSpec,
  { status, weight = 0, ready = 2, selected = OLD, paused = false }: Stand,
): Sight {
  const [stable, canary] = spec.strategy === 'blueGreen' ? ['active', 'preview'] : ['stable', 'canary']
  const strategy =
    spec.strategy === 'blueGreen'
      ? { blueGreen: { activeService: 'active', previewService: 'preview' } }
      : { canary: { steps: spec.steps } }
  const objects: readonly KubeObject[] = [
    aRollout(
      'demo:v2',
      { replicas: 2, strategy, paused },
      { stableRS: OLD, currentPodHash: FRESH, ...status },
    ),
    aReplicaSet({ image: 'demo:v1', revision: 1, replicas: 2 }),
    aReplicaSet({ image: 'demo:v2', revision: 2, replicas: 2, available: ready }),
    aService(stable ?? '', selected),
    aService(canary ?? '', FRESH),
    canaryIngress(weight),
  ]
  return new Map(objects.map(one => [refKey(refOf(knownKind(one) as Kind, one)), one]))
}

const PAUSE = [{ reason: 'CanaryPauseStep', startTime: printInstant(NOW - 10_000) }] as const
const at = (currentStepIndex: number): RolloutStatus => ({ currentStepIndex })
const weighing = (weight: number): RolloutStatus => ({ canary: { weights: { canary: { weight } } } as never })

/** Law, spec, what a pass saw, what it may make of that, what not. */
const EXAMPLES: readonly (readonly [string, LifeSpec, seen: Stand, allowed: Stand, refused: Stand])[] = [
  [
    'no step is left before its end',
    CANARY,
    { status: at(0) },
    { status: at(1), weight: 50 },
    { status: at(1), weight: 20 },
  ],
  [
    'no step is left before its end',
    CANARY,
    { status: { ...at(1), pauseConditions: PAUSE } as RolloutStatus },
    { status: at(1) },
    { status: at(2) },
  ],
  [
    'no step is left before its end',
    CANARY,
    { status: at(0), ready: 0 },
    { status: at(0), ready: 0, weight: 50 },
    { status: at(1), ready: 0, weight: 50 },
  ],
  [
    'a pause that a person has ended is over',
    CANARY,
    { status: { ...at(1), controllerPause: true } },
    { status: at(2) },
    { status: at(1) },
  ],
  [
    'a pause that a person has ended is over',
    BLUE_GREEN,
    { status: { controllerPause: true, promoteFull: true } },
    { status: { promoteFull: true } },
    { status: { controllerPause: true } },
  ],
  [
    'only what is proven becomes stable',
    CANARY,
    { status: at(2), weight: 100 },
    { status: { ...at(2), stableRS: FRESH }, weight: 100 },
    { status: { ...at(1), stableRS: FRESH }, weight: 100 },
  ],
  [
    'only what may go live goes live',
    BLUE_GREEN,
    { status: { controllerPause: true } },
    { selected: FRESH },
    { selected: FRESH, status: { abort: true } },
  ],
  [
    'who is held stays where it is',
    BLUE_GREEN,
    { paused: true, status: { controllerPause: true } },
    { status: { controllerPause: true } },
    { selected: FRESH },
  ],
  [
    'only what is proven becomes stable',
    { ...BLUE_GREEN, isWatched: true },
    { selected: FRESH },
    { selected: FRESH, status: { promoteFull: true } },
    { selected: FRESH, status: { stableRS: FRESH } },
  ],
  [
    'a person is asked when the preview is there',
    BLUE_GREEN,
    { ready: 1 },
    {},
    { status: { pauseConditions: [{ reason: 'BlueGreenPause', startTime: printInstant(NOW) }] } },
  ],
  [
    'the status says where users are',
    CANARY,
    {},
    { weight: 50, status: weighing(50) },
    { weight: 50, status: weighing(20) },
  ],
]

describe('a law of progress', () => {
  test.each(EXAMPLES)('%s: case %#', (law, spec, seen, allowed, refused) => {
    const before = standing(spec, seen)
    const judged = (made: Stand) => misstep({ spec, now: NOW, seen: before, made: standing(spec, made) })?.law
    expect(judged(allowed)).toBeUndefined()
    expect(judged(refused)).toBe(law)
  })

  test('each has an example', () => {
    expect(new Set(EXAMPLES.map(([law]) => law))).toEqual(new Set(Object.keys(PROGRESS_LAWS)))
  })
})
