// How a life may stand at its end, and how not: each law of rest with a world that it allows and one that it refuses.
import { expect, test } from 'vitest'
import type { CanaryStep, RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { seededRandom } from '../../doors/random.ts'
import { ANALYSIS_RUN, EXPERIMENT, HTTP_ROUTE, knownKind } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { canaryIngress, podsOfExperiment } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf, template } from '../../rollout/model.suite.ts'
import { createCluster } from '../model/cluster.ts'
import { unrest } from './rest.ts'
import { named } from './routes/life-route.ts'
import type { LifeSpec } from './scenario.ts'
import { PLAIN } from './sight.suite.ts'

const [V1, V2] = ['demo:v1', 'demo:v2'] as const
const HEALTHY: RolloutStatus = {
  phase: 'Healthy',
  observedGeneration: '1',
  stableRS: hashOf(V1),
  currentPodHash: hashOf(V1),
  availableReplicas: 2,
  HPAReplicas: 2,
}

interface Stand {
  readonly status?: RolloutStatus
  readonly selected?: string
  readonly beside?: string
  /** Then `beside` is none. */
  readonly isBesideUnnamed?: boolean
  /** Blue/green. */
  readonly active?: string
  readonly weight?: number
  readonly available?: number
  readonly deadline?: number
  readonly spec?: Partial<RolloutSpec>
  /** Of a second revision. */
  readonly others?: number
  /** The phase of an analysis, and of an experiment; the pods that it has. */
  readonly run?: string
  readonly trial?: string
  readonly tried?: number
  readonly life?: Partial<LifeSpec>
  readonly route?: KubeObject
}

function standing({ status = {}, weight = 0, available = 2, spec = {}, ...of }: Stand) {
  const {
    selected = hashOf(V1),
    beside = hashOf(V1),
    deadline,
    others,
    run,
    trial,
    tried,
    active,
    life = {},
    route,
    isBesideUnnamed = false,
  } = of
  const cluster = createCluster({ now: () => 0, random: seededRandom(1) })
  const objects = [
    aRollout(V1, spec, { ...HEALTHY, ...status }),
    aReplicaSet({
      image: V1,
      revision: 2,
      replicas: 2,
      available,
      ...(deadline === undefined ? {} : { deadline }),
    }),
    ...(others === undefined ? [] : [aReplicaSet({ image: V2, revision: 1, replicas: others })]),
    aService('stable', selected),
    aService('canary', isBesideUnnamed ? undefined : beside),
    canaryIngress(weight),
    ...(active === undefined ? [] : [aService('active', active)]),
    ...(run === undefined ? [] : [aThing(ANALYSIS_RUN, run)]),
    ...(trial === undefined ? [] : [aThing(EXPERIMENT, trial)]),
    ...(tried === undefined ? [] : [podsOfExperiment('try', 'tried', tried)]),
    ...(route === undefined ? [] : [route]),
  ]
  for (const object of objects) cluster.put(knownKind(object) as Kind, object)
  return unrest({ cluster }, { ...PLAIN, ...life })[0]?.law
}

function aThing({ group, version, kind }: Kind, phase: string): KubeObject {
  const metadata = { name: 'try', namespace: 'shop', uid: 'try' }
  return { apiVersion: `${group}/${version}`, kind, metadata, status: { phase } } as KubeObject
}

/** At a pause of a canary; the second revision has its pods. */
function atPause(pause: NonNullable<CanaryStep['pause']>, weight: number): Stand {
  const status: RolloutStatus = {
    phase: 'Paused',
    message: 'CanaryPauseStep',
    currentPodHash: hashOf(V2),
    currentStepIndex: 1,
    availableReplicas: 3,
    HPAReplicas: 3,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-08-01T11:00:00Z' }],
  }
  const canary = { steps: [{ setWeight: 50 }, { pause }] }
  return { status, spec: { strategy: { canary } }, others: 1, beside: hashOf(V2), weight }
}

/** The canary Service names no revision; the stable one has so many pods beside the second one's. */
function ofAll(available: number): Stand {
  const { beside: _, status, ...stand } = told(50)
  const counts = { availableReplicas: available + 1, HPAReplicas: 3 }
  return { ...stand, available, isBesideUnnamed: true, status: { ...status, ...counts } }
}

const inBlueGreen = (autoPromotionSeconds: number): Stand => ({
  status: {
    phase: 'Paused',
    message: 'BlueGreenPause',
    pauseConditions: [{ reason: 'BlueGreenPause', startTime: '2026-08-01T11:00:00Z' }],
  },
  spec: { strategy: { blueGreen: { activeService: 'active', autoPromotionSeconds } } },
})

/** Blue/green: the second revision waits for a person beside the stable one. */
const previewed = (active: string, beside: number): Stand => ({
  status: {
    phase: 'Paused',
    message: 'BlueGreenPause',
    currentPodHash: hashOf(V2),
    availableReplicas: active === V1 ? 2 : 2 + beside,
    HPAReplicas: 2 + beside,
    blueGreen: { activeSelector: hashOf(active) },
  },
  spec: { strategy: { blueGreen: { activeService: 'active' } } },
  life: { strategy: 'blueGreen', isWatched: true },
  others: beside,
  active: hashOf(active),
})

/** A canary at a pause, with the weights that the status tells of. */
function told(canary: number, podTemplateHash = hashOf(V2), stable = hashOf(V1)): Stand {
  const stand = atPause({}, 50)
  const weights = {
    canary: { weight: canary, podTemplateHash },
    stable: { weight: 100 - canary, podTemplateHash: stable },
  }
  return { ...stand, status: { ...stand.status, canary: { weights } } as RolloutStatus }
}

/** The spec has a mistake and no longer names the router, which gives an experiment that weight. */
function leftWithAMistake(weight: number): Stand {
  const conditions = [{ type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message: 'wrong' }]
  const names = ['stable', 'canary', 'of-try-tried']
  const backendRefs = names.map((name, i) => ({ name, weight: [100 - weight, 0, weight][i] ?? 0 }))
  return {
    status: { phase: 'Degraded', message: 'InvalidSpec', conditions: conditions as never },
    life: { strategy: 'basic', other: 'routed', router: 'httpRoute' },
    spec: { strategy: { canary: {} } },
    trial: 'Successful',
    tried: 1,
    route: named(HTTP_ROUTE, { spec: { rules: [{ backendRefs }] } }),
  }
}

const tellsActive = (activeSelector: string): Stand => {
  const stand = previewed(V1, 2)
  return { ...stand, status: { ...stand.status, blueGreen: { activeSelector } } }
}

/** The second revision was given up. */
const ABORTED: RolloutStatus = {
  phase: 'Degraded',
  message: 'RolloutAborted',
  abort: true,
  currentPodHash: hashOf(V2),
}

const STUCK = 'Healthy, or an explained stop'
const RIGHT = 'at rest users are where the status says'
const TIDY = 'at rest nothing is left over'
const COUNTS = 'at rest the status counts what is there'

test.each<[what: string, stand: Stand]>([
  ['Healthy and whole', {}],
  ['stopped with a reason', { status: { phase: 'Paused', message: 'CanaryPauseStep' } }],
  ['at a pause without a time, at the weight of its step', atPause({}, 50)],
  ['with a status that tells the weights that stand', told(50)],
  ['with the name of a stable revision that is lost', told(50, hashOf(V2), 'gone')],
  ['a blue/green pause without a time', inBlueGreen(0)],
  ['a blue/green preview that waits for a person', previewed(V1, 2)],
  ['aborted, with nothing left', { status: ABORTED, others: 0 }],
  [
    'aborted without a delay, with the pods of the second revision',
    {
      status: { ...ABORTED, availableReplicas: 4, HPAReplicas: 4 },
      others: 2,
      life: { abortScaleDownDelaySeconds: 0 },
    },
  ],
  ['with an analysis that has ended', { run: 'Successful' }],
  ['with an experiment that has ended, and has no pods', { trial: 'Failed', tried: 0 }],
  [
    'with pods of an experiment to which a router that was left with a mistake sends users',
    leftWithAMistake(5),
  ],
  ['with all users on a Service that names no revision, where there is one alone', ofAll(0)],
  ['with an old revision that has no pods', { others: 0 }],
  [
    'restarted',
    { spec: { restartAt: '2026-08-01T12:00:00Z' }, status: { restartedAt: '2026-08-01T12:00:00Z' } },
  ],
])('rest is: %s', (_what, stand) => expect(standing(stand)).toBeUndefined())

test.each<[law: string, stand: Stand]>([
  [STUCK, { status: { phase: 'Progressing', message: 'more replicas need to be updated' } }],
  [STUCK, { status: { ...ABORTED, message: '' } }],
  [STUCK, { status: { phase: 'Degraded', message: 'ProgressDeadlineExceeded' } }],
  [STUCK, { status: { observedGeneration: '0' } }],
  [STUCK, atPause({ duration: 20 }, 50)],
  [STUCK, inBlueGreen(20)],
  [COUNTS, { status: { availableReplicas: 1 } }],
  [COUNTS, { status: { HPAReplicas: 4 } }],
  [RIGHT, { weight: 20 }],
  [RIGHT, previewed('demo:v0', 2)],
  [RIGHT, tellsActive(hashOf(V2))],
  [RIGHT, told(20)],
  [RIGHT, told(50, hashOf(V1))],
  [RIGHT, told(50, hashOf(V2), hashOf(V2))],
  [RIGHT, { selected: 'gone' }],
  [RIGHT, { beside: 'gone' }],
  [RIGHT, { status: { stableRS: 'gone' } }],
  [RIGHT, { status: ABORTED, others: 0, weight: 20 }],
  [RIGHT, { others: 1, status: { availableReplicas: 3, HPAReplicas: 3 } }],
  [RIGHT, { status: { currentPodHash: 'another' } }],
  [RIGHT, { available: 1, status: { availableReplicas: 1 } }],
  [RIGHT, { spec: { restartAt: '2026-08-01T12:00:00Z' } }],
  [RIGHT, { spec: { template: template(V2) } }],
  [RIGHT, atPause({}, 20)],
  [TIDY, { status: { promoteFull: true } }],
  [TIDY, { run: 'Running' }],
  [TIDY, { trial: 'Running' }],
  [TIDY, { trial: 'Successful', tried: 1 }],
  [TIDY, leftWithAMistake(0)],
  [RIGHT, ofAll(2)],
  [TIDY, { deadline: 0 }],
  [TIDY, { others: 0, spec: { revisionHistoryLimit: 0 } }],
  [TIDY, { status: { ...ABORTED, availableReplicas: 3, HPAReplicas: 3 }, others: 1 }],
])('%s: not with %o', (law, stand) => expect(standing(stand)).toBe(law))
