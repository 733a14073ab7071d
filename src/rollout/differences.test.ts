// Where ours is meant to be better than the controller that people use today: one story for each row of
// docs/COMPAT.md that is about decisions.
import { describe, expect, test } from 'vitest'
import type { CanaryStrategy, RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { KubeObject } from '../kube/object.ts'
import { printInstant } from '../std/instant.ts'
import { stepsHash } from '../workload/steps-hash.ts'
import type { Model } from './model.suite.ts'
import {
  aModel,
  anIngress,
  aPod,
  aReplicaSet,
  aRollout,
  aService,
  aTemplate,
  hashOf,
  NOW,
  rest,
  template,
} from './model.suite.ts'

const [V1, V2] = ['demo:v1', 'demo:v2'] as const
const [H1, H2] = [hashOf(V1), hashOf(V2)]
const STEPS = [{ setWeight: 40 }, { pause: {} }, { setWeight: 80 }, { setWeight: 20 }, { pause: {} }]
const services = { stableService: 'stable', canaryService: 'canary' }
const basic: RolloutSpec['strategy'] = { canary: { steps: STEPS } }
const routed: RolloutSpec['strategy'] = {
  canary: { steps: STEPS, ...services, trafficRouting: { nginx: { stableIngress: 'demo' } } },
}

function whys(model: Model): readonly string[] {
  const named = (text: string) => text.replaceAll(H1, 'v1').replaceAll(H2, 'v2')
  return model.decide().writes.map(write => named(write.why))
}

const updating = (more: RolloutStatus = {}): RolloutStatus => ({
  currentPodHash: H2,
  currentStepHash: stepsHash(STEPS),
  stableRS: H1,
  observedGeneration: '1',
  blueGreen: {},
  canary: {},
  ...more,
})

const weights = (weight: number, hash = H2) => ({
  weights: {
    canary: { weight, serviceName: 'canary', podTemplateHash: hash },
    stable: { weight: 100 - weight, serviceName: 'stable', podTemplateHash: H1 },
  },
})

describe('differences on purpose', () => {
  test('a preview that has passed its check keeps its pods, paused or not', () => {
    const strategy = {
      blueGreen: { activeService: 'active', previewReplicaCount: 1, autoPromotionEnabled: false },
    }
    const status = updating({
      blueGreen: { activeSelector: H1, scaleUpPreviewCheckPoint: true },
      currentStepHash: '',
    })
    const model = aModel([
      aRollout(V2, { replicas: 3, strategy, paused: true }, status),
      aReplicaSet({ image: V1, revision: 1, replicas: 3 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 3 }),
      aService('active', H1),
    ])
    expect(whys(model).filter(why => why.startsWith('scale'))).toEqual([])
  })

  test('a canary that a person paused follows a change of spec.replicas', () => {
    const model = aModel([
      aRollout(V2, { replicas: 10, strategy: basic, paused: true }, updating({ currentStepIndex: 1 })),
      aReplicaSet({ image: V1, revision: 1, replicas: 3, desired: 5 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, desired: 5 }),
    ])
    expect(whys(model)).toContain('scale ReplicaSet demo-v1 from 3 to 6')
  })

  test('a change of spec.replicas does not hold Services and routes back', () => {
    const strategy = { blueGreen: { activeService: 'active', previewService: 'preview' } }
    const model = aModel([
      aRollout(V2, { replicas: 2, strategy }, updating({ currentStepHash: '' })),
      aReplicaSet({ image: V1, revision: 1, replicas: 2, desired: 1 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2 }),
      aService('active', H1),
      aService('preview', H1),
    ])
    expect(whys(model)).toEqual(
      expect.arrayContaining([
        'switch service preview to v2',
        'set desired-replicas of ReplicaSet demo-v1 to 2',
      ]),
    )
  })

  test("an aborted canary's Service goes to the stable revision, and stays there", () => {
    const model = aModel([
      aRollout(V2, { replicas: 5, strategy: routed }, updating({ abort: true, canary: weights(40) })),
      aReplicaSet({ image: V1, revision: 1, replicas: 5 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, desired: 5 }),
      aService('stable', H1),
      aService('canary', H2),
      anIngress('stable'),
    ])
    expect(whys(model)).toContain('switch service canary to v1')
    for (let pass = 0; pass < 5; pass++) model.pass()
    expect(whys(model).filter(why => why.startsWith('switch'))).toEqual([])
  })

  test('an aborted canary gives its traffic back although a stable pod is missing', () => {
    const model = aModel([
      aRollout(V2, { replicas: 5, strategy: routed }, updating({ abort: true, canary: weights(40) })),
      aReplicaSet({ image: V1, revision: 1, replicas: 5, available: 4 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, desired: 5 }),
      aService('stable', H1),
      aService('canary', H2),
      anIngress('stable'),
    ])
    expect(whys(model)).toContain('set the weight of canary Ingress demo-demo-canary to 0')
  })

  test('weight goes before the pods do', () => {
    const model = aModel([
      aRollout(V2, { replicas: 5, strategy: routed }, updating({ currentStepIndex: 3, canary: weights(80) })),
      aReplicaSet({ image: V1, revision: 1, replicas: 5 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 4, desired: 5 }),
      aService('stable', H1),
      aService('canary', H2),
      anIngress('stable'),
    ])
    expect(whys(model).slice(1)).toEqual(['set the weight of canary Ingress demo-demo-canary to 20'])
    model.pass()
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v2 from 4 to 1'])
  })

  test('metadata of a role goes when its block is deleted', () => {
    const plain = aReplicaSet({ image: V1, revision: 1, replicas: 2 })
    const annotations = {
      ...plain.metadata.annotations,
      'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"stable"}}',
    }
    const model = aModel([
      aRollout(
        V1,
        { strategy: { canary: {} } },
        updating({ currentPodHash: H1, currentStepHash: '5ffbfbbd64' }),
      ),
      { ...plain, metadata: { ...plain.metadata, annotations } },
    ])
    expect(whys(model)).toContain('dress ReplicaSet demo-v1 for its role')
  })

  test('an abort of what is promoted is taken back, not reported', () => {
    const model = aModel([
      aRollout(
        V1,
        { strategy: { canary: {} } },
        updating({ currentPodHash: H1, currentStepHash: '5ffbfbbd64', abort: true }),
      ),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
    ])
    model.pass()
    expect(model.rollout().status).toMatchObject({ phase: 'Healthy' })
    expect(model.rollout().status?.abort).toBeUndefined()
  })

  test('a Service that the strategy no longer names selects by its own labels again', () => {
    const model = aModel([
      aRollout(
        V1,
        { strategy: { canary: {} } },
        updating({ currentPodHash: H1, currentStepHash: '5ffbfbbd64' }),
      ),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aService('active', H1),
    ])
    model.pass()
    expect(model.service('active')?.spec.selector).toEqual({ app: 'demo' })
  })

  test('what is not supported is said, and nothing moves', () => {
    const strategy: RolloutSpec['strategy'] = {
      canary: { steps: [{ plugin: { name: 'example/step' } }] },
    }
    const model = aModel([aRollout(V1, { strategy })])
    expect(whys(model)).toEqual([])
    model.pass()
    expect(model.rollout().status).toMatchObject({ phase: 'Degraded' })
    expect(model.rollout().status?.message).toContain('this controller does not support plugin steps')
  })

  test('a step that the router cannot do is said, and nothing moves', () => {
    const canary: CanaryStrategy = {
      ...services,
      steps: [{ setHeaderRoute: { name: 'testers' } }, { pause: {} }],
      trafficRouting: {
        managedRoutes: [{ name: 'testers' }],
        plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'demo' } },
      },
    }
    const model = aModel([aRollout(V1, { strategy: { canary } }), aService('stable'), aService('canary')])
    expect(whys(model)).toEqual([])
    model.pass()
    expect(model.rollout().status).toMatchObject({ phase: 'Degraded' })
    expect(model.rollout().status?.message).toContain(
      'spec.strategy.canary.steps[0].setHeaderRoute: Invalid value: "testers": the router GatewayAPI sets no header',
    )
  })

  test('an analysis with a metric that is not supported is said, and nothing moves', () => {
    const other = { metrics: [{ name: 'up', provider: { graphite: { query: 'up' } } }] }
    const strategy = { canary: { steps: [{ analysis: { templates: [{ templateName: 'up' }] } }] } }
    const model = aModel([aRollout(V1, { strategy }), aTemplate('up', other)])
    expect(whys(model)).toEqual([])
    model.pass()
    expect(model.rollout().status?.message).toContain(
      'does not support the metric provider graphite yet; use job',
    )
  })

  test('a restart evicts broken pods at once and others within the budget', () => {
    const set = aReplicaSet({ image: V1, revision: 1, replicas: 4, available: 3 })
    const status = updating({ currentPodHash: H1, currentStepHash: '5ffbfbbd64' })
    const spec = { replicas: 4, strategy: { canary: {} }, restartAt: '2026-08-01T11:59:00Z' }
    const model = aModel([
      aRollout(V1, spec, status),
      set,
      ...[true, true, true, false].map((ready, i) => aPod(`pod-${i}`, { of: set, ready })),
    ])
    expect(whys(model).filter(why => why.startsWith('restart'))).toEqual(['restart pod pod-3'])
    model.put({ ...set, status: { replicas: 4, readyReplicas: 4, availableReplicas: 4 } } as never)
    model.put(aPod('pod-3', { of: set, ready: true }))
    expect(whys(model).filter(why => why.startsWith('restart'))).toEqual(['restart pod pod-0'])
  })

  test('a restart does not wait for a preview that is broken', () => {
    const sets = [
      aReplicaSet({ image: V1, revision: 1, replicas: 4 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 4, available: 0 }),
    ] as const
    const strategy = { blueGreen: { activeService: 'active', autoPromotionEnabled: false } }
    const spec = { replicas: 4, strategy, restartAt: '2026-08-01T11:59:00Z' }
    const status = updating({ currentPodHash: hashOf(V2), stableRS: H1, blueGreen: { activeSelector: H1 } })
    const pods = [0, 1, 2, 3].map(nth => aPod(`pod-${nth}`, { of: sets[0], ready: true }))
    const model = aModel([aRollout(V2, spec, status), ...sets, ...pods, aService('active', H1)])
    expect(whys(model).filter(why => why.startsWith('restart'))).toEqual(['restart pod pod-0'])
  })

  test('a restart that is planned for later is still to come after another image', () => {
    const restartAt = printInstant(NOW + 3_600_000)
    const model = aModel([aRollout(V1, { strategy: { canary: {} } })])
    rest(model)
    const rollout = model.rollout()
    model.put({ ...rollout, spec: { ...rollout.spec, restartAt, template: template(V2) } } as never)
    rest(model)
    expect(model.rollout().status?.restartedAt).not.toBe(restartAt)
    model.now = NOW + 3_600_000
    rest(model)
    expect(model.rollout().status?.restartedAt).toBe(restartAt)
  })

  test('a restart leaves each revision that has several pods one that is ready', () => {
    const sets = [
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, desired: 4 }),
    ]
    const canary = { maxUnavailable: 4, steps: [{ setWeight: 50 }, { pause: {} }] }
    const spec = { replicas: 4, strategy: { canary }, restartAt: '2026-08-01T11:59:00Z' }
    const status = updating({ currentPodHash: hashOf(V2), stableRS: H1, currentStepIndex: 1 })
    const pods = sets.flatMap((of, i) => [0, 1].map(nth => aPod(`pod-${i}-${nth}`, { of, ready: true })))
    const known = { ...status, currentStepHash: stepsHash(canary.steps) }
    const model = aModel([aRollout(V2, spec, known), ...sets, ...pods])
    expect(whys(model).filter(why => why.startsWith('restart'))).toEqual([
      'restart pod pod-0-0',
      'restart pod pod-1-0',
    ])
  })

  const TAKEN = 'canary ingress `demo-demo-canary` controlled by different object'
  const foreign = {
    ...anIngress('canary'),
    metadata: { ...anIngress('canary').metadata, name: 'demo-demo-canary', uid: 'foreign' },
  }
  const besideForeign = () =>
    aModel([
      aRollout(V1, { strategy: routed }),
      aService('stable'),
      aService('canary'),
      anIngress('stable'),
      foreign,
    ])
  const setImage = (model: Model, image: string) => {
    const now = model.rollout()
    model.put({ ...now, spec: { ...now.spec, template: template(image) } } as KubeObject)
  }

  test('a route of ours that belongs to somebody else is reported', () => {
    const model = besideForeign()
    const told: string[] = []
    for (let pass = 0; pass < 9; pass++) {
      model.pass()
      model.pods()
      told.push(
        ...(model.decided()?.events ?? []).filter(one => one.message === TAKEN).map(one => one.reason),
      )
    }
    expect(model.rollout().status).toMatchObject({
      message: expect.stringContaining(TAKEN),
      availableReplicas: 2,
    })
    expect(told, 'in one Event').toEqual(['TrafficRoutingError'])
  })

  test('a name that is taken holds up the next revision, not the first one', () => {
    const model = besideForeign()
    rest(model)
    expect(model.replicaSets().map(one => one.spec.replicas)).toEqual([2])
    setImage(model, V2)
    rest(model)
    expect(model.replicaSets().map(one => one.spec.replicas)).toEqual([2])
    model.remove({ kind: INGRESS, namespace: 'shop', name: 'demo-demo-canary' })
    rest(model)
    expect(model.replicaSets().length).toBe(2)
    expect(model.rollout().status?.message).not.toContain(TAKEN)
  })
})
