// Each law of progress with passes that it allows and passes that it refuses.
import { describe, expect, test } from 'vitest'
import { canaryIngress } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf, NOW } from '../../rollout/model.suite.ts'
import type { RolloutStatus } from '../../api/rollout.ts'
import type { CanaryStep, PauseCondition } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH, ROLLOUT_TYPE, STEP_INDEX } from '../../api/words.ts'
import { ANALYSIS_RUN, EXPERIMENT } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import { SPOILT } from './furniture.ts'
import { misstep, PROGRESS_LAWS } from './progress.ts'
import type { LifeSpec } from './scenario.ts'
import { sightWith } from './sight.suite.ts'
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
  /** Pods of the new revision, and how many of them are available. */
  readonly fresh?: number
  readonly ready?: number
  readonly selected?: string
  readonly preview?: string
  readonly paused?: boolean
  readonly isSpoiled?: boolean
  /** The type of an analysis that has passed, and how an experiment stands. */
  readonly passed?: string
  /** That analysis was ended early; or it has failed. */
  readonly isEnded?: boolean
  readonly hasFailed?: boolean
  readonly isUnclear?: boolean
  /** The pods of the new revision still have their delay. */
  readonly isDelayed?: boolean
  readonly stable?: { readonly revision: number }
  readonly trial?: string
  /** How often that analysis has measured; how long ago the experiment had its pods. */
  readonly measured?: number
  readonly triedMs?: number
}

function standing(
  spec: LifeSpec,
  { status, weight = 0, fresh = 2, ready = fresh, selected = OLD, preview = FRESH, ...of }: Stand,
): Sight {
  const { paused = false, isSpoiled = false, trial, triedMs = 20_000, isDelayed = false } = of
  const [stable, canary] = spec.strategy === 'blueGreen' ? ['active', 'preview'] : ['stable', 'canary']
  const strategy =
    spec.strategy === 'blueGreen'
      ? { blueGreen: { activeService: 'active', previewService: 'preview' } }
      : { canary: { steps: spec.steps } }
  const objects: readonly KubeObject[] = [
    aRollout(
      'demo:v2',
      { replicas: 2, strategy, paused, ...(isSpoiled ? SPOILT : {}) },
      { stableRS: OLD, currentPodHash: FRESH, ...status },
    ),
    aReplicaSet({ image: 'demo:v1', revision: 1, replicas: 2, ...of.stable }),
    aReplicaSet({
      image: 'demo:v2',
      revision: 2,
      replicas: fresh,
      available: ready,
      ...(isDelayed ? DELAYED : {}),
    }),
    aService(stable ?? '', selected),
    aService(canary ?? '', preview),
    canaryIngress(weight),
    ...runsOf(of),
    ...(trial === undefined ? [] : [anExperiment(trial, triedMs)]),
  ]
  return sightWith(objects)
}

const DELAYED = { deadline: NOW + 5000 }

function runsOf({ passed, ...of }: Stand): readonly KubeObject[] {
  const phase = of.hasFailed === true ? 'Failed' : of.isUnclear === true ? 'Inconclusive' : 'Successful'
  return passed === undefined ? [] : [aRun(passed, phase, of)]
}

function aRun(type: string, phase: string, { isEnded = false, measured = 2 }: Stand): KubeObject {
  const labels = { [ROLLOUT_TYPE]: type, [POD_TEMPLATE_HASH]: FRESH, [STEP_INDEX]: '0' }
  const at = '2026-08-01T12:00:00Z'
  const measurements = Array.from({ length: measured }, () => ({ phase }))
  const metadata = { name: 'run', namespace: 'shop', labels, creationTimestamp: at }
  return {
    ...typeOf(ANALYSIS_RUN),
    metadata,
    spec: { terminate: isEnded },
    status: { phase, completedAt: at, metricResults: [{ measurements }] },
  } as KubeObject
}

function anExperiment(phase: string, triedMs: number): KubeObject {
  const metadata = { name: `demo-${FRESH}-2-0`, namespace: 'shop', labels: { [POD_TEMPLATE_HASH]: FRESH } }
  const availableAt = printInstant(NOW - triedMs)
  return { ...typeOf(EXPERIMENT), metadata, spec: {}, status: { phase, availableAt } } as KubeObject
}

const typeOf = ({ group, version, kind }: Kind) => ({ apiVersion: `${group}/${version}`, kind })

const since = (reason: PauseCondition['reason'], ms: number): RolloutStatus => ({
  controllerPause: true,
  pauseConditions: [{ reason, startTime: printInstant(NOW - ms) }],
})
const waiting = (ms: number) => since('CanaryPauseStep', ms)
const shown = (ms = 0) => since('BlueGreenPause', ms)
const stepping = (...steps: readonly CanaryStep[]): LifeSpec => ({ ...CANARY, steps })
const at = (currentStepIndex: number): RolloutStatus => ({ currentStepIndex })
const weighing = (weight: number): RolloutStatus => ({ canary: { weights: { canary: { weight } } } as never })

/** At a step, with an analysis beside all of them. */
const watched = (index: number, name = 'run'): RolloutStatus => ({
  ...at(index),
  canary: { currentBackgroundAnalysisRunStatus: { name, status: 'Running' } },
})

const LIVE: Stand = { selected: FRESH }
const CHECKED: RolloutStatus = { blueGreen: { scaleUpPreviewCheckPoint: true } }

const LEFT = 'no step is left before its end'
const ENDED = 'a pause that a person has ended is over'
const PROVEN = 'only what is proven becomes stable'
const GOES_LIVE = 'only what may go live goes live'
const HELD = 'who is held stays where it is'
const ASKED = 'a person is asked when the preview is there'
const TOLD = 'the status says where users are'

/** Law, spec, what a pass saw, what it may make of that, what not. */
const EXAMPLES: readonly (readonly [string, LifeSpec, seen: Stand, allowed: Stand, refused: Stand])[] = [
  [LEFT, CANARY, { status: at(0) }, { status: at(1), weight: 50 }, { status: at(1), weight: 20 }],
  [LEFT, CANARY, { status: { ...at(1), ...waiting(10_000) } }, { status: at(1) }, { status: at(2) }],
  [
    LEFT,
    stepping({ setWeight: 50 }, { pause: { duration: 20 } }, { pause: { duration: 20 } }),
    { status: { ...at(1), ...waiting(20_000) } },
    { status: at(2) },
    { status: at(3) },
  ],
  [
    LEFT,
    stepping({ pause: {} }),
    { status: { ...at(0), ...waiting(3_600_000) } },
    { status: at(0) },
    { status: at(1) },
  ],
  [
    LEFT,
    CANARY,
    { status: at(0), ready: 0 },
    { status: at(0), ready: 0, weight: 50 },
    { status: at(1), ready: 0, weight: 50 },
  ],
  [
    LEFT,
    stepping({ setCanaryScale: { replicas: 2 } }),
    { status: at(0), ready: 1 },
    { status: at(0) },
    { status: at(1) },
  ],
  [
    LEFT,
    stepping({ setCanaryScale: { weight: 100 } }),
    { status: at(0), ready: 1 },
    { status: at(0) },
    { status: at(1) },
  ],
  [
    LEFT,
    CANARY,
    { status: at(0) },
    { status: at(1), weight: 50 },
    { status: at(1), weight: 50, preview: OLD },
  ],
  [LEFT, stepping({ analysis: { templates: [] } }), { status: at(0) }, { status: at(0) }, { status: at(1) }],
  [
    LEFT,
    stepping({ experiment: { templates: [] } }),
    { status: at(0), trial: 'Running' },
    { status: at(0) },
    { status: at(1) },
  ],
  [
    LEFT,
    stepping({ analysis: { templates: [] } }),
    { status: at(0), passed: 'Step', measured: 1 },
    { status: at(0) },
    { status: at(1) },
  ],
  [
    LEFT,
    stepping({ experiment: { templates: [] } }),
    { status: at(0), trial: 'Successful', triedMs: 19_000 },
    { status: at(0) },
    { status: at(1) },
  ],
  [
    LEFT,
    CANARY,
    { status: watched(0), passed: 'Background', hasFailed: true, weight: 50 },
    { status: { ...watched(1), abort: true }, weight: 50 },
    { status: watched(1), weight: 50 },
  ],
  [
    LEFT,
    CANARY,
    { status: watched(0), passed: 'Background', isUnclear: true, weight: 50 },
    { status: watched(1, 'another'), weight: 50 },
    { status: watched(1), weight: 50 },
  ],
  [
    LEFT,
    CANARY,
    {
      status: { ...watched(1), controllerPause: true },
      passed: 'Background',
      isUnclear: true,
      weight: 50,
    },
    { status: { ...watched(2), ...since('InconclusiveAnalysisRun', 0) }, weight: 50 },
    { status: watched(2), weight: 50 },
  ],
  [
    PROVEN,
    CANARY,
    { status: watched(2), passed: 'Background', hasFailed: true, weight: 100 },
    { status: watched(2), weight: 100 },
    { status: { ...watched(2), stableRS: FRESH }, weight: 100 },
  ],
  [ENDED, CANARY, { status: { ...at(1), controllerPause: true } }, { status: at(2) }, { status: at(1) }],
  [ENDED, BLUE_GREEN, { status: { controllerPause: true } }, { selected: FRESH }, {}],
  [
    ENDED,
    BLUE_GREEN,
    { status: { controllerPause: true, promoteFull: true } },
    { status: { promoteFull: true } },
    { status: { controllerPause: true } },
  ],
  [
    PROVEN,
    { ...BLUE_GREEN, isWatched: true },
    { selected: FRESH, passed: 'PostPromotion', isEnded: true },
    LIVE,
    { selected: FRESH, status: { stableRS: FRESH } },
  ],
  [
    PROVEN,
    CANARY,
    { status: at(2), weight: 100 },
    { status: { ...at(2), stableRS: FRESH }, weight: 100 },
    { status: { ...at(1), stableRS: FRESH }, weight: 100 },
  ],
  [
    PROVEN,
    CANARY,
    { status: at(2), weight: 100, ready: 1 },
    { status: at(2), weight: 100 },
    { status: { ...at(2), stableRS: FRESH }, weight: 100 },
  ],
  [
    PROVEN,
    CANARY,
    { status: at(2), weight: 50 },
    { status: { ...at(2), stableRS: FRESH }, weight: 100 },
    { status: { ...at(2), stableRS: FRESH }, weight: 50 },
  ],
  [
    PROVEN,
    BLUE_GREEN,
    { status: { controllerPause: true } },
    { selected: FRESH, status: { stableRS: FRESH } },
    { status: { stableRS: FRESH } },
  ],
  [
    GOES_LIVE,
    BLUE_GREEN,
    { status: { controllerPause: true } },
    { selected: FRESH },
    { selected: FRESH, status: { abort: true } },
  ],
  [GOES_LIVE, BLUE_GREEN, { status: shown() }, { status: shown() }, { selected: FRESH }],
  [
    GOES_LIVE,
    { ...BLUE_GREEN, isAutomatic: true, autoPromotionSeconds: 30 },
    { status: shown(29_000) },
    { status: shown(29_000) },
    { selected: FRESH },
  ],
  [GOES_LIVE, { ...BLUE_GREEN, isAutomatic: true, isAnalysed: true }, {}, {}, LIVE],
  [
    GOES_LIVE,
    { ...BLUE_GREEN, isAutomatic: true, isAnalysed: true },
    {
      isDelayed: true,
      passed: 'PrePromotion',
      hasFailed: true,
      status: { blueGreen: { prePromotionAnalysisRunStatus: { name: 'run', status: 'Running' } } },
    },
    {},
    LIVE,
  ],
  [GOES_LIVE, { ...BLUE_GREEN, isAutomatic: true }, { passed: 'PrePromotion', hasFailed: true }, {}, LIVE],
  [
    HELD,
    BLUE_GREEN,
    { paused: true, status: { controllerPause: true } },
    { status: { controllerPause: true } },
    { selected: FRESH },
  ],
  [HELD, BLUE_GREEN, { paused: true, preview: OLD }, { preview: OLD }, {}],
  [HELD, CANARY, { isSpoiled: true, weight: 20 }, { weight: 10 }, { weight: 50 }],
  [
    PROVEN,
    { ...BLUE_GREEN, isWatched: true },
    { selected: FRESH },
    { selected: FRESH, status: { promoteFull: true } },
    { selected: FRESH, status: { stableRS: FRESH } },
  ],
  [ASKED, BLUE_GREEN, { ready: 1 }, {}, { status: shown() }],
  [ASKED, BLUE_GREEN, { ready: 1 }, {}, { status: CHECKED }],
  [ASKED, BLUE_GREEN, { fresh: 1 }, {}, { status: shown() }],
  [ASKED, BLUE_GREEN, { preview: OLD }, { status: shown() }, { status: shown(), preview: OLD }],
  [TOLD, CANARY, {}, { weight: 50, status: weighing(50) }, { weight: 50, status: weighing(20) }],
  [
    TOLD,
    BLUE_GREEN,
    { status: { controllerPause: true, blueGreen: { activeSelector: OLD } } },
    { selected: FRESH, status: { blueGreen: { activeSelector: FRESH } } },
    { status: { controllerPause: true, blueGreen: { activeSelector: FRESH } } },
  ],
]

/** What a pass may do once that has happened which it must wait for. */
const ALLOWED: readonly (readonly [what: string, LifeSpec, seen: Stand, made: Stand])[] = [
  [
    'leave a pause whose time has passed',
    CANARY,
    { status: { ...at(1), ...waiting(20_000) } },
    { status: at(2) },
  ],
  [
    'leave a pause without a time that a person has ended',
    stepping({ pause: {} }),
    { status: { ...at(0), controllerPause: true } },
    { status: at(1) },
  ],
  [
    'skip all steps back to a revision within the window',
    { ...stepping({ pause: {} }), rollbackWindow: 1 },
    { stable: { revision: 3 }, status: at(0) },
    { stable: { revision: 3 }, status: at(1) },
  ],
  [
    'leave a scale that is there',
    stepping({ setCanaryScale: { replicas: 2 } }),
    { status: at(0) },
    { status: at(1) },
  ],
  [
    'leave a scale by weight that has its pods',
    stepping({ setCanaryScale: { weight: 50 } }),
    { status: at(0), ready: 1 },
    { status: at(1) },
  ],
  [
    'leave an analysis that has passed',
    stepping({ analysis: { templates: [] } }),
    { status: at(0), passed: 'Step' },
    { status: at(1) },
  ],
  [
    'leave a step beside an analysis that has passed',
    CANARY,
    { status: watched(0), passed: 'Background', weight: 50 },
    { status: watched(1), weight: 50 },
  ],
  [
    'leave a step beside an unclear analysis when nobody else can serve the users',
    CANARY,
    {
      status: { ...watched(0), stableRS: 'gone' },
      passed: 'Background',
      isUnclear: true,
      weight: 50,
    },
    { status: { ...watched(1), stableRS: 'gone' }, weight: 50 },
  ],
  [
    'leave an experiment that has ended well',
    stepping({ experiment: { templates: [] } }),
    { status: at(0), trial: 'Successful' },
    { status: at(1) },
  ],
  [
    'go live when its time has come',
    { ...BLUE_GREEN, isAutomatic: true, autoPromotionSeconds: 30 },
    { status: shown(30_000) },
    LIVE,
  ],
  [
    'go live when its analysis has passed',
    { ...BLUE_GREEN, isAutomatic: true, isAnalysed: true },
    { passed: 'PrePromotion' },
    LIVE,
  ],
  [
    'go live though what was ended as no longer needed has failed',
    { ...BLUE_GREEN, isAutomatic: true },
    { passed: 'Background', isEnded: true, hasFailed: true },
    LIVE,
  ],
  [
    'become stable when it was watched',
    { ...BLUE_GREEN, isWatched: true },
    { selected: FRESH, passed: 'PostPromotion' },
    { selected: FRESH, status: { stableRS: FRESH } },
  ],
  ['move a preview that nobody holds', BLUE_GREEN, { preview: OLD }, {}],
  ['ask when the preview is there', BLUE_GREEN, {}, { status: shown() }],
  [
    'ask when a preview has as many pods as it is to have',
    { ...BLUE_GREEN, previewReplicaCount: 1 },
    { fresh: 1 },
    { status: shown() },
  ],
  ['show a preview that is there', BLUE_GREEN, {}, { status: CHECKED }],
]

describe('a law of progress', () => {
  test.each(EXAMPLES)('%s: case %#', (law, spec, seen, allowed, refused) => {
    const before = standing(spec, seen)
    const judged = (made: Stand) => misstep({ spec, now: NOW, seen: before, made: standing(spec, made) })?.law
    expect(judged(allowed)).toBeUndefined()
    expect(judged(refused)).toBe(law)
  })

  test.each(ALLOWED)('lets a pass %s', (_what, spec, seen, made) =>
    expect(
      misstep({ spec, now: NOW, seen: standing(spec, seen), made: standing(spec, made) }),
    ).toBeUndefined(),
  )

  test('each has an example', () => {
    expect(new Set(EXAMPLES.map(([law]) => law))).toEqual(new Set(Object.keys(PROGRESS_LAWS)))
  })
})
