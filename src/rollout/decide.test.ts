// Decisions as stories, in the sentences of their writes.
import { describe, expect, test } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import type { Model } from './model.suite.ts'
import { aModel, anIngress, aReplicaSet, aRollout, aService, hashOf, NOW, rest } from './model.suite.ts'
import { stepsHash } from '../workload/steps-hash.ts'

const [V1, V2, V3] = ['demo:v1', 'demo:v2', 'demo:v3'] as const
const [H1, H2] = [hashOf(V1), hashOf(V2)]
const blueGreen = {
  blueGreen: { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false },
}

/** The sentences, with the names of images for hashes. */
function whys(model: Model): readonly string[] {
  const named = (text: string) =>
    [V1, V2, V3].reduce((all, image) => all.replaceAll(hashOf(image), image.slice(5)), text)
  return model.decide().writes.map(write => named(write.why))
}

describe('blue/green', () => {
  const atRest = () => {
    const model = aModel([aRollout(V1, { strategy: blueGreen }), aService('active'), aService('preview')])
    rest(model)
    return model
  }

  test('a first deployment is scaled once its ReplicaSet exists, and goes live when it is available', () => {
    const model = aModel([aRollout(V1, { strategy: blueGreen }), aService('active'), aService('preview')])
    expect(whys(model)).toEqual([
      'set the revision to 1',
      'create ReplicaSet demo-v1 for revision 1',
      'switch service preview to v1',
    ])
    model.pass()
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v1 from 0 to 2'])
    model.pass()
    expect(whys(model)).toEqual([])
    model.pods()
    expect(whys(model)).toEqual(['switch service active to v1'])
    rest(model)
    expect(model.rollout().status?.phase).toBe('Healthy')
  })

  test('a size that is not said is said, for autoscalers read nothing as 0', () => {
    const { replicas: _none, ...spec } = aRollout(V1, { strategy: blueGreen }).spec
    const model = aModel([{ ...aRollout(V1, {}), spec } as never, aService('active'), aService('preview')])
    expect(whys(model)[0]).toBe('set spec.replicas to 1')
    rest(model)
    expect(model.rollout().spec.replicas).toBe(1)
  })

  test('an update waits for a person, then switches, then lets the old pods go after their delay', () => {
    const model = atRest()
    model.put(aRollout(V2, { strategy: blueGreen }, model.rollout().status))
    expect(whys(model)).toEqual([
      'set the revision to 2',
      'create ReplicaSet demo-v2 for revision 2',
      'switch service preview to v2',
    ])
    rest(model)
    expect(model.rollout().status).toMatchObject({ phase: 'Paused', message: 'BlueGreenPause' })
    const { pauseConditions: _ended, ...resumed } = model.rollout().status ?? {}
    model.put({ ...model.rollout(), status: resumed } as never)
    expect(whys(model)).toEqual(['switch service active to v2'])
    model.pass()
    expect(whys(model)).toEqual(['set the scale-down deadline of ReplicaSet demo-v1 to 2026-08-01T12:00:30Z'])
    model.pass()
    expect(model.decide().waits).toEqual([
      { for: `scale-down deadline of demo-${H1}`, since: NOW, until: NOW + 30_000 },
    ])
    model.now += 30_000
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v1 from 2 to 0'])
  })

  test('an abort after the switch goes back as soon as the stable pods are there, whatever the new ones do', () => {
    const strategy = { blueGreen: { activeService: 'active', previewService: 'preview' } }
    const model = aModel([
      aRollout(V2, { strategy }, { ...promoted(H2), stableRS: H1, abort: true }),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, available: 1 }),
      aService('active', H2),
      aService('preview', H2),
    ])
    expect(whys(model)).toContain('switch service active to v1')
  })

  test('a stable ReplicaSet that somebody deleted is no reason to promote pods that are not there', () => {
    const model = aModel([
      aRollout(V2, { strategy: blueGreen }, { ...promoted(H2), stableRS: H1 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, available: 0 }),
      aService('active', H1),
      aService('preview', H2),
    ])
    model.pass()
    expect(model.rollout().status?.stableRS).toBe(H1)
  })

  test('no delay is no delay: old pods go at once', () => {
    const strategy = { blueGreen: { ...blueGreen.blueGreen, scaleDownDelaySeconds: 0 } }
    const model = aModel([
      aRollout(V2, { strategy }, promoted(H2)),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2 }),
      aService('active', H2),
      aService('preview', H2),
    ])
    expect(whys(model)).toContain('scale ReplicaSet demo-v1 from 2 to 0')
  })

  test('promoting before a timed promotion promotes', () => {
    const strategy = {
      blueGreen: { ...blueGreen.blueGreen, autoPromotionEnabled: true, autoPromotionSeconds: 60 },
    }
    const model = aModel([
      aRollout(V2, { strategy }, { ...promoted(H2), stableRS: H1, controllerPause: true }),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2 }),
      aService('active', H1),
      aService('preview', H2),
    ])
    expect(whys(model)).toContain('switch service active to v2')
  })

  test('an active Service that lost its selector goes to the stable revision, not to an unproven one', () => {
    const model = aModel([
      aRollout(V2, { strategy: blueGreen }, { ...promoted(H2), stableRS: H1 }),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2 }),
      aService('active'),
      aService('preview', H2),
    ])
    expect(whys(model)).toContain('switch service active to v1')
  })

  test('an active Service that somebody pointed at nothing goes to the stable revision', () => {
    const model = aModel([
      aRollout(V2, { strategy: blueGreen }, { ...promoted(H2), stableRS: H1 }),
      aReplicaSet({ image: V1, revision: 1, replicas: 2 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2 }),
      aService('active', 'bogus'),
      aService('preview', H2),
    ])
    expect(whys(model)).toContain('switch service active to v1')
  })
})

function promoted(hash: string, more: RolloutStatus = {}): RolloutStatus {
  return { currentPodHash: hash, stableRS: hash, observedGeneration: '1', blueGreen: {}, canary: {}, ...more }
}

const STEPS = [{ setWeight: 40 }, { pause: {} }, { setWeight: 80 }, { pause: { duration: 10 } }]
const routed: RolloutSpec['strategy'] = {
  canary: {
    steps: STEPS,
    stableService: 'stable',
    canaryService: 'canary',
    trafficRouting: { nginx: { stableIngress: 'demo' } },
  },
}

describe('an abort beside a full promotion', () => {
  const asked = { currentPodHash: H2, stableRS: H1, abort: true, promoteFull: true }
  const of = (more: RolloutStatus) =>
    aModel([
      aRollout(V2, { replicas: 5, strategy: routed }, { ...promoted(H2, asked), ...more }),
      aReplicaSet({ image: V1, revision: 1, replicas: 5 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 5 }),
      aService('stable', H1),
      aService('canary', H2),
      anIngress('stable'),
    ])
  const steps = { currentStepHash: stepsHash(STEPS), currentStepIndex: 1 }

  test('is the newer word until a status tells of it', () => {
    const { status } = of(steps).decide()
    expect([status?.abort, status?.stableRS]).toEqual([true, H1])
  })

  test('gives way to one that came after it', () => {
    const { status } = of({ ...steps, abortedAt: '2026-08-01T11:00:00Z' }).decide()
    expect([status?.abort, status?.stableRS]).toEqual([undefined, H2])
  })
})

describe('a canary with a router', () => {
  test('a new image in the middle takes the weight away before the canary Service moves', () => {
    const weights = {
      canary: { weight: 40, serviceName: 'canary', podTemplateHash: H2 },
      stable: { weight: 60, serviceName: 'stable', podTemplateHash: H1 },
    }
    const status = promoted(hashOf(V3), { stableRS: H1, currentStepIndex: 0, canary: { weights } })
    const model = aModel([
      aRollout(V3, { replicas: 5, strategy: routed }, { ...status, currentStepHash: stepsHash(STEPS) }),
      aReplicaSet({ image: V1, revision: 1, replicas: 5 }),
      aReplicaSet({ image: V2, revision: 2, replicas: 2, desired: 5 }),
      aReplicaSet({ image: V3, revision: 3, replicas: 1, desired: 5 }),
      aService('stable', H1),
      aService('canary', H2),
      anIngress('stable'),
    ])
    expect(whys(model).slice(1)).toEqual([
      'set the weight of canary Ingress demo-demo-canary to 0',
      'switch service canary to v3',
      'scale ReplicaSet demo-v3 from 1 to 2',
    ])
  })
})
