// Canaries behind a router (NGINX): sizes apart from weights, Services, deadlines of old revisions, aborts.
import { expect } from 'vitest'
import type { CanaryStrategy } from '../../src/api/rollout.ts'
import { INGRESS, POD, ROLLOUT } from '../../src/kube/kinds.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import { deadlineOf, hasDeadline } from '../../src/workload/deadlines.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { sizes, untilSizes, untilStep } from './looks.ts'
import type { AppOptions } from './rollouts.ts'
import { canary, ingress, servicesOf } from './rollouts.ts'

export function routedCanaryLives(lives: Lives): void {
  lives(
    'setCanaryScale sizes the canary by weight, by number, and gives it back to its weight',
    async life => {
      const steps = [
        { setCanaryScale: { weight: 25 } },
        { pause: {} },
        { setWeight: 50 },
        { pause: {} },
        { setCanaryScale: { replicas: 3 } },
        { pause: {} },
        { setCanaryScale: { matchTrafficWeight: true } },
        { pause: {} },
      ]
      await begin(life, { steps }, { replicas: 4 })
      await life.run('set image app web=web:2')
      for (const [step, size, weight] of [
        [1, 1, 0],
        [3, 1, 50],
        [5, 3, 50],
        [7, 2, 50],
      ] as const) {
        await untilStep(life, step)
        await untilSizes(life, [4, size])
        await untilWeight(life, weight)
        await life.run('promote app')
      }
      await life.untilPhase('Healthy')
      expect(sizes(life)).toEqual([4, 4])
    },
  )

  lives(
    'the weight rises only when the canary is there, and ends at 0 with the new version stable',
    async life => {
      await begin(
        life,
        { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }] },
        { replicas: 5 },
      )
      await life.run('set image app web=web:2')
      for (const [step, size, weight] of [
        [1, 1, 20],
        [3, 3, 60],
      ] as const) {
        await untilStep(life, step)
        await untilSizes(life, [5, size])
        await untilWeight(life, weight)
        expect(life.selected('canary')).toBe(podHashOf(life.revision(2)))
        expect(life.selected('stable')).toBe(podHashOf(life.revision(1)))
        await life.run('promote app')
      }
      await life.untilPhase('Healthy')
      await untilWeight(life, 0)
      await life.until(
        'stable selects the new revision',
        () => life.selected('stable') === podHashOf(life.revision(2)),
      )
      const told = () =>
        life
          .messages()
          .filter(text => text.startsWith('TrafficWeightUpdated'))
          .map(text => text.split('updated ')[1])
      // A slow Event holds no status up for more than a tenth of a second.
      await life.until('the last weight is told', () => told().includes('from 100 to 0'))
      expect(told()).toEqual(['to 0', '', 'from 0 to 20', 'from 20 to 60', 'from 60 to 100', 'from 100 to 0'])
    },
  )

  lives(
    'old revisions keep their pods until their deadline, and only as many as the limit allows',
    async life => {
      const strategy = { scaleDownDelaySeconds: 8, scaleDownDelayRevisionLimit: 2, steps: [] }
      await begin(life, strategy, { replicas: 1 })
      for (const revision of [2, 3, 4]) {
        await life.run(`set image app web=web:${revision}`)
        await life.until(`revision ${revision} is promoted`, () => isPromoted(life, revision))
        await life.until('the last one has its deadline', () => hasDeadline(life.revision(revision - 1)))
      }
      await untilSizes(life, [0, 1, 1, 1])
      expect(life.replicaSets().map(hasDeadline)).toEqual([false, true, true, false])
      await untilSizes(life, [0, 0, 0, 1])
      expect(life.replicaSets().map(hasDeadline)).toEqual([false, false, false, false])
    },
  )

  lives('an abort puts the canary Service back on the stable revision and drains the canary', async life => {
    const strategy = { abortScaleDownDelaySeconds: 2, steps: [{ setWeight: 50 }, { pause: {} }] }
    await begin(life, strategy, { replicas: 2, ...template('canary-scaledowndelay', {}) })
    expect(podHashOf(life.revision(1))).toBe('674d8cf959')
    await life.run('set image app canary-scaledowndelay=nginx:1.20')
    await untilStep(life, 1)
    await untilWeight(life, 50)
    const from = life.now()
    await life.run('abort app')
    await life.until('the canary Service is back', () => life.selected('canary') === '674d8cf959')
    await untilWeight(life, 0)
    await life.until('the canary has its deadline', () => hasDeadline(life.revision(2)))
    expect(sizes(life)).toEqual([2, 1])
    await untilSizes(life, [2, 0])
    expect(hasDeadline(life.revision(2))).toBe(true)
    expect(life.selected('canary')).toBe('674d8cf959')
    expect(life.events(from).filter(reason => reason === 'SwitchService')).toHaveLength(1)
  })

  lives('abortScaleDownDelaySeconds 0 drains an aborted canary at once', async life => {
    const strategy = { abortScaleDownDelaySeconds: 0, steps: [{ setWeight: 50 }, { pause: {} }] }
    await begin(life, strategy, { replicas: 2 })
    await life.run('set image app web=web:2')
    await untilStep(life, 1)
    await life.run('abort app')
    await untilSizes(life, [2, 0])
    expect(hasDeadline(life.revision(2))).toBe(false)
  })

  lives(
    'dynamicStableScale: the stable side shrinks as weight moves, and an abort brings it back first',
    async life => {
      const gate = 'argoproj.io/e2e-readiness'
      const strategy = {
        dynamicStableScale: true,
        steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }, { pause: {} }],
      }
      const gated = template('dynamic-stable-scale', { readinessGates: [{ conditionType: gate }] })
      await place(life, strategy, { replicas: 4, ...gated })
      const ready = (revision: number) => openGate(life, gate, revision)
      await life.until('four pods', () => life.hasRevision(1) && life.pods(1).length === 4)
      await ready(1)
      await life.untilPhase('Healthy')
      expect(podHashOf(life.revision(1))).toBe('6b56c8cdb4')
      await life.run('set image app dynamic-stable-scale=nginx:1.20')
      await life.until('a canary pod', () => life.hasRevision(2) && life.pods(2).length === 1)
      expect(sizes(life)).toEqual([4, 1])
      await ready(2)
      await untilStep(life, 1)
      await untilSizes(life, [3, 1])
      await untilWeight(life, 25)
      await life.run('promote app')
      await life.until('three canary pods', () => life.pods(2).length === 3)
      await ready(2)
      await untilStep(life, 3)
      await untilSizes(life, [1, 3])
      await untilWeight(life, 75)
      await life.run('abort app')
      await life.until('stable pods are back', () => life.pods(1).length === 4)
      await life.whileTrue(
        'the canary carries its weight',
        () => weightOf(life) === 75 && sizes(life)[1] === 3,
        1500,
      )
      expect(life.selected('canary')).toBe(podHashOf(life.revision(2)))
      await ready(1)
      await untilWeight(life, 0)
      await untilSizes(life, [4, 0])
      await life.until('the canary Service is back', () => life.selected('canary') === '6b56c8cdb4')
    },
  )

  lives(
    'dynamicStableScale with an explicit abort delay: the weight goes first, then the deadline runs',
    async life => {
      const strategy = {
        dynamicStableScale: true,
        abortScaleDownDelaySeconds: 3,
        steps: [{ setWeight: 50 }, { pause: {} }],
      }
      await begin(life, strategy, { replicas: 4 })
      await life.run('set image app web=web:2')
      await untilStep(life, 1)
      await untilSizes(life, [2, 2])
      await untilWeight(life, 50)
      const from = life.now()
      await life.run('abort app')
      await life.until('the canary has its deadline', () => hasDeadline(life.revision(2)))
      await life.until('no weight', () => weightOf(life) === 0)
      expect(sizes(life)).toEqual([4, 2])
      expect(weightsSeen(life, from)).toEqual([...weightsSeen(life, from)].toSorted((a, b) => b - a))
      const deadline = deadlineOf(life.revision(2)) ?? 0
      await untilSizes(life, [4, 0])
      const gone = life.changes().findLast(({ now }) => now?.metadata.name === life.revision(2).metadata.name)
      expect(gone?.at).toBeGreaterThanOrEqual(deadline)
    },
  )

  lives('ephemeral metadata is put on living pods, follows the role, changes and goes', async life => {
    const strategy = {
      canaryMetadata: { labels: { role: 'canary' } },
      stableMetadata: { labels: { role: 'stable' }, annotations: { note: 'one' } },
      steps: [{ setWeight: 50 }, { pause: {} }],
    }
    await begin(life, strategy, { replicas: 2 })
    const roles = (revision: number) => [
      ...new Set(life.pods(revision).map(pod => pod.metadata.labels?.['role'] ?? '')),
    ]
    await life.until('stable pods say so', () => roles(1).join() === 'stable')
    const before = life.pods(1).map(pod => pod.metadata.uid)
    await life.run('set image app web=web:2')
    await untilStep(life, 1)
    await life.until('canary pods say so', () => roles(2).join() === 'canary')
    const patch = { canaryMetadata: { labels: { role: 'trial' } } }
    await life.patch(ROLLOUT, 'app', { spec: { strategy: { canary: patch } } })
    await life.until('canary pods say it anew', () => roles(2).join() === 'trial')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    await life.until('new pods are stable', () => roles(2).join() === 'stable' && life.pods(2).length === 2)
    expect(
      life
        .pods(1)
        .map(pod => pod.metadata.uid)
        .toSorted(),
    ).toEqual(before.toSorted())
    await life.until('old pods say nothing', () => roles(1).join() === '')
    await life.patch(ROLLOUT, 'app', { spec: { strategy: { canary: { stableMetadata: null } } } })
    await life.until('nothing is said', () => roles(2).join() === '')
  })
}

async function place(life: Life, strategy: Partial<CanaryStrategy>, options: AppOptions): Promise<void> {
  const routed = {
    stableService: 'stable',
    canaryService: 'canary',
    trafficRouting: { nginx: { stableIngress: 'app' } },
    ...strategy,
  } as Partial<CanaryStrategy>
  const app = options.selector?.matchLabels?.['app'] ?? 'app'
  await life.make(...servicesOf(app, 'stable', 'canary'), ingress('app', 'stable'), canary(routed, options))
}

async function begin(life: Life, strategy: Partial<CanaryStrategy>, options: AppOptions): Promise<void> {
  await place(life, strategy, options)
  await life.untilPhase('Healthy')
  await untilWeight(life, 0)
}

/** The pod templates whose hashes are known, byte for byte. */
function template(name: string, podSpec: object): AppOptions {
  const container = {
    name,
    image: 'nginx:1.19-alpine',
    ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
    resources: { requests: { cpu: '5m', memory: '16Mi' } },
  }
  return {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container], ...podSpec } },
  } as AppOptions
}

/** The weight that is recorded, and the one that the router has. */
async function untilWeight(life: Life, weight: number): Promise<void> {
  await life.until(
    `weight ${weight}`,
    () => weightOf(life) === weight && routedWeight(life) === String(weight),
  )
}

function weightOf(life: Life): number | undefined {
  return life.rollout().status?.canary?.weights?.canary.weight
}

function routedWeight(life: Life): string | undefined {
  return life.get(INGRESS, 'app-app-canary')?.metadata.annotations?.[
    'nginx.ingress.kubernetes.io/canary-weight'
  ]
}

function weightsSeen(life: Life, since: number): readonly number[] {
  return life.history<Rollout>(ROLLOUT, since).map(one => one.status?.canary?.weights?.canary.weight ?? 0)
}

function isPromoted(life: Life, revision: number): boolean {
  return life.hasRevision(revision) && life.rollout().status?.stableRS === podHashOf(life.revision(revision))
}

/** Whoever decides about a readiness gate says yes for the pods of a revision. */
async function openGate(life: Life, type: string, revision: number): Promise<void> {
  for (const pod of life.pods(revision)) {
    const conditions = [{ type, status: 'True' as const }]
    await life.patch(POD, pod.metadata.name, { status: { conditions } }, { status: true, type: 'strategic' })
  }
}
