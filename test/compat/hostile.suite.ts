// People who do not wait: commands that race each other, sizes that change in mid-update, ReplicaSets and pods
// deleted by hand, Services that are changed or taken away. Whatever they do, nobody is left without pods, and
// it ends Healthy.
import { expect } from 'vitest'
import { INGRESS, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import type { PodTemplateSpec, Service } from '../../src/kube/core.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { podHash } from '../../src/workload/pod-hash.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import { podHashOf, revisionOf } from '../../src/workload/replica-set.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { condition, fewestAvailable, sizes, untilSizes, untilStep } from './looks.ts'
import { blueGreen, canary, ingress, readyAfter, services } from './rollouts.ts'

export function hostileLives(lives: Lives): void {
  blueGreenUnderFire(lives)
  canaryUnderFire(lives)
  byHand(lives)
}

const MANUAL = { autoPromotionEnabled: false, previewService: 'preview' }

function blueGreenUnderFire(lives: Lives): void {
  lives(
    'blue/green: five images in a row, the last one wins and the active Service never falls',
    async life => {
      await life.make(...services('active'), blueGreen({ scaleDownDelaySeconds: 1 }, { replicas: 2 }))
      await life.untilPhase('Healthy')
      const from = life.now()
      for (const version of [2, 3, 4, 5, 6]) await life.run(`set image app web=web:${version}`)
      await life.untilPhase('Healthy')
      await life.until('the last image is stable', () => imageOf(life, 'active') === 'web:6')
      expect(fewestBehind(life, 'active', from)).toBe(2)
      await life.until('only the last one has pods', () =>
        sizes(life)
          .slice(0, -1)
          .every(size => size === 0),
      )
      expect(new Set(life.replicaSets().map(revisionOf)).size).toBe(life.replicaSets().length)
    },
  )

  lives('blue/green: promote and abort at the same moment leave one of the two, whole', async life => {
    await life.make(...services('active', 'preview'), blueGreen(MANUAL, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'BlueGreenPause')
    const from = life.now()
    await Promise.all([life.ran('promote app'), life.ran('abort app')])
    await life.until('it is decided', () =>
      ['Healthy', 'Degraded'].includes(life.rollout().status?.phase ?? ''),
    )
    const isAborted = life.rollout().status?.phase === 'Degraded'
    await life.until(
      'the active Service agrees',
      () => imageOf(life, 'active') === (isAborted ? 'web:1' : 'web:2'),
    )
    expect(fewestBehind(life, 'active', from)).toBe(2)
    await life.run('set image app web=web:3')
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:3')
  })

  lives('blue/green: abort, retry, abort, retry without a breath, then promoted', async life => {
    await life.make(...services('active', 'preview'), blueGreen(MANUAL, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    for (const command of ['abort app', 'retry rollout app', 'abort app', 'retry rollout app']) {
      await life.run(command)
    }
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:2')
  })

  lives('blue/green: undo in the middle of an update, and undo of the undo', async life => {
    const strategy = { ...MANUAL, scaleDownDelaySeconds: 1 }
    await life.make(...services('active', 'preview'), blueGreen(strategy, { replicas: 1 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.until('revision 2', () => life.hasRevision(2))
    await life.run('undo app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:1')
    await untilSizes(life, [0, 1])
    expect(life.replicaSets().map(revisionOf)).toEqual([2, 3])
    await life.run('undo app')
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:2')
    expect(life.replicaSets()).toHaveLength(2)
  })

  lives(
    'blue/green: an abort after the switch brings users back although the new pods are failing',
    async life => {
      await life.make(...services('active'), blueGreen({ scaleDownDelaySeconds: 60 }, { replicas: 2 }))
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Healthy')
      const from = life.now()
      await life.run('undo app')
      await life.until('users are back', () => imageOf(life, 'active') === 'web:1')
      await life.untilPhase('Healthy')
      expect(life.phases(from)).not.toContain('Paused')
      expect(fewestBehind(life, 'active', from)).toBe(2)
    },
  )

  lives('blue/green: sizes change while the preview waits, to nothing and back', async life => {
    await life.make(...services('active', 'preview'), blueGreen(MANUAL, { replicas: 1 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'BlueGreenPause')
    for (const replicas of [3, 0, 2]) {
      await life.patch(ROLLOUT, 'app', { spec: { replicas } })
      await untilSizes(life, [replicas, replicas])
    }
    await life.until('all are available', () => life.rollout().status?.availableReplicas === 2)
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:2')
  })
}

function canaryUnderFire(lives: Lives): void {
  lives('canary: images, promotes and an abort as fast as they can be typed', async life => {
    const steps = [{ setWeight: 50 }, { pause: {} }]
    await life.make(canary({ steps, maxSurge: 1, maxUnavailable: 0 }, { replicas: 3 }))
    await life.untilPhase('Healthy')
    const from = life.now()
    for (const version of [2, 3]) {
      await life.run(`set image app web=web:${version}`)
      await life.run('promote app')
    }
    await life.run('abort app')
    await life.run('set image app web=web:4')
    await untilStep(life, 1)
    await life.run('promote app')
    await life.untilPhase('Healthy')
    await life.until('web:4 alone', () => imagesOf(life).join() === 'web:4,web:4,web:4')
    expect(fewestAvailable(life, from)).toBe(3)
  })

  lives('canary: more and less pods in each phase of an update end where they should', async life => {
    const steps = [
      { setWeight: 34 },
      { pause: { duration: 2 } },
      { setWeight: 67 },
      { pause: { duration: 2 } },
    ]
    await life.make(canary({ steps }, { replicas: 3 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    for (const replicas of [6, 2, 9, 3]) {
      await life.patch(ROLLOUT, 'app', { spec: { replicas } })
      await life.whileTrue('a moment passes', () => true, 700)
    }
    await life.untilPhase('Healthy')
    await untilSizes(life, [0, 3])
  })

  lives('canary: its router is deleted and comes back in the middle', async life => {
    await life.make(...services('stable', 'canary'), ingress('app', 'stable'), routed())
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await untilStep(life, 1)
    await life.remove(INGRESS, 'app')
    await life.untilPhase('Degraded')
    expect(condition(life, 'InvalidSpec')).toBe('True InvalidSpec')
    await life.make(ingress('app', 'stable'))
    await untilStep(life, 1)
    await life.remove(INGRESS, 'app-app-canary')
    await life.until('the canary Ingress is back', () => life.get(INGRESS, 'app-app-canary') !== undefined)
    await life.run('promote app')
    await life.untilPhase('Healthy')
  })

  lives('canary becomes blue/green in the middle of an update, and ends there', async life => {
    await life.make(
      ...services('active'),
      canary({ steps: [{ setWeight: 50 }, { pause: {} }] }, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await untilStep(life, 1)
    const strategy = { canary: null, blueGreen: { activeService: 'active', autoPromotionEnabled: true } }
    await life.patch(ROLLOUT, 'app', { spec: { strategy } })
    await life.untilPhase('Healthy')
    await life.until('users see web:2', () => imageOf(life, 'active') === 'web:2')
    expect(life.rollout().status?.currentStepIndex).toBeUndefined()
  })
}

function routed() {
  const steps = [{ setWeight: 50 }, { pause: {} }]
  const trafficRouting = { nginx: { stableIngress: 'app' } }
  return canary({ stableService: 'stable', canaryService: 'canary', trafficRouting, steps }, { replicas: 2 })
}

function byHand(lives: Lives): void {
  lives('the new ReplicaSet is deleted by hand: it is made again, and the update goes on', async life => {
    await life.make(...services('active', 'preview'), blueGreen(MANUAL, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'BlueGreenPause')
    const { name, uid } = life.revision(2).metadata
    await life.remove(REPLICA_SET, name)
    await life.until('another of that name', () => {
      const found = life.get<ReplicaSet>(REPLICA_SET, name)
      return found !== undefined && found.metadata.uid !== uid && found.status?.availableReplicas === 2
    })
    await life.until('the preview has pods', () => life.selected('preview') === podHashOf(life.revision(2)))
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:2')
  })

  lives('the stable ReplicaSet is deleted by hand: users go to the new one when it is whole', async life => {
    await life.make(...services('active'), blueGreen({ autoPromotionEnabled: false }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'BlueGreenPause')
    await life.remove(REPLICA_SET, life.revision(1).metadata.name)
    await life.until('it has gone', () => !life.hasRevision(1))
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:2')
  })

  lives('a ReplicaSet that is scaled by hand gets its size back', async life => {
    await life.make(canary({}, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.patch(REPLICA_SET, life.revision(1).metadata.name, { spec: { replicas: 5 } })
    await life.until('two again', () => sizes(life).join() === '2')
    await life.untilPhase('Healthy')
  })

  lives('pods deleted by hand come back, and a promoted Rollout tells of it', async life => {
    await life.make(canary({}, { replicas: 2, container: readyAfter(2) }))
    await life.untilPhase('Healthy')
    const from = life.now()
    const before = life.pods().map(pod => pod.metadata.name)
    for (const name of before) await life.remove(POD, name)
    await life.untilPhase('Progressing')
    await life.untilPhase('Healthy')
    expect(life.pods().some(pod => before.includes(pod.metadata.name))).toBe(false)
    expect(life.events(from)).not.toContain('RolloutAborted')
  })

  lives('a Service whose hash is taken away by hand gets it back', async life => {
    await life.make(...services('active'), blueGreen({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const hash = life.selected('active')
    const selector = { 'rollouts-pod-template-hash': null }
    await life.patch(SERVICE, 'active', { spec: { selector } })
    await life.until('it selects its pods', () => life.selected('active') === hash)
    await life.patch(SERVICE, 'active', { spec: { selector: { 'rollouts-pod-template-hash': 'nonsense' } } })
    await life.until('it selects its pods', () => life.selected('active') === hash)
  })

  lives('the active Service is deleted and made again', async life => {
    await life.make(...services('active'), blueGreen({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const hash = life.selected('active')
    await life.remove(SERVICE, 'active')
    await life.untilPhase('Degraded')
    await life.make(...services('active'))
    await life.until('it selects its pods', () => life.selected('active') === hash)
    await life.untilPhase('Healthy')
  })

  lives('another active Service: it is taken over, the old one is given back', async life => {
    await life.make(...services('active', 'other'), blueGreen({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const hash = life.selected('active')
    await life.patch(ROLLOUT, 'app', { spec: { strategy: { blueGreen: { activeService: 'other' } } } })
    await life.until('the other one is ours', () => life.selected('other') === hash)
    await life.until('the old one is free', () => life.selected('active') === '')
    await life.untilPhase('Healthy')
  })

  lives('a Rollout that is deleted takes its pods along and gives its Service back', async life => {
    await life.make(...services('active'), blueGreen({}, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.remove(ROLLOUT, 'app')
    await life.until('nothing of it is left', () => life.replicaSets().length + life.pods().length === 0)
    await life.until('the Service is free', () => life.selected('active') === '')
    await life.until('it is told', () => life.events().includes('RolloutDeleted'))
    await life.make(blueGreen({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    expect(imageOf(life, 'active')).toBe('web:1')
  })

  lives('ReplicaSets: an orphan is adopted, a name that is taken is gone round', async life => {
    await life.make(canary({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const { name } = life.revision(1).metadata
    await life.patch(REPLICA_SET, name, { metadata: { ownerReferences: null } })
    await life.until('it is ours again', () => life.revision(1).metadata.ownerReferences?.[0]?.name === 'app')
    const { template } = life.rollout().spec
    const containers = template?.spec?.containers.map(one => ({ ...one, image: 'web:2' }))
    const taken = `app-${podHash({ ...template, spec: { ...template?.spec, containers } } as PodTemplateSpec)}`
    await life.make(aReplicaSetOfSomebody(taken))
    await life.run('set image app web=web:2')
    await life.until('it has another name', () => life.rollout().status?.collisionCount === 1)
    await life.untilPhase('Healthy')
    expect(imagesOf(life)).toEqual(['web:2'])
  })

  lives('commands that make no sense are refused or change nothing', async life => {
    await life.make(canary({}, { replicas: 1 }))
    await life.untilPhase('Healthy')
    const version = life.rollout().metadata.resourceVersion
    for (const line of [
      'set image app nobody=web:2',
      'undo app --to-revision 7',
      'promote nobody',
      'undo app',
    ]) {
      expect((await life.ran(line)).exit).toBe(1)
    }
    await life.run('promote app')
    await life.run('promote app --full')
    expect(life.rollout().metadata.resourceVersion).toBe(version)
    await life.run('abort app')
    await life.until('the abort is taken back', () => life.rollout().status?.abort !== true)
    await life.untilPhase('Healthy')
  })
}

function aReplicaSetOfSomebody(name: string): KubeObject {
  const labels = { app: 'somebody' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'other', image: 'other:1' }] } }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  } as KubeObject
}

/** The image of the revision that a Service selects. */
function imageOf(life: Life, service: string): string | undefined {
  const selected = life.replicaSets().find(one => podHashOf(one) === life.selected(service))
  return selected?.spec.template.spec?.containers[0]?.image
}

function imagesOf(life: Life): readonly (string | undefined)[] {
  return life.pods().map(pod => pod.spec.containers[0]?.image)
}

/** The fewest available pods that a Service had behind it at any time since then. */
function fewestBehind(life: Life, service: string, since: number): number {
  const known = new Map<string, ReplicaSet>()
  let selected = ''
  let least = Number.POSITIVE_INFINITY
  for (const [i, { now, before }] of life.changes().entries()) {
    if (now?.kind === REPLICA_SET.kind) known.set(podHashOf(now), now as ReplicaSet)
    if (now === undefined && before?.kind === REPLICA_SET.kind) known.delete(podHashOf(before))
    if (now?.kind === SERVICE.kind && now.metadata.name === service) {
      selected = (now as Service).spec.selector?.['rollouts-pod-template-hash'] ?? ''
    }
    if (i >= since) least = Math.min(least, known.get(selected)?.status?.availableReplicas ?? 0)
  }
  return least
}
