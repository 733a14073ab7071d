// Canaries that share traffic by the number of their pods: steps, pauses, aborts, bad revisions, sizes on the way.
import { expect } from 'vitest'
import { REPLICA_SET, ROLLOUT } from '../../src/kube/kinds.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import {
  available,
  condition,
  fewestAvailable,
  untilTold,
  sizes,
  sizesOverTime,
  timesOut,
  untilSizes,
  untilStep,
} from './looks.ts'
import { canary, CRASHING, readyAfter, services } from './rollouts.ts'

const STEPS_WITH_PAUSE = [{ setWeight: 50 }, { pause: { duration: 4 } }]

export function basicCanaryLives(lives: Lives): void {
  lives('abort, retry and the end of a timed pause tell twenty-one Events in order', async life => {
    await life.make(canary({ steps: STEPS_WITH_PAUSE }, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const first = [
      'RolloutAddedToInformer',
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ]
    await untilTold(life, first)
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    const update = [
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'RolloutStepCompleted',
      'RolloutPaused',
    ]
    await untilTold(life, [...first, ...update])
    await life.run('abort app')
    await life.untilPhase('Degraded')
    await untilSizes(life, [1, 0])
    await life.run('retry rollout app')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await life.untilPhase('Healthy')
    const aborted = ['ScalingReplicaSet', 'RolloutAborted']
    const retried = [
      'ScalingReplicaSet',
      'RolloutStepCompleted',
      'RolloutPaused',
      'RolloutStepCompleted',
      'RolloutResumed',
      'ScalingReplicaSet',
      'RolloutCompleted',
    ]
    await untilTold(life, [...first, ...update, ...aborted, ...retried])
  })

  lives('promote ends a pause; promote --full after an abort leaves every step behind', async life => {
    const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }]
    await life.make(canary({ steps }, { replicas: 4 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await untilSizes(life, [3, 1])
    await life.run('promote app')
    await life.until('the second pause', () => life.rollout().status?.currentStepIndex === 3)
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await untilSizes(life, [2, 2])
    await life.run('abort app')
    await life.untilPhase('Degraded')
    await untilSizes(life, [4, 0])
    await life.run('promote app --full')
    await life.untilPhase('Healthy')
    const { status } = life.rollout()
    expect(status?.currentStepIndex).toBe(4)
    expect(status?.abort ?? false).toBe(false)
    expect(status?.promoteFull ?? false).toBe(false)
    expect(sizes(life)).toEqual([0, 4])
    expect(life.messages().at(-1)).toContain('Full promotion requested')
  })

  lives('a crashing update, and a second one: four stable pods serve beside one that crashes', async life => {
    const spec = { replicas: 4, progressDeadlineSeconds: 6 }
    await life.make(canary({ maxSurge: 1, maxUnavailable: 0 }, spec))
    await life.untilPhase('Healthy')
    const from = life.now()
    for (const revision of [2, 3]) {
      await setContainer(life, { image: `web:${revision}`, ...CRASHING })
      await timesOut(life, revision)
      expect(life.pods(1).length).toBe(4)
      expect(life.pods(revision).length).toBe(1)
    }
    expect(fewestAvailable(life, from)).toBe(4)
    expect(Math.max(...sizesOverTime(life, from))).toBe(5)
  })

  lives('a first revision that crashes is healed by an update', async life => {
    await life.make(canary({}, { replicas: 2, progressDeadlineSeconds: 5, container: CRASHING }))
    await timesOut(life, 1)
    await setContainer(life, { image: 'web:2', command: null })
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([0, 2])
  })

  lives('after a first revision that crashes an update goes through its steps', async life => {
    const steps = [{ setWeight: 50 }, { pause: { duration: 1 } }]
    const spec = { replicas: 2, progressDeadlineSeconds: 5, container: CRASHING }
    await life.make(canary({ steps }, spec))
    await timesOut(life, 1)
    await setContainer(life, { image: 'web:2', command: null })
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([0, 2])
    expect(life.rollout().status?.currentStepIndex).toBe(2)
  })

  lives('two revisions that crash never have more pods than maxSurge allows', async life => {
    const spec = { replicas: 3, progressDeadlineSeconds: 5, container: CRASHING }
    await life.make(canary({ maxSurge: 1, maxUnavailable: 0 }, spec))
    await timesOut(life, 1)
    const from = life.now()
    await setContainer(life, { image: 'web:2', ...CRASHING })
    await life.until('the second revision has pods', () => life.hasRevision(2) && life.pods(2).length > 0)
    await timesOut(life, 2)
    expect(Math.max(...sizesOverTime(life, from))).toBeLessThanOrEqual(4)
    await setContainer(life, { image: 'web:3', command: null })
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([0, 0, 3])
  })

  lives('an update is told by Healthy=False, its end by Healthy=True and Completed=True', async life => {
    await life.make(canary({}, { replicas: 2 }))
    await life.until('Healthy=True', () => condition(life, 'Healthy') === 'True RolloutHealthy')
    await life.run('set image app web=web:2')
    await life.until('Healthy=False', () => condition(life, 'Healthy') === 'False RolloutHealthy')
    expect(condition(life, 'Completed')).toBe('False RolloutCompleted')
    await life.until('Healthy=True', () => condition(life, 'Healthy') === 'True RolloutHealthy')
    expect(condition(life, 'Completed')).toBe('True RolloutCompleted')
  })

  lives('a pause of 30 s under a deadline of 5 s is never called failed', async life => {
    const steps = [{ setWeight: 50 }, { pause: { duration: '30s' } }]
    await life.make(canary({ steps }, { replicas: 2, progressDeadlineSeconds: 5 }))
    await life.untilPhase('Healthy')
    const from = life.now()
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await life.untilPhase('Healthy')
    expect(life.phases(from)).not.toContain('Degraded')
  })

  lives('template and replicas change together, twice', async life => {
    await life.make(canary({ maxSurge: 1, maxUnavailable: 0 }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    for (const [revision, replicas] of [
      [2, 4],
      [3, 1],
    ] as const) {
      await life.patch(ROLLOUT, 'app', imageAndReplicas(revision, replicas))
      await life.untilPhase('Healthy')
      await untilSizes(life, [...Array.from({ length: revision - 1 }, () => 0), replicas])
      expect(life.rollout().status?.availableReplicas).toBe(replicas)
    }
  })

  lives('sizes follow spec.replicas while a canary is paused, and keep its share', async life => {
    const steps = [{ setWeight: 20 }, { pause: {} }]
    await life.make(canary({ steps, maxSurge: 1 }, { replicas: 1 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await untilSizes(life, [1, 1])
    await life.patch(ROLLOUT, 'app', { spec: { replicas: 10 } })
    await untilSizes(life, [8, 2])
    await life.until('all are available', () => life.rollout().status?.availableReplicas === 10)
    await life.patch(ROLLOUT, 'app', { spec: { replicas: 5 } })
    await untilSizes(life, [4, 1])
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await life.patch(ROLLOUT, 'app', { spec: { replicas: 0 } })
    await untilSizes(life, [0, 0])
  })

  lives('maxSurge 100%: scaling in the middle of an update gives 7, then 11, then 7 pods', async life => {
    await life.make(canary({ maxSurge: '100%' }, { replicas: 4 }))
    await life.untilPhase('Healthy')
    await setContainer(life, { image: 'web:2', ...readyAfter(600) })
    await untilSizes(life, [3, 4])
    await life.patch(ROLLOUT, 'app', { spec: { replicas: 8 } })
    await untilSizes(life, [3, 8])
    await life.patch(ROLLOUT, 'app', { spec: { replicas: 4 } })
    await untilSizes(life, [3, 4])
    await life.whileTrue('three old pods serve', () => available(life) === 3, 1500)
  })

  lives('maxUnavailable 0 holds when the weight goes from 100 to 0, and in an abort', async life => {
    const steps = [
      { setWeight: 100 },
      { pause: {} },
      { setWeight: 0 },
      { pause: {} },
      { setWeight: 60 },
      { pause: {} },
    ]
    await life.make(canary({ steps, maxSurge: 1, maxUnavailable: 0 }, { replicas: 5 }))
    await life.untilPhase('Healthy')
    const from = life.now()
    await life.run('set image app web=web:2')
    await untilStep(life, 1)
    await untilSizes(life, [0, 5])
    await life.run('promote app')
    await untilStep(life, 3)
    await untilSizes(life, [5, 0])
    await life.run('promote app')
    await untilStep(life, 5)
    await untilSizes(life, [2, 3])
    await life.run('abort app')
    await untilSizes(life, [5, 0])
    expect(fewestAvailable(life, from)).toBe(5)
    expect(Math.max(...sizesOverTime(life, from))).toBeLessThanOrEqual(6)
  })

  lives('a deadline shorter than the start of the pods: Degraded and well again, three times', async life => {
    const spec = { replicas: 2, progressDeadlineSeconds: 5, container: readyAfter(10) }
    await life.make(canary({ steps: [{ setWeight: 50 }, { pause: {} }] }, spec))
    await timesOut(life, 1)
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await timesOut(life, 2)
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await life.run('promote app')
    await timesOut(life, 2)
    await life.untilPhase('Healthy')
    expect(sizes(life)).toEqual([0, 2])
  })

  lives('a canary without router that is aborted gives its pods back to the stable revision', async life => {
    const named = { stableService: 'stable', canaryService: 'canary' }
    const steps = [{ setWeight: 50 }, { pause: {} }]
    await life.make(...services('stable', 'canary'), canary({ ...named, steps }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    const stable = podHashOf(life.revision(1))
    await life.run('set image app web=web:2')
    await untilStep(life, 1)
    await untilSizes(life, [1, 1])
    await life.until('canary selects it', () => life.selected('canary') === podHashOf(life.revision(2)))
    await life.run('abort app')
    await life.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
    await untilSizes(life, [2, 0])
    await life.until('canary is back', () => life.selected('canary') === stable)
    expect(life.selected('stable')).toBe(stable)
    expect(life.rollout().status?.currentStepIndex).toBe(0)
    expect(life.rollout().status?.stableRS).toBe(podHashOf(life.revision(1)))
    const seen = life.history<ReplicaSet>(REPLICA_SET)
    expect(seen.some(one => one.metadata.annotations?.['scale-down-deadline'] !== undefined)).toBe(false)
  })
}

/** Another first container, field by field; null takes one away. */
async function setContainer(life: Life, change: Readonly<Record<string, unknown>>): Promise<void> {
  const [before] = life.rollout().spec.template?.spec?.containers ?? []
  const merged = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null)
  const containers = [Object.fromEntries(merged)]
  await life.patch(ROLLOUT, 'app', { spec: { template: { spec: { containers } } } } as never)
}

function imageAndReplicas(revision: number, replicas: number) {
  const containers = [{ name: 'web', image: `web:${revision}` }]
  return { spec: { replicas, template: { spec: { containers } } } }
}
