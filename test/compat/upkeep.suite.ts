// What surrounds an update: restarts and disruption budgets, specs that are wrong and mended, spec fields that
// nobody can read and Rollouts of another controller.
import { expect } from 'vitest'
import type { Rollout } from '../../src/api/rollout.ts'
import { INSTANCE_ID } from '../../src/api/words.ts'
import { POD_DISRUPTION_BUDGET, ROLLOUT } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { systemClock } from '../../src/runtime/system.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { untilSizes } from './looks.ts'
import { canary, ingress, readyAfter, services } from './rollouts.ts'

export function upkeepLives(lives: Lives): void {
  lives('a restart waits for a disruption budget, and is tried again within half a minute', async life => {
    await life.make(budget(1), canary({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const [before] = life.pods().map(pod => pod.metadata.uid)
    await secondAfterCreation(life)
    await life.run('restart app')
    await life.untilPhase('Progressing', 'rollout is restarting')
    await life.whileTrue('the pod stays', () => life.pods()[0]?.metadata.uid === before, 3000)
    await life.patch(POD_DISRUPTION_BUDGET, 'app', { spec: { minAvailable: 0 } })
    await life.until(
      'another pod',
      () => life.pods().length === 1 && life.pods()[0]?.metadata.uid !== before,
      40_000,
    )
    await life.untilPhase('Healthy')
    const { spec, status } = life.rollout()
    expect(status?.restartedAt).toBe(spec.restartAt)
  })

  lives('a restart that takes longer than the deadline does not abort what is complete', async life => {
    const spec = {
      replicas: 2,
      progressDeadlineSeconds: 5,
      progressDeadlineAbort: true,
      container: readyAfter(4),
    }
    await life.make(canary({ maxUnavailable: 1 }, spec))
    await life.untilPhase('Healthy')
    const before = life.pods().map(pod => pod.metadata.uid)
    const from = life.now()
    await secondAfterCreation(life)
    await life.run('restart app')
    await life.until('all pods are new', () => life.pods().every(pod => !before.includes(pod.metadata.uid)))
    await life.untilPhase('Healthy')
    expect(life.rollout().status?.abort ?? false).toBe(false)
    expect(life.events(from)).not.toContain('RolloutAborted')
    expect(life.rollout().status?.restartedAt).toBe(life.rollout().spec.restartAt)
  })

  lives('a Rollout without a template is InvalidSpec until it gets one', async life => {
    const whole = canary({}, { replicas: 1 }) as KubeObject & { spec: { template?: unknown } }
    const { template, ...rest } = whole.spec
    await life.make({ ...whole, spec: rest } as unknown as KubeObject)
    await life.untilPhase('Degraded')
    expect(life.rollout().status?.message).toMatch(
      /^InvalidSpec: The Rollout "app" is invalid: spec.template/,
    )
    await life.patch(ROLLOUT, 'app', { spec: { template } } as never)
    await life.untilPhase('Healthy')
    expect(life.rollout().status?.conditions?.map(one => one.type)).not.toContain('InvalidSpec')
  })

  lives('a Rollout that names what is not there yet goes on when it comes', async life => {
    const trafficRouting = { nginx: { stableIngress: 'app' } }
    await life.make(
      canary({ stableService: 'stable', canaryService: 'canary', trafficRouting }, { replicas: 1 }),
    )
    await life.untilPhase('Degraded')
    await life.make(...services('stable', 'canary'))
    await life.until('it asks for the Ingress', () =>
      (life.rollout().status?.message ?? '').includes('Ingress'),
    )
    await life.make(ingress('app', 'stable'))
    await life.untilPhase('Healthy')
  })

  lives('an update to a wrong spec stands still, and goes on when it is mended', async life => {
    await life.make(canary({ steps: [{ setWeight: 50 }, { pause: {} }] }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    const steps = (weight: number) => ({ spec: { strategy: { canary: { steps: [{ setWeight: weight }] } } } })
    await life.patch(ROLLOUT, 'app', steps(150))
    await life.untilPhase('Degraded')
    expect(life.rollout().status?.message).toContain('SetWeight needs to be between 0 and 100')
    await life.run('set image app web=web:2')
    await life.whileTrue('nothing moves', () => life.replicaSets().length === 1, 1000)
    await life.patch(ROLLOUT, 'app', steps(50))
    await life.untilPhase('Healthy')
    await untilSizes(life, [0, 2])
  })

  lives(
    'fields that nobody can read are left out, and the stored spec is rewritten without them',
    async life => {
      const resources = { requests: { cpu: 'a lot', memory: '16Mi' }, limits: { memory: '32Mi' } }
      const podSpec = { ephemeralContainers: [{ name: 'debug', image: 'debug:1', resources }] }
      await life.make(canary({}, { replicas: 1, container: { resources }, podSpec }))
      await life.until('it is rewritten', () => life.rollout().metadata.generation !== 1)
      const { spec } = life.rollout().spec.template ?? {}
      expect(spec).not.toHaveProperty('ephemeralContainers')
      expect(spec?.containers[0]).toMatchObject({ resources: { limits: { memory: '32Mi' } } })
      expect(spec?.containers[0]?.resources).not.toHaveProperty('requests')
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Healthy')
    },
  )

  lives('what others read: sizes, hashes, labels and annotations as they know them', async life => {
    const { replicas: _none, ...spec } = (canary({}) as Rollout).spec
    await life.make({ ...canary({}), spec } as KubeObject)
    await life.untilPhase('Healthy')
    await life.until('a size is said', () => life.rollout().spec.replicas === 1)
    await life.until('it is seen', () => life.rollout().status?.observedGeneration === '2')
    const { status, metadata } = life.rollout()
    expect(status).toMatchObject({ currentStepHash: '5ffbfbbd64', HPAReplicas: 1, selector: 'app=app' })
    expect(metadata.annotations?.['rollout.argoproj.io/revision']).toBe('1')
    const set = life.revision(1)
    const hash = status?.currentPodHash ?? ''
    expect(set.metadata).toMatchObject({
      name: `app-${hash}`,
      labels: { app: 'app', 'rollouts-pod-template-hash': hash },
      annotations: { 'rollout.argoproj.io/revision': '1', 'rollout.argoproj.io/desired-replicas': '1' },
      ownerReferences: [{ kind: 'Rollout', name: 'app', controller: true, blockOwnerDeletion: true }],
    })
    expect(set.spec.selector.matchLabels).toEqual({ app: 'app', 'rollouts-pod-template-hash': hash })
    for (const [steps, stepHash] of [
      [1, '6b9b86fbd5'],
      [2, '79c9b9f6bf'],
    ] as const) {
      const pauses = Array.from({ length: steps }, () => ({ pause: {} }))
      await life.patch(ROLLOUT, 'app', { spec: { strategy: { canary: { steps: pauses } } } })
      await life.until('the steps are seen', () => life.rollout().status?.currentStepHash === stepHash)
      expect(life.rollout().status?.currentStepIndex).toBe(steps)
    }
  })

  lives('a Rollout of another controller is left alone', async life => {
    const other = canary({}, { replicas: 1 })
    await life.make({ ...other, metadata: { name: 'theirs', labels: { [INSTANCE_ID]: 'other' } } })
    await life.make({ ...other, metadata: { name: 'nobodys' } }, other)
    await life.untilPhase('Healthy')
    expect(life.rollout('theirs').status).toBeUndefined()
    expect(life.rollout('nobodys').status).toBeUndefined()
    expect(life.revision(1).metadata.labels, 'what it owns needs no mark').not.toHaveProperty([INSTANCE_ID])
  })
}

/** Pods are restarted when they are older than the moment of asking, in whole seconds. */
async function secondAfterCreation(life: Life): Promise<void> {
  const ready = systemClock.now()
  await life.whileTrue('a second passes', () => true, 1001 - (ready % 1000))
}

function budget(minAvailable: number): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'app' },
    spec: { minAvailable, selector: { matchLabels: { app: 'app' } } },
  } as KubeObject
}
