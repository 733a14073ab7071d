// What the recordings do not show: colours, waiting for the controller, other columns, odd objects.
import { describe, expect, test } from 'vitest'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { experimentView } from './experiment-view.ts'
import { experimentText, rolloutText } from './header.ts'
import { experimentList, rolloutLine, rolloutList } from './list.ts'
import { shownPhase } from './phase.ts'
import { rolloutView } from './rollout-view.ts'
import { rolloutStatus } from './status.ts'
import { table } from './table.ts'
import { icon } from './words.ts'

const NOW = Date.parse('2026-08-01T12:10:00Z')
const NOTHING = { replicaSets: [], pods: [], experiments: [], analysisRuns: [] }

function aRollout(more: { spec?: Partial<Rollout['spec']>; status?: Rollout['status'] } = {}): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'guestbook', namespace: 'shop', uid: 'u1', creationTimestamp: '2026-08-01T12:00:00Z' },
    spec: { replicas: 2, strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } }, ...more.spec },
    status: { phase: 'Healthy', ...more.status },
  }
}

function aReplicaSet(hash: string, more: Partial<ReplicaSet['status']> = {}): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `guestbook-${hash}`,
      uid: hash,
      generation: 1,
      creationTimestamp: '2026-08-01T12:00:00Z',
      labels: { 'rollouts-pod-template-hash': hash },
      annotations: { 'rollout.argoproj.io/revision': '3', 'scale-down-deadline': '2026-08-01T12:09:59Z' },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'guestbook', uid: 'u1' },
      ],
    },
    spec: {
      replicas: 2,
      selector: {},
      template: { spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
    },
    status: { replicas: 2, availableReplicas: 2, observedGeneration: 1, ...more },
  }
}

describe('on a terminal', () => {
  test('icons and tags have colours, and columns stand as without them', () => {
    const view = rolloutView(aRollout({ status: { stableRS: 'abc', phase: 'Degraded' } }), {
      ...NOTHING,
      replicaSets: [aReplicaSet('abc')],
    })
    const coloured = rolloutText(view, { now: NOW, coloured: true })
    expect(coloured).toContain('Status:          \x1b[31m✖\x1b[0m Degraded')
    expect(coloured).toContain('app:v1 (\x1b[32mstable\x1b[0m)')
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
    expect(coloured.replaceAll(escapes, '')).toBe(rolloutText(view, { now: NOW, coloured: false }))
  })
})

describe('what the controller has not seen yet', () => {
  test('is Progressing until it observes the generation', () => {
    const rollout = aRollout({ status: { phase: 'Healthy', observedGeneration: '2' } })
    const older = { ...rollout, metadata: { ...rollout.metadata, generation: 3 } }
    expect(shownPhase(older).message).toBe('waiting for rollout spec update to be observed')
    const hash = { ...older, status: { phase: 'Healthy' as const, observedGeneration: '57b9f' } }
    expect(shownPhase(hash).phase).toBe('Healthy')
  })

  test('is Progressing after a resume until it goes on', () => {
    expect(shownPhase(aRollout({ status: { phase: 'Paused', controllerPause: true } }))).toEqual({
      phase: 'Progressing',
      message: 'waiting for rollout to unpause',
    })
  })

  test('of a paused rollout that is invalid says why, also when somebody has promoted it', () => {
    const conditions = [{ type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec' }] as never
    const status = { phase: 'Degraded', message: 'InvalidSpec: no such service', conditions } as const
    expect(shownPhase(aRollout({ status: { ...status, controllerPause: true } }))).toEqual({
      phase: 'Degraded',
      message: 'InvalidSpec: no such service',
    })
  })

  test('is Progressing until it observes the referenced workload', () => {
    const rollout = aRollout({
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' } },
      status: { phase: 'Healthy', workloadObservedGeneration: '4' },
    })
    const annotated = (generation: string) => ({
      ...rollout,
      metadata: {
        ...rollout.metadata,
        annotations: { 'rollout.argoproj.io/workload-generation': generation },
      },
    })
    expect(shownPhase(annotated('5')).phase).toBe('Progressing')
    expect(shownPhase(annotated('4')).phase).toBe('Healthy')
  })

  test('is worked out here before the controller has written a phase', () => {
    const { status: _, ...fresh } = aRollout()
    expect(rolloutStatus(fresh as Rollout).text).toBe('Progressing - more replicas need to be updated')
  })
})

describe('a tree', () => {
  test('says when a delay has passed, and leaves out what belongs to others', () => {
    const stranger = aReplicaSet('def')
    const foreign = { ...stranger, metadata: { ...stranger.metadata, ownerReferences: [] } }
    const view = rolloutView(aRollout(), { ...NOTHING, replicaSets: [aReplicaSet('abc'), foreign] })
    expect(rolloutText(view, { now: NOW, coloured: false }).split('\n').slice(-4, -1)).toMatchInlineSnapshot(`
      [
        "⟳ guestbook            Rollout     ✔ Healthy  10m  ",
        "└──# revision:3                                    ",
        "   └──⧉ guestbook-abc  ReplicaSet  ✔ Healthy  10m  delay:passed",
      ]
    `)
  })

  test('of an experiment begins with it', () => {
    const experiment = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'ab', uid: 'u2', creationTimestamp: '2026-08-01T12:00:00Z' },
      spec: { templates: [] },
    } satisfies Experiment
    const text = experimentText(experimentView(experiment, NOTHING), { now: NOW, coloured: false })
    expect(text).toContain('Σ ab  Experiment          10m  \n')
  })

  test('shows what a ReplicaSet is short of', () => {
    const statusOf = (more: Partial<ReplicaSet['status']>) =>
      rolloutView(aRollout(), { ...NOTHING, replicaSets: [aReplicaSet('abc', more)] }).revisions[0]
        ?.replicaSets[0]?.status
    expect(statusOf({ observedGeneration: 0 })).toBe('Progressing')
    expect(statusOf({ availableReplicas: 1 })).toBe('Progressing')
    expect(statusOf({ conditions: [{ type: 'ReplicaFailure', status: 'True' }] })).toBe('ReplicaFailure')
  })
})

describe('weights', () => {
  const available = { stableRS: 'abc', currentPodHash: 'def', availableReplicas: 3, currentStepIndex: 1 }
  const replicaSets = [aReplicaSet('abc'), aReplicaSet('def', { availableReplicas: 1 })]
  const progress = (rollout: Rollout) => rolloutView(rollout, { ...NOTHING, replicaSets }).canary

  test('without a router the actual weight is the share of available pods', () => {
    expect(progress(aRollout({ status: available }))).toEqual({
      step: 1,
      steps: 2,
      setWeight: 20,
      actualWeight: 33,
    })
  })

  test('with a router it is what the router was last told', () => {
    const spec = {
      strategy: { canary: { steps: [{ setWeight: 20 }], trafficRouting: { maxTrafficWeight: 1000 } } },
    }
    const status = { ...available, currentStepIndex: 0 }
    const weights = { canary: { weight: 17 }, stable: { weight: 983 } }
    expect(progress(aRollout({ spec, status }))?.actualWeight).toBe(20)
    expect(progress(aRollout({ spec, status: { ...status, canary: { weights } } }))?.actualWeight).toBe(17)
    expect(progress(aRollout({ spec, status: { ...available } }))?.actualWeight).toBe(1000)
  })

  test('an aborted canary should have none', () => {
    expect(progress(aRollout({ status: { ...available, abort: true } }))?.setWeight).toBe(0)
  })
})

describe('lists', () => {
  test('have columns for namespace and time when asked', () => {
    const options = { now: NOW, allNamespaces: true, timestamps: true }
    expect(rolloutList([aRollout()], options).split('\n')[1]).toMatch(
      /^2026-08-01T12:10:00Z {2}shop {7}guestbook /,
    )
  })

  test('print a changed row under the same headings', () => {
    const line = rolloutLine(aRollout(), { now: NOW })
    expect(rolloutList([aRollout()], { now: NOW }).split('\n')[1]).toBe(
      line.trimEnd().padEnd(line.length - 1),
    )
  })

  test('tell what is left of a running experiment', () => {
    const experiment = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'ab', namespace: 'shop', creationTimestamp: '2026-08-01T12:00:00Z' },
      spec: { templates: [], duration: '1h' },
      status: { phase: 'Running', availableAt: '2026-08-01T12:05:00Z' },
    } satisfies Experiment
    expect(experimentList([experiment], { now: NOW })).toBe(
      'NAME        STATUS   DURATION  REMAINING  AGE\nab          Running  60m       55m        10m\n',
    )
    const over = { ...experiment, status: { ...experiment.status, phase: 'Failed' as const } }
    expect(experimentList([over], { now: NOW })).toContain('60m       -          10m')
  })
})

test('a table of nothing is nothing', () => expect(table([])).toBe(''))

test.each([
  ['Running', '✔'],
  ['Init:Error', '◌'],
  ['CreateContainerConfigError', '⚠'],
  ['ErrImagePull', '⚠'],
  ['ExitCode:1', '✖'],
  ['Signal:9', '✖'],
  ['Evicted', ' '],
])('a pod that is %s has the icon %j', (status, wanted) => expect(icon('pod', status)).toBe(wanted))
