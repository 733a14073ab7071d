// `status.duration`: when an update began and ended, how it ended, and how long it waited for people.
import { expect } from 'vitest'
import type { DurationStatus } from '../../src/api/rollout.ts'
import { ROLLOUT } from '../../src/kube/kinds.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import { systemClock } from '../../src/runtime/system.ts'
import { parseInstant } from '../../src/std/instant.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { untilSizes } from './looks.ts'
import { blueGreen, canary, services } from './rollouts.ts'

export function durationLives(lives: Lives): void {
  canaryDurations(lives)
  blueGreenDurations(lives)
  goingBack(lives)
}

const PAUSE = [{ setWeight: 50 }, { pause: {} }]

function canaryDurations(lives: Lives): void {
  lives('canary: a first deployment is Promoted, without a manual pause', async life => {
    await isPromotedAtFirst(life, [canary({ steps: PAUSE }, { replicas: 2 })])
  })

  lives('canary: the time of spec.paused is manual', async life => {
    await spendsPausedTime(life, [canary({ steps: [{ setWeight: 50 }] }, { replicas: 2 })])
  })

  lives('canary: a pause step without end is manual time, a timed one is not', async life => {
    const steps = [{ setWeight: 50 }, { pause: { duration: 2 } }, { pause: {} }]
    await life.make(canary({ steps }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.until('the timed pause', () => pausedAt(life, 1))
    expect(duration(life).manualPauseStartedAt).toBeUndefined()
    await life.until('the pause without end', () => pausedAt(life, 2))
    const from = await manualPauseOf(life, 2000)
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expectPausedFor(life, from)
    expect(duration(life).completionStatus).toBe('Promoted')
  })

  lives('canary: promote --full is FastPromoted', async life => {
    await isFastPromoted(life, [canary({ steps: PAUSE }, { replicas: 2 })])
  })

  lives('canary: an abort ends it as Aborted', async life => {
    await isAborted(life, [canary({ steps: PAUSE }, { replicas: 2 })])
  })

  lives('canary: a new template in the middle starts the clock anew', async life => {
    await startsAnew(life, [canary({ steps: PAUSE }, { replicas: 2 })])
  })

  lives('canary: back inside the rollback window, in one go', async life => {
    await life.make(canary({ steps: PAUSE }, { replicas: 1, rollbackWindow: { revisions: 3 } }))
    await life.untilPhase('Healthy')
    const first = duration(life).rolloutStartedAt
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    const from = life.now()
    await life.run('undo app')
    await life.until('revision 3', () => life.hasRevision(3))
    await life.untilPhase('Healthy')
    await untilSizes(life, [0, 1])
    expect(life.phases(from)).not.toContain('Paused')
    expect(duration(life)).toMatchObject({ completionStatus: 'Promoted' })
    expect(duration(life).rolloutStartedAt).not.toBe(first)
    expect(duration(life).totalManualPauseDurationSeconds).toBeUndefined()
  })
}

const MANUAL = { autoPromotionEnabled: false }

function blueGreenDurations(lives: Lives): void {
  const objects = (strategy: Parameters<typeof blueGreen>[0]) => [
    ...services('active'),
    blueGreen(strategy, { replicas: 2 }),
  ]

  lives('blue/green: a first deployment is Promoted, without a manual pause', async life => {
    await isPromotedAtFirst(life, objects(MANUAL))
  })

  lives('blue/green: the time of spec.paused is manual', async life => {
    await spendsPausedTime(life, objects({}))
  })

  lives('blue/green: promote --full is FastPromoted', async life => {
    await isFastPromoted(life, objects(MANUAL))
  })

  lives('blue/green: an abort ends it as Aborted', async life => {
    await isAborted(life, objects(MANUAL))
  })

  lives('blue/green: a retry starts the clock anew', async life => {
    await isAborted(life, objects(MANUAL))
    const aborted = duration(life)
    await secondAfter(life, aborted.finishedAt)
    await life.run('retry rollout app')
    await life.untilPhase('Paused')
    expect(duration(life)).toEqual({
      rolloutStartedAt: expect.any(String),
      manualPauseStartedAt: expect.any(String),
    })
    expect(at(duration(life).rolloutStartedAt)).toBeGreaterThan(at(aborted.finishedAt))
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(duration(life).completionStatus).toBe('Promoted')
  })

  lives('blue/green: a new template in the middle starts the clock anew', async life => {
    await startsAnew(life, objects(MANUAL))
  })
}

function goingBack(lives: Lives): void {
  lives(
    'blue/green: back to the stable template in the middle is FastRolledBack, on the same clock',
    async life => {
      await life.make(...services('active'), blueGreen(MANUAL, { replicas: 2 }))
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Paused')
      const { rolloutStartedAt } = duration(life)
      await life.run('set image app web=web:1')
      await life.untilPhase('Healthy')
      expect(duration(life)).toMatchObject({ rolloutStartedAt, completionStatus: 'FastRolledBack' })
      expect(life.selected('active')).toBe(podHashOf(life.revision(3)))
    },
  )

  lives(
    'blue/green: back in the middle to a revision that still has its pods is FastRolledBack',
    async life => {
      const strategy = { ...MANUAL, scaleDownDelaySeconds: 60 }
      await life.make(...services('active'), blueGreen(strategy, { replicas: 1 }))
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Paused')
      await life.run('promote app')
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:3')
      await life.untilPhase('Paused')
      const { rolloutStartedAt } = duration(life)
      await life.run('undo app --to-revision 1')
      await life.until('revision 4', () => life.hasRevision(4))
      await life.untilPhase('Healthy')
      expect(duration(life)).toMatchObject({ rolloutStartedAt, completionStatus: 'FastRolledBack' })
      expect(life.selected('active')).toBe(podHashOf(life.revision(4)))
      expect(life.replicaSets()).toHaveLength(3)
    },
  )

  lives(
    'canary: back in the middle to what is older than stable is RolledBack, also when aborted',
    async life => {
      await life.make(canary({ steps: PAUSE }, { replicas: 1 }))
      await life.untilPhase('Healthy')
      await promotedTo(life, 2)
      await life.run('set image app web=web:3')
      await life.untilPhase('Paused')
      const { rolloutStartedAt } = duration(life)
      await life.run('undo app --to-revision 1')
      await life.until('revision 4', () => life.hasRevision(4))
      await life.untilPhase('Paused')
      expect(duration(life)).toMatchObject({ rolloutStartedAt, completionStatus: 'RolledBack' })
      expect(duration(life).finishedAt).toBeUndefined()
      expect(duration(life).totalManualPauseDurationSeconds).toBeGreaterThanOrEqual(0)
      await life.run('abort app')
      await life.untilPhase('Degraded')
      expect(duration(life)).toMatchObject({
        rolloutStartedAt,
        completionStatus: 'RolledBack',
        finishedAt: expect.any(String),
      })
    },
  )

  lives('blue/green: back outside the rollback window waits for its promotion again', async life => {
    const spec = { replicas: 1, rollbackWindow: { revisions: 1 } }
    await life.make(...services('active'), blueGreen({ ...MANUAL, scaleDownDelaySeconds: 0 }, spec))
    await life.untilPhase('Healthy')
    for (const revision of [2, 3]) await promotedTo(life, revision)
    await life.run('undo app --to-revision 1')
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(duration(life).completionStatus).toBe('Promoted')
  })

  lives('blue/green: back inside the rollback window needs no promotion', async life => {
    const spec = { replicas: 1, rollbackWindow: { revisions: 2 } }
    await life.make(...services('active'), blueGreen({ ...MANUAL, scaleDownDelaySeconds: 0 }, spec))
    await life.untilPhase('Healthy')
    for (const revision of [2, 3]) await promotedTo(life, revision)
    const from = life.now()
    await life.run('undo app --to-revision 1')
    await life.until('revision 4', () => life.hasRevision(4))
    await life.untilPhase('Healthy')
    expect(life.phases(from)).not.toContain('Paused')
    expect(duration(life).completionStatus).toBe('Promoted')
    expect(duration(life).totalManualPauseDurationSeconds).toBeUndefined()
  })
}

async function promotedTo(life: Life, revision: number): Promise<void> {
  await secondAfter(life, life.replicaSets().at(-1)?.metadata.creationTimestamp)
  await life.run(`set image app web=web:${revision}`)
  await life.untilPhase('Paused')
  await life.run('promote app')
  await life.untilPhase('Healthy')
}

async function isPromotedAtFirst(life: Life, objects: readonly KubeObject[]): Promise<void> {
  await life.make(...objects)
  await life.untilPhase('Healthy')
  expect(duration(life)).toEqual({
    rolloutStartedAt: expect.any(String),
    finishedAt: expect.any(String),
    completionStatus: 'Promoted',
  })
  const created = life.rollout().metadata.creationTimestamp
  expect(at(duration(life).rolloutStartedAt)).toBeGreaterThanOrEqual(at(created))
  expect(at(duration(life).finishedAt)).toBeGreaterThanOrEqual(at(duration(life).rolloutStartedAt))
}

async function spendsPausedTime(life: Life, objects: readonly KubeObject[]): Promise<void> {
  await life.make(...objects)
  await life.untilPhase('Healthy')
  await life.patch(ROLLOUT, 'app', { spec: { paused: true } })
  await life.untilPhase('Paused', 'manually paused')
  await life.run('set image app web=web:2')
  await life.until('the update has begun', () => duration(life).finishedAt === undefined)
  const from = await manualPauseOf(life, 2000)
  await life.patch(ROLLOUT, 'app', { spec: { paused: false } })
  await life.untilPhase('Healthy')
  expectPausedFor(life, from)
  expect(duration(life).completionStatus).toBe('Promoted')
}

async function isFastPromoted(life: Life, objects: readonly KubeObject[]): Promise<void> {
  await life.make(...objects)
  await life.untilPhase('Healthy')
  await life.run('set image app web=web:2')
  await life.untilPhase('Paused')
  await life.run('promote app --full')
  await life.untilPhase('Healthy')
  expect(duration(life).completionStatus).toBe('FastPromoted')
}

async function isAborted(life: Life, objects: readonly KubeObject[]): Promise<void> {
  await life.make(...objects)
  await life.untilPhase('Healthy')
  await life.run('set image app web=web:2')
  await life.untilPhase('Paused')
  await life.run('abort app')
  await life.untilPhase('Degraded')
  expect(duration(life)).toMatchObject({ completionStatus: 'Aborted', finishedAt: expect.any(String) })
  expect(duration(life).manualPauseStartedAt).toBeUndefined()
}

async function startsAnew(life: Life, objects: readonly KubeObject[]): Promise<void> {
  await life.make(...objects)
  await life.untilPhase('Healthy')
  await life.run('set image app web=web:2')
  await life.untilPhase('Paused')
  const before = duration(life)
  await secondAfter(life, before.rolloutStartedAt)
  await life.run('set image app web=web:3')
  await life.until('revision 3', () => life.hasRevision(3))
  await life.untilPhase('Paused')
  expect(at(duration(life).rolloutStartedAt)).toBeGreaterThan(at(before.rolloutStartedAt))
  expect(duration(life).finishedAt).toBeUndefined()
  await life.run('promote app')
  await life.untilPhase('Healthy')
  expect(duration(life).completionStatus).toBe('Promoted')
}

function duration(life: Life): DurationStatus {
  return life.rollout().status?.duration ?? {}
}

function pausedAt(life: Life, step: number): boolean {
  const { currentStepIndex, pauseConditions = [] } = life.rollout().status ?? {}
  return currentStepIndex === step && pauseConditions.length > 0
}

function at(text: string | undefined): number {
  return parseInstant(text ?? '') ?? Number.NaN
}

/** Times are told in whole seconds: what comes after this is told as later. */
async function secondAfter(life: Life, text: string | undefined): Promise<void> {
  const until = at(text) + 1001
  await life.whileTrue('a second passes', () => true, Math.max(0, until - systemClock.now()))
}

/** Lets a manual pause last so long; gives when it began. */
async function manualPauseOf(life: Life, ms: number): Promise<number> {
  const isManual = () => duration(life).manualPauseStartedAt !== undefined
  await life.until('a manual pause', isManual)
  const from = at(duration(life).manualPauseStartedAt)
  await life.whileTrue('the pause goes on', isManual, ms)
  return from
}

function expectPausedFor(life: Life, from: number): void {
  const { totalManualPauseDurationSeconds: seconds = 0, finishedAt, manualPauseStartedAt } = duration(life)
  expect(manualPauseStartedAt).toBeUndefined()
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds * 1000).toBeLessThanOrEqual(at(finishedAt) - from + 1000)
}
