// `status.duration` as stories: when the clock of an update starts, how it ends, and what counts as waiting for people.
import { describe, expect, test } from 'vitest'
import type { CanaryStrategy, DurationStatus, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { printInstant } from '../../std/instant.ts'
import type { Model } from '../model.suite.ts'
import { aModel, aRollout, aService, template } from '../model.suite.ts'

const [V1, V2, V3, V4] = ['demo:v1', 'demo:v2', 'demo:v3', 'demo:v4'] as const
const PAUSE = [{ setWeight: 50 }, { pause: {} }]
const MANUAL = { activeService: 'active', autoPromotionEnabled: false }

const canary = (steps: CanaryStrategy['steps'] = PAUSE): Partial<RolloutSpec> => ({
  strategy: { canary: { steps } },
})
const blueGreen = (more: object = {}): Partial<RolloutSpec> => ({
  strategy: { blueGreen: { ...MANUAL, ...more } },
})

/** A Rollout of v1 that nobody has looked at yet, and what its user does. */
function aLife(spec: Partial<RolloutSpec>, status?: RolloutStatus) {
  const model = aModel([aRollout(V1, spec, status), aService('active')])
  const put = (more: { spec?: Partial<RolloutSpec>; status?: RolloutStatus }) => {
    const rollout = model.rollout()
    const generation = (rollout.metadata.generation ?? 0) + (more.spec === undefined ? 0 : 1)
    model.put({
      ...rollout,
      metadata: { ...rollout.metadata, generation },
      spec: { ...rollout.spec, ...more.spec },
      status: { ...rollout.status, ...more.status },
    } as never)
  }
  return {
    model,
    duration: (): DurationStatus => model.rollout().status?.duration ?? {},
    at: () => printInstant(model.now),
    phase: () => model.rollout().status?.phase,
    wait: (seconds: number) => (model.now += seconds * 1000),
    edit: (change: Partial<RolloutSpec>) => put({ spec: change }),
    set: (image: string) => put({ spec: { template: template(image) } }),
    promote: () => put({ status: { pauseConditions: [] } }),
    promoteFull: () => put({ status: { pauseConditions: [], promoteFull: true } }),
    abort: () => put({ status: { abort: true } }),
    retry: () => put({ status: { abort: false } }),
    /** Passes alone: no pod starts meanwhile. */
    passes: () => passes(model),
    rest: () => rest(model),
  }
}

type Life = ReturnType<typeof aLife>

function passes(model: Model): void {
  for (let pass = 0; pass < 50; pass++) if (!model.pass()) return
  throw new Error('it goes round in circles')
}

function rest(model: Model): void {
  do passes(model)
  while (model.pods())
}

function healthy(spec: Partial<RolloutSpec>): Life {
  const life = aLife(spec)
  life.rest()
  expect(life.phase()).toBe('Healthy')
  life.wait(100)
  return life
}

/** On to another image; promoted by hand, ten seconds after the pause began. */
function promoted(life: Life, image: string): void {
  life.set(image)
  life.rest()
  life.wait(10)
  life.promote()
  life.rest()
  expect(life.phase()).toBe('Healthy')
  life.wait(100)
}

/** v2 stands, v3 waits for its promotion, and v1 is the older one. */
function midway(spec: Partial<RolloutSpec>): Life {
  const life = healthy(spec)
  promoted(life, V2)
  life.set(V3)
  life.rest()
  expect(life.phase()).toBe('Paused')
  life.wait(5)
  return life
}

describe('the clock of an update starts', () => {
  test.each([
    ['canary', canary()],
    ['blue/green', blueGreen()],
  ])('%s: with the first deployment, and ends when its pods are available', (_, spec) => {
    const life = aLife(spec)
    life.passes()
    const rolloutStartedAt = life.at()
    life.wait(3)
    life.passes()
    expect(life.duration()).toEqual({ rolloutStartedAt })
    life.rest()
    expect(life.duration()).toEqual({ rolloutStartedAt, finishedAt: life.at(), completionStatus: 'Promoted' })
  })

  test.each([
    ['canary', canary()],
    ['blue/green', blueGreen()],
  ])('%s: with a new template, and with the retry of what was aborted', (_, spec) => {
    const life = healthy(spec)
    life.set(V2)
    life.rest()
    const manualPauseStartedAt = life.at()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at(), manualPauseStartedAt })
    life.abort()
    life.rest()
    life.wait(7)
    life.retry()
    life.rest()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at(), manualPauseStartedAt: life.at() })
  })

  test('with new steps while an update is under way, not with new steps of what is stable', () => {
    const life = healthy(canary())
    const first = life.duration()
    life.edit(canary([{ setWeight: 40 }, ...PAUSE]))
    life.rest()
    expect(life.duration()).toEqual(first)
    life.set(V2)
    life.rest()
    life.wait(9)
    life.edit(canary())
    life.rest()
    expect(life.duration()).toMatchObject({ rolloutStartedAt: life.at() })
    expect(life.duration().completionStatus).toBeUndefined()
  })

  test('with new steps on the way to an older revision, too', () => {
    const life = healthy(canary())
    promoted(life, V2)
    life.set(V1)
    life.rest()
    life.wait(9)
    life.edit(canary([{ setWeight: 40 }, ...PAUSE]))
    life.rest()
    expect(life.duration()).toMatchObject({ rolloutStartedAt: life.at() })
  })

  test('not for what is stable already, whatever came before', () => {
    const life = healthy(blueGreen())
    const { duration: _, ...status } = life.model.rollout().status ?? {}
    const found = life.model.rollout()
    life.model.put({ ...found, status } as never)
    life.edit({ replicas: 3 })
    life.rest()
    expect(life.phase()).toBe('Healthy')
    expect(life.duration()).toEqual({})
  })

  test('not with the way back to stable after an abort: what was aborted has ended', () => {
    const life = healthy(canary())
    life.set(V2)
    life.rest()
    life.abort()
    life.rest()
    const aborted = life.duration()
    expect(aborted).toMatchObject({ completionStatus: 'Aborted', finishedAt: life.at() })
    life.wait(10)
    life.set(V1)
    life.rest()
    expect(life.phase()).toBe('Healthy')
    expect(life.duration()).toEqual(aborted)
  })
})

describe('an update ends', () => {
  test('as Promoted, or as FastPromoted when somebody skipped what was left', () => {
    const life = healthy(canary())
    promoted(life, V2)
    expect(life.duration()).toMatchObject({ completionStatus: 'Promoted' })
    life.set(V3)
    life.rest()
    life.promoteFull()
    life.rest()
    expect(life.duration()).toMatchObject({ completionStatus: 'FastPromoted', finishedAt: life.at() })
  })

  test('as Superseded when a newer template comes in the middle: only the new clock is there then', () => {
    const life = healthy(canary())
    life.set(V2)
    life.rest()
    life.wait(20)
    life.set(V3)
    life.passes()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at() })
    life.rest()
    life.promote()
    life.rest()
    expect(life.duration()).toMatchObject({ completionStatus: 'Promoted' })
  })

  test('as Superseded, too, when the way goes back to a revision that is newer than the stable one', () => {
    const life = healthy(blueGreen({ scaleDownDelaySeconds: 600 }))
    life.set(V2)
    life.rest()
    life.wait(20)
    life.set(V3)
    life.rest()
    life.wait(20)
    life.set(V2)
    life.passes()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at(), manualPauseStartedAt: life.at() })
  })

  test('as Superseded when a first deployment gets another template before it was promoted', () => {
    const life = aLife(blueGreen())
    life.passes()
    life.wait(20)
    life.set(V2)
    life.passes()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at() })
  })
})

describe('a rollback while an update is under way', () => {
  test.each([
    ['canary', canary()],
    ['blue/green', blueGreen()],
  ])('%s: to stable is FastRolledBack at once, on the same clock, and ends with all its pods', (_, spec) => {
    const life = healthy(spec)
    life.set(V2)
    life.rest()
    const { rolloutStartedAt } = life.duration()
    const [stable] = life.model.replicaSets()
    life.model.put({ ...stable, status: { replicas: 2, readyReplicas: 1, availableReplicas: 1 } } as never)
    life.wait(30)
    life.set(V1)
    life.passes()
    expect(life.duration()).toMatchObject({ rolloutStartedAt, completionStatus: 'FastRolledBack' })
    expect(life.duration().finishedAt).toBeUndefined()
    life.wait(4)
    life.rest()
    expect(life.duration()).toEqual({
      rolloutStartedAt,
      completionStatus: 'FastRolledBack',
      finishedAt: life.at(),
      totalManualPauseDurationSeconds: 30,
    })
  })

  test.each([
    ['canary', canary()],
    ['blue/green whose delay is over', blueGreen({ scaleDownDelaySeconds: 5 })],
  ])(
    '%s: to what is older than stable is RolledBack at once, and stays so when it is promoted',
    (_, spec) => {
      const life = midway(spec)
      const { rolloutStartedAt } = life.duration()
      life.set(V1)
      life.passes()
      expect(life.duration()).toEqual({
        rolloutStartedAt,
        completionStatus: 'RolledBack',
        totalManualPauseDurationSeconds: 5,
      })
      life.rest()
      life.wait(6)
      life.promote()
      life.rest()
      expect(life.duration()).toEqual({
        rolloutStartedAt,
        completionStatus: 'RolledBack',
        finishedAt: life.at(),
        totalManualPauseDurationSeconds: 11,
      })
    },
  )

  test.each([
    ['a canary within its rollback window', { ...canary(), rollbackWindow: { revisions: 3 } }],
    [
      'blue/green within its rollback window',
      { ...blueGreen({ scaleDownDelaySeconds: 5 }), rollbackWindow: { revisions: 3 } },
    ],
    ['blue/green within its scaleDownDelay', blueGreen({ scaleDownDelaySeconds: 600 })],
  ])('%s: to what is older than stable is FastRolledBack', (_, spec) => {
    const life = midway(spec)
    const { rolloutStartedAt } = life.duration()
    life.set(V1)
    life.passes()
    expect(life.duration()).toMatchObject({ rolloutStartedAt, completionStatus: 'FastRolledBack' })
    life.rest()
    expect(life.duration()).toMatchObject({
      rolloutStartedAt,
      completionStatus: 'FastRolledBack',
      finishedAt: life.at(),
    })
  })

  test('goes by its last target: on to something new, it is superseded', () => {
    const life = midway(canary())
    const { rolloutStartedAt } = life.duration()
    life.set(V1)
    life.rest()
    expect(life.duration()).toMatchObject({ rolloutStartedAt, completionStatus: 'RolledBack' })
    life.set(V2)
    life.passes()
    expect(life.duration()).toMatchObject({ rolloutStartedAt, completionStatus: 'FastRolledBack' })
    life.rest()
    life.wait(50)
    life.set(V4)
    life.passes()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at() })
  })

  test('stays RolledBack when it is aborted or promoted in one go; its retry is an update like any other', () => {
    const life = midway(canary())
    life.set(V1)
    life.rest()
    life.abort()
    life.rest()
    expect(life.duration()).toMatchObject({ completionStatus: 'RolledBack', finishedAt: life.at() })
    life.wait(10)
    life.retry()
    life.rest()
    expect(life.duration()).toMatchObject({ rolloutStartedAt: life.at() })
    expect(life.duration().completionStatus).toBeUndefined()

    const other = midway(canary())
    other.set(V1)
    other.rest()
    other.promoteFull()
    other.rest()
    expect(other.duration()).toMatchObject({ completionStatus: 'RolledBack', finishedAt: other.at() })
  })

  test('is none when nothing is under way: going back is an update like any other then', () => {
    for (const spec of [canary(), blueGreen({ scaleDownDelaySeconds: 600 })]) {
      const life = healthy(spec)
      promoted(life, V2)
      life.set(V1)
      life.rest()
      life.promote()
      life.rest()
      expect(life.duration()).toMatchObject({ completionStatus: 'Promoted' })
    }
  })
})

describe('the time that an update waits for people', () => {
  test('is not told before a first wait has ended, and is told from then on, 0 included', () => {
    const life = healthy(canary([...PAUSE, { pause: { duration: 5 } }, { pause: {} }]))
    life.set(V2)
    life.rest()
    expect(life.duration()).not.toHaveProperty('totalManualPauseDurationSeconds')
    life.promote()
    life.rest()
    expect(life.duration()).toMatchObject({ totalManualPauseDurationSeconds: 0 })
    expect(life.duration()).not.toHaveProperty('manualPauseStartedAt')
  })

  test('is whole seconds of each wait, added up; a timed pause is none', () => {
    const life = healthy(canary([...PAUSE, { pause: { duration: 60 } }, { pause: {} }]))
    life.set(V2)
    life.rest()
    life.wait(2.9)
    life.promote()
    life.rest()
    expect(life.duration()).toMatchObject({ totalManualPauseDurationSeconds: 2 })
    life.model.now = Math.ceil(life.model.now / 1000) * 1000
    life.wait(61)
    life.rest()
    expect(life.duration()).toMatchObject({
      totalManualPauseDurationSeconds: 2,
      manualPauseStartedAt: life.at(),
    })
    life.wait(3.9)
    life.promote()
    life.rest()
    expect(life.duration()).toMatchObject({
      totalManualPauseDurationSeconds: 5,
      completionStatus: 'Promoted',
    })
  })

  test('is not that of a promotion that comes by itself', () => {
    const life = healthy(blueGreen({ autoPromotionEnabled: true, autoPromotionSeconds: 30 }))
    life.set(V2)
    life.rest()
    expect(life.phase()).toBe('Paused')
    life.wait(31)
    life.rest()
    expect(life.duration()).toMatchObject({ completionStatus: 'Promoted' })
    expect(life.duration()).not.toHaveProperty('totalManualPauseDurationSeconds')
  })

  test('is that of an inconclusive analysis', () => {
    const life = healthy(canary([{ setWeight: 50 }, { pause: { duration: 60 } }]))
    life.set(V2)
    life.rest()
    expect(life.duration()).not.toHaveProperty('manualPauseStartedAt')
    const startTime = life.at()
    life.model.put({
      ...life.model.rollout(),
      status: {
        ...life.model.rollout().status,
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime }],
      },
    } as never)
    life.rest()
    expect(life.duration()).toMatchObject({ manualPauseStartedAt: startTime })
  })

  test('is that of spec.paused; of what is promoted nobody waits for anything', () => {
    const life = healthy(canary([{ setWeight: 50 }]))
    const first = life.duration()
    life.edit({ paused: true })
    life.rest()
    life.wait(40)
    life.set(V2)
    life.rest()
    expect(first).not.toHaveProperty('manualPauseStartedAt')
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at(), manualPauseStartedAt: life.at() })
    life.wait(8)
    life.edit({ paused: false })
    life.rest()
    expect(life.duration()).toMatchObject({
      totalManualPauseDurationSeconds: 8,
      completionStatus: 'Promoted',
    })
  })

  test('ends with an abort, also while spec.paused holds the Rollout', () => {
    const life = healthy(canary())
    life.set(V2)
    life.rest()
    life.edit({ paused: true })
    life.rest()
    life.wait(6)
    life.abort()
    life.rest()
    expect(life.duration()).toEqual({
      rolloutStartedAt: expect.any(String),
      totalManualPauseDurationSeconds: 6,
      finishedAt: life.at(),
      completionStatus: 'Aborted',
    })
  })

  test('ends with the update, also while spec.paused holds the Rollout', () => {
    const life = healthy(blueGreen())
    life.set(V2)
    life.rest()
    life.edit({ paused: true })
    life.rest()
    life.wait(6)
    life.set(V1)
    life.rest()
    expect(life.duration()).toMatchObject({ finishedAt: life.at(), totalManualPauseDurationSeconds: 6 })
    expect(life.duration()).not.toHaveProperty('manualPauseStartedAt')
  })

  test('goes with the clock that is superseded: the new one counts from its own start', () => {
    const life = healthy(canary())
    life.edit({ paused: true })
    life.set(V2)
    life.rest()
    life.wait(60)
    life.set(V3)
    life.rest()
    expect(life.duration()).toEqual({ rolloutStartedAt: life.at(), manualPauseStartedAt: life.at() })
    life.wait(4)
    life.edit({ paused: false })
    life.passes()
    expect(life.duration()).toMatchObject({ totalManualPauseDurationSeconds: 4 })
  })

  test('goes on through a rollback that somebody holds', () => {
    const life = midway(canary())
    life.edit({ paused: true })
    life.set(V1)
    life.rest()
    const { manualPauseStartedAt } = life.duration()
    life.wait(2)
    life.passes()
    expect(life.duration()).toMatchObject({ completionStatus: 'RolledBack', manualPauseStartedAt })
  })
})

test('while a spec is invalid the block stays as it is', () => {
  const life = healthy(canary())
  life.set(V2)
  life.rest()
  const before = life.duration()
  life.wait(30)
  life.edit({ ...canary([{ setWeight: 120 }]), paused: true })
  life.rest()
  expect(life.phase()).toBe('Degraded')
  expect(life.duration()).toEqual(before)
})
