// The laws of reasons, each with what it allows and what it refuses.
import { expect, test } from 'vitest'
import { aReplicaSet, aRollout, aService, hashOf, NOW } from '../../rollout/model.suite.ts'
import type { PauseCondition, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { ANALYSIS_RUN } from '../../kube/kinds.ts'
import type { KubeObject } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import { answerTo, unfounded } from './reasons.ts'
import type { Answer } from './reasons.ts'
import type { LifeSpec } from './scenario.ts'
import { PLAIN, sightWith } from './sight.suite.ts'

const GIVEN_UP = 'an update is given up for a reason'
const PAUSED = 'a pause stays as it began until it is over'
const ANSWER = 'an answer ends the pause that it was given to'

const [OLD, FRESH] = [hashOf('demo:v1'), hashOf('demo:v2')]
const STEPS = [{ setWeight: 50 }, { pause: {} }]
const CANARY: LifeSpec = { ...PLAIN, steps: STEPS, abortsAtDeadline: true }
const BLUE_GREEN: LifeSpec = { ...PLAIN, strategy: 'blueGreen', isAutomatic: false }

interface Stand {
  readonly status?: RolloutStatus
  readonly active?: string
  readonly hasFailed?: boolean
  readonly isLost?: boolean
  readonly spec?: Partial<RolloutSpec>
  /** Of the new revision. */
  readonly pods?: number
}

const rolloutAt = (spec: LifeSpec, status: RolloutStatus = {}, more: Partial<RolloutSpec> = {}) =>
  aRollout(
    'demo:v2',
    {
      replicas: 2,
      progressDeadlineSeconds: 60,
      strategy:
        spec.strategy === 'blueGreen'
          ? { blueGreen: { activeService: 'active', previewService: 'preview' } }
          : { canary: { steps: STEPS } },
      ...more,
    } as Partial<RolloutSpec>,
    { stableRS: OLD, currentPodHash: FRESH, ...status },
  )

const sight = (spec: LifeSpec, { status, active = OLD, hasFailed = false, isLost = false, ...of }: Stand) =>
  sightWith([
    rolloutAt(spec, status, of.spec),
    ...(isLost ? [] : [aReplicaSet({ image: 'demo:v1', revision: 1, replicas: 2 })]),
    aReplicaSet({ image: 'demo:v2', revision: 2, replicas: of.pods ?? 2, desired: 10 }),
    aService('active', active),
    ...(hasFailed ? [FAILED] : []),
  ])

const FAILED = {
  apiVersion: `${ANALYSIS_RUN.group}/${ANALYSIS_RUN.version}`,
  kind: ANALYSIS_RUN.kind,
  metadata: { name: 'run', namespace: 'shop', labels: { [POD_TEMPLATE_HASH]: FRESH } },
  status: { phase: 'Failed' },
} as KubeObject

/** `answered`: at which states of the Rollout a person has promoted, one after the other. */
const broken = (spec: LifeSpec, seen: Stand, made: Stand, ...answered: readonly RolloutStatus[]) =>
  unfounded(
    { spec, now: NOW, seen: sight(spec, seen), made: sight(spec, { ...seen, ...made }) },
    answered.reduce<Answer | undefined>((last, at) => answerTo(rolloutAt(spec, at), last), undefined),
  ).map(({ law }) => law)

const moved = (reason: string, secondsAgo: number, more: RolloutStatus = {}): RolloutStatus => {
  const at = printInstant(NOW - secondsAgo * 1000)
  const known = { type: 'Progressing', status: 'True', reason, message: '', lastTransitionTime: at }
  return { ...more, conditions: [{ ...known, lastUpdateTime: at }, ...(more.conditions ?? [])] } as never
}
const INVALID = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message: '' }

test('an update is given up when something has failed, or after its deadline, of time that was its own', () => {
  const aborts = (seen: Stand, spec = CANARY) =>
    broken(spec, seen, { status: { ...seen.status, abort: true } })
  const allowed: readonly Stand[] = [
    { hasFailed: true },
    { status: moved('ReplicaSetUpdated', 60) },
    { status: { abort: true } },
  ]
  for (const seen of allowed) expect(aborts(seen)).toEqual([])
  const refused: readonly Stand[] = [
    { status: moved('ReplicaSetUpdated', 50) },
    { status: moved('RolloutPaused', 90) },
    { status: moved('ReplicaSetUpdated', 90, { conditions: [INVALID as never] }) },
    { status: moved('ReplicaSetUpdated', 90), isLost: true },
    {},
  ]
  for (const seen of refused) expect(aborts(seen)).toEqual([GIVEN_UP])
  expect(aborts({ status: moved('ReplicaSetUpdated', 90) }, { ...CANARY, abortsAtDeadline: false })).toEqual([
    GIVEN_UP,
  ])
})

test('an update whose deadline is over is given up, where that is asked for and there is a way back', () => {
  const tells = (seen: Stand, spec = CANARY) =>
    broken(spec, seen, { status: moved('ProgressDeadlineExceeded', 0, seen.status) })
  expect(tells({}, { ...CANARY, abortsAtDeadline: false })).toEqual([])
  expect(tells({ isLost: true })).toEqual([])
  expect(tells({ status: { conditions: [INVALID as never] } })).toEqual([])
  expect(tells({})).toEqual([GIVEN_UP])
})

const since = (reason: PauseCondition['reason'], seconds: number): RolloutStatus => ({
  controllerPause: true,
  pauseConditions: [{ reason, startTime: printInstant(NOW - seconds * 1000) }],
})

test('a pause stays as it began, until it is over', () => {
  const seen = { status: { currentStepIndex: 1, ...since('CanaryPauseStep', 10) } }
  expect(broken(CANARY, seen, {})).toEqual([])
  expect(broken(CANARY, seen, { status: { currentStepIndex: 2 } })).toEqual([])
  expect(broken(CANARY, seen, { status: { currentStepIndex: 1 } })).toEqual([PAUSED])
  const anew = { currentStepIndex: 1, ...since('CanaryPauseStep', 0) }
  expect(broken(CANARY, seen, { status: anew })).toEqual([PAUSED])
})

/** Beside the pause of a step: what a pass sees, and what it makes of the status. */
interface Beside {
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
  readonly becomes?: RolloutStatus
}

test('a pause that has a time ends when that is over, unless somebody holds it', () => {
  const canary = { steps: [{ setWeight: 50 }, { pause: { duration: 20 } }] }
  const stays = (seconds: number, { spec = {}, status: others = {}, becomes = {} }: Beside = {}) => {
    const status = { currentStepIndex: 1, ...since('CanaryPauseStep', seconds), ...others }
    const seen = { status, spec: { strategy: { canary }, ...spec } }
    return broken(CANARY, seen, { ...seen, status: { ...status, ...becomes } })
  }
  const { pauseConditions: steps = [] } = since('CanaryPauseStep', 20)
  const { pauseConditions: unclear = [] } = since('InconclusiveAnalysisRun', 0)
  expect(stays(20, { becomes: { pauseConditions: [...steps, ...unclear] } })).toEqual([])
  expect(stays(19)).toEqual([])
  expect(stays(20, { spec: { paused: true } })).toEqual([])
  expect(stays(20, { status: { currentPodHash: 'gone' } })).toEqual([])
  expect(stays(20, { status: { conditions: [INVALID as never] } })).toEqual([])
  expect(stays(20, { becomes: moved('ReplicaSetCreateError', 0) })).toEqual([])
  expect(stays(20)).toEqual([PAUSED])
})

const RESUMED: RolloutStatus = { controllerPause: true, pauseConditions: [] }

test('an answer ends the pause of the step at which it was given', () => {
  const answered = { currentStepIndex: 1, ...since('CanaryPauseStep', 10) }
  const goesOn = (answer: RolloutStatus) =>
    broken(
      CANARY,
      { status: { ...RESUMED, currentStepIndex: 1 } },
      { status: { currentStepIndex: 2 } },
      answer,
    )
  expect(goesOn(answered)).toEqual([])
  expect(goesOn({ ...answered, currentStepIndex: 0 })).toEqual([ANSWER])
  expect(goesOn({ ...answered, currentPodHash: OLD })).toEqual([ANSWER])
  expect(goesOn({ ...answered, ...since('InconclusiveAnalysisRun', 10) })).toEqual([ANSWER])
})

test('an answer that is given twice ends the next pause, too', () => {
  const first = (status: RolloutStatus) => rolloutAt(CANARY, { ...status, currentStepIndex: 0 })
  const once = answerTo(first(since('CanaryPauseStep', 10)), undefined)
  expect(once?.to).toBe(0)
  expect(answerTo(first(RESUMED), once)).toMatchObject({ from: 0, to: 1 })
  expect(answerTo(rolloutAt(CANARY), once)?.to).toBe(0)
  const unclear = { ...since('InconclusiveAnalysisRun', 10), currentStepIndex: 0 }
  const skips = (...answers: readonly RolloutStatus[]) =>
    broken(
      CANARY,
      { status: { ...RESUMED, currentStepIndex: 1 } },
      { status: { currentStepIndex: 2 } },
      ...answers,
    )
  expect(skips(unclear)).toEqual([ANSWER])
  expect(skips(unclear, { ...RESUMED, currentStepIndex: 0 })).toEqual([])
})

test('an answer to the pause of blue/green lets it go live, another one does not', () => {
  const goesLive = (...answers: readonly RolloutStatus[]) =>
    broken(BLUE_GREEN, { status: RESUMED }, { active: FRESH, status: {} }, ...answers)
  const [pause, unclear] = [since('BlueGreenPause', 10), since('InconclusiveAnalysisRun', 10)]
  expect(goesLive(pause)).toEqual([])
  expect(goesLive(unclear)).toEqual([ANSWER])
  expect(goesLive(pause, unclear)).toEqual([])
  expect(goesLive({ ...pause, currentPodHash: OLD }, unclear)).toEqual([ANSWER])
})

test('a canary by pods that is held is scaled at its share, and not on', () => {
  const basic: LifeSpec = { ...PLAIN, strategy: 'basic' }
  const unclear = since('InconclusiveAnalysisRun', 10)
  for (const held of [
    { spec: { paused: true, replicas: 20 } },
    { spec: { replicas: 20 }, status: unclear },
  ]) {
    const seen = { ...held, pods: 2 }
    expect(broken(basic, seen, { pods: 4 })).toEqual([])
    expect(broken(basic, seen, { pods: 5 })).toEqual(['who is held keeps the share of pods'])
  }
  expect(broken(basic, { spec: { replicas: 20 }, pods: 2 }, { pods: 5 })).toEqual([])
})
