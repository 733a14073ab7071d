// Blue/green as people rely on it: counts, pauses, deadlines and Events around the switch.
import { expect } from 'vitest'
import { REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import { hasDeadline } from '../../src/workload/deadlines.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { blueGreen, readyAfter, services } from './rollouts.ts'
import { condition, conditionTypes, counts, untilTold, sizes, timesOut, untilSizes } from './looks.ts'

const FIRST = [
  'RolloutAddedToInformer',
  'RolloutUpdated',
  'NewReplicaSetCreated',
  'ScalingReplicaSet',
  'RolloutCompleted',
  'SwitchService',
]
const UPDATE = [
  'RolloutUpdated',
  'NewReplicaSetCreated',
  'RolloutNotCompleted',
  'ScalingReplicaSet',
  'SwitchService',
  'RolloutCompleted',
]

export function blueGreenLives(lives: Lives): void {
  lives('an update tells twelve Events in order, and counts the active revision alone', async life => {
    await life.make(...services('active'), blueGreen({}, { replicas: 3 }))
    await life.untilPhase('Healthy')
    await untilTold(life, FIRST)
    expect(counts(life)).toEqual({ desired: 3, current: 3, updated: 3, ready: 3, available: 3 })
    expect(life.selected('active')).toBe(podHashOf(life.revision(1)))
    await life.run('set image app web=web:2')
    await life.untilPhase('Healthy')
    await untilTold(life, [...FIRST, ...UPDATE])
    expect(counts(life)).toEqual({ desired: 3, current: 6, updated: 3, ready: 3, available: 3 })
    expect(life.selected('active')).toBe(podHashOf(life.revision(2)))
    expect(sizes(life)).toEqual([3, 3])
    await life.until('the old revision has its deadline', () => hasDeadline(life.revision(1)))
    expect(life.rollout().status?.HPAReplicas).toBe(3)
  })

  lives('a deadline shorter than the start of the pods: Degraded, then Healthy, later Paused', async life => {
    const slow = { replicas: 1, progressDeadlineSeconds: 5, container: readyAfter(10) }
    await life.make(...services('active'), blueGreen({ autoPromotionEnabled: false }, slow))
    await timesOut(life, 1)
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await timesOut(life, 2)
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(life.rollout().status?.stableRS).toBe(podHashOf(life.revision(2)))
  })

  lives('previewReplicaCount sizes the preview until it is promoted', async life => {
    const strategy = { previewService: 'preview', previewReplicaCount: 2, autoPromotionEnabled: false }
    await life.make(...services('active', 'preview'), blueGreen(strategy, { replicas: 4 }))
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([4])
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'BlueGreenPause')
    expect(sizes(life)).toEqual([4, 2])
    expect(life.selected('preview')).toBe(podHashOf(life.revision(2)))
    const paused = life.now()
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([4, 4])
    expect(life.history<ReplicaSet>(REPLICA_SET, paused).map(one => one.spec.replicas)).not.toContain(1)
    expect(life.rollout().status?.blueGreen?.scaleUpPreviewCheckPoint ?? false).toBe(false)
  })

  lives('promote --full makes a small preview whole before it switches', async life => {
    const strategy = { previewService: 'preview', previewReplicaCount: 1, autoPromotionEnabled: false }
    const spec = { replicas: 3, progressDeadlineSeconds: 1 }
    await life.make(...services('active', 'preview'), blueGreen(strategy, spec))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.whileTrue('a pause longer than the deadline stays a pause', () => isPaused(life), 3000)
    const from = life.now()
    expect(await life.run('promote app --full')).toBe("rollout 'app' fully promoted\n")
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([3, 3])
    expect(availableWhenSwitched(life, from)).toBe(3)
  })

  lives('a bad update misses its deadline: Degraded, and the active Service stays', async life => {
    const spec = { replicas: 2, progressDeadlineSeconds: 5 }
    await life.make(...services('active'), blueGreen({}, spec))
    await life.untilPhase('Healthy')
    await life.run('set image app web=nonexistent-image:1')
    await timesOut(life, 2)
    expect(life.rollout().status?.abort ?? false).toBe(false)
    expect(conditionTypes(life)).toEqual(['Available', 'Completed', 'Healthy', 'Progressing'])
    expect(life.selected('active')).toBe(podHashOf(life.revision(1)))
    await life.run('set image app web=web:3')
    await life.untilPhase('Healthy')
    expect(life.selected('active')).toBe(podHashOf(life.revision(3)))
  })

  lives('with progressDeadlineAbort it is aborted, with exactly four conditions', async life => {
    const spec = { replicas: 2, progressDeadlineSeconds: 5, progressDeadlineAbort: true }
    await life.make(...services('active'), blueGreen({}, spec))
    await life.untilPhase('Healthy')
    await life.run('set image app web=nonexistent-image:1')
    await life.untilPhase('Degraded')
    const { status } = life.rollout()
    const timedOut = `ReplicaSet "${life.revision(2).metadata.name}" has timed out progressing.`
    expect(status?.message).toBe(`RolloutAborted: Rollout aborted update to revision 2: ${timedOut}`)
    expect(status?.abort).toBe(true)
    expect(conditionTypes(life)).toEqual(['Available', 'Completed', 'Healthy', 'Progressing'])
    const aborted = (await listedMessages(life)).filter(text => text.startsWith('RolloutAborted'))
    expect(aborted).toEqual([
      `RolloutAborted: ${timedOut}`,
      `RolloutAborted: Rollout aborted update to revision 2: ${timedOut}`,
    ])
    expect(life.selected('active')).toBe(podHashOf(life.revision(1)))
  })

  lives(
    'abortScaleDownDelaySeconds: an aborted preview keeps its pods so long, and its deadline',
    async life => {
      const strategy = {
        previewService: 'preview',
        autoPromotionEnabled: false,
        abortScaleDownDelaySeconds: 1,
      }
      await life.make(...services('active', 'preview'), blueGreen(strategy, { replicas: 2 }))
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Paused', 'BlueGreenPause')
      await life.run('abort app')
      await life.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
      await untilSizes(life, [2, 0])
      expect(hasDeadline(life.revision(2))).toBe(true)
      await life.run('retry rollout app')
      await life.untilPhase('Paused', 'BlueGreenPause')
      expect(sizes(life)).toEqual([2, 2])
      expect(hasDeadline(life.revision(2))).toBe(false)
      await life.run('promote app')
      await life.untilPhase('Healthy')
    },
  )

  lives('scaleDownDelaySeconds: the old revision goes when its deadline has passed', async life => {
    await life.make(...services('active'), blueGreen({ scaleDownDelaySeconds: 2 }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.until('the old revision has its deadline', () => hasDeadline(life.revision(1)))
    await untilSizes(life, [0, 2])
    expect(hasDeadline(life.revision(1))).toBe(false)
  })

  lives('a wait for Paused=False meets a Rollout that is Healthy', async life => {
    await life.make(...services('active'), blueGreen({ autoPromotionEnabled: false }, { replicas: 1 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.until('Paused=True', () => condition(life, 'Paused') === 'True RolloutPaused')
    const from = life.now()
    await life.run('promote app')
    await life.until('Paused=False', () => condition(life, 'Paused') === 'False RolloutPaused')
    const resumed = life.history<Rollout>(ROLLOUT, from).filter(one => conditionOf(one, 'Paused') === 'False')
    expect(resumed[0]?.status?.phase).toBe('Healthy')
  })

  lives('a Service that the strategy no longer names selects by its own labels again', async life => {
    await life.make(
      ...services('active', 'preview'),
      blueGreen({ previewService: 'preview' }, { replicas: 1 }),
    )
    await life.untilPhase('Healthy')
    expect(life.selected('preview')).not.toBe('')
    await life.patch(ROLLOUT, 'app', { spec: { strategy: { blueGreen: { previewService: null } } } })
    await life.until('preview is released', () => life.selected('preview') === '')
    expect(Object.keys(life.get(SERVICE, 'preview')?.metadata.annotations ?? {})).toEqual([])
  })
}

function isPaused(life: Life): boolean {
  return life.rollout().status?.phase === 'Paused'
}

async function listedMessages(life: Life): Promise<readonly string[]> {
  const isTold = () => life.events().filter(reason => reason === 'RolloutAborted').length >= 2
  await life.until('the abort has been told twice', isTold)
  return life.messages()
}

/** How many pods of the new revision were available when the active Service was last switched. */
function availableWhenSwitched(life: Life, since: number): number {
  const all = life.changes(since)
  const at = all.findLastIndex(({ now }) => now?.kind === SERVICE.kind && now.metadata.name === 'active')
  const before = all
    .slice(0, at)
    .flatMap(({ now }) => (now?.kind === REPLICA_SET.kind ? [now as ReplicaSet] : []))
  const newest = before.findLast(one => podHashOf(one) === life.selected('active'))
  return newest?.status?.availableReplicas ?? 0
}

function conditionOf({ status }: Rollout, type: string): string | undefined {
  return status?.conditions?.find(one => one.type === type)?.status
}
