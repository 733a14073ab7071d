// Decisions as stories, in the sentences of their writes; and from any state: nothing unsafe is ever written,
// and the world comes to rest.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { REPLICA_SET } from '../kube/kinds.ts'
import type { Write } from '../kube/write.ts'
import type { Model } from './model.suite.ts'
import { aModel, anIngress, aReplicaSet, aRollout, aService, hashOf, NOW } from './model.suite.ts'
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

/** Passes and pods, until nothing moves. */
function rest(model: Model, check?: (write: Write, model: Model) => void): void {
  for (let pass = 0; pass < 300; pass++) {
    if (!model.pass(check) && !model.pods()) return
  }
  throw new Error(
    `it goes round in circles: ${model
      .decide()
      .writes.map(write => write.why)
      .join('; ')}`,
  )
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
      'remember revision 1',
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
    expect(whys(model)[0]).toBe('say that 1 pod is wanted')
    rest(model)
    expect(model.rollout().spec.replicas).toBe(1)
  })

  test('an update waits for a person, then switches, then lets the old pods go after their delay', () => {
    const model = atRest()
    model.put(aRollout(V2, { strategy: blueGreen }, model.rollout().status))
    expect(whys(model)).toEqual([
      'remember revision 2',
      'create ReplicaSet demo-v2 for revision 2',
      'switch service preview to v2',
    ])
    rest(model)
    expect(model.rollout().status).toMatchObject({ phase: 'Paused', message: 'BlueGreenPause' })
    const { pauseConditions: _ended, ...resumed } = model.rollout().status ?? {}
    model.put({ ...model.rollout(), status: resumed } as never)
    expect(whys(model)).toEqual(['switch service active to v2'])
    model.pass()
    expect(whys(model)).toEqual(['let ReplicaSet demo-v1 go at 2026-08-01T12:00:30Z'])
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

interface Scene {
  readonly strategy: 'blueGreen' | 'basic' | 'routed' | 'dynamic'
  readonly replicas: number
  readonly sets: readonly { spec: number; available: number; exists: boolean; deadline: boolean }[]
  readonly wanted: number
  readonly stable: number
  readonly recorded: number
  readonly step: number
  readonly services: readonly (number | undefined)[]
  readonly weight: number
  readonly weighs: number
  readonly abort: boolean
  readonly paused: boolean
  readonly full: boolean
  readonly pause: 'none' | 'waiting' | 'resumed'
}

const scene: fc.Arbitrary<Scene> = fc.record({
  strategy: fc.constantFrom('blueGreen', 'basic', 'routed', 'dynamic'),
  replicas: fc.integer({ min: 0, max: 5 }),
  sets: fc.array(
    fc.record({
      spec: fc.integer({ min: 0, max: 6 }),
      available: fc.integer({ min: 0, max: 6 }),
      exists: fc.boolean(),
      deadline: fc.boolean(),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  wanted: fc.integer({ min: 0, max: 2 }),
  stable: fc.integer({ min: -1, max: 2 }),
  recorded: fc.integer({ min: -1, max: 2 }),
  step: fc.integer({ min: 0, max: 4 }),
  services: fc.array(fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }), {
    minLength: 2,
    maxLength: 2,
  }),
  weight: fc.constantFrom(0, 40, 80, 100),
  weighs: fc.integer({ min: 0, max: 2 }),
  abort: fc.boolean(),
  paused: fc.boolean(),
  full: fc.boolean(),
  pause: fc.constantFrom('none', 'waiting', 'resumed'),
})

const IMAGES = [V1, V2, V3]

function modelOf(one: Scene): Model {
  const image = (index: number) => IMAGES[index] ?? V1
  const hash = (index: number) => (index < 0 ? undefined : hashOf(image(index)))
  const isRouted = one.strategy === 'routed' || one.strategy === 'dynamic'
  const strategy = strategyOf(one)
  const reason = one.strategy === 'blueGreen' ? 'BlueGreenPause' : 'CanaryPauseStep'
  const pauses = one.pause === 'waiting' ? [{ reason, startTime: '2026-08-01T11:59:55Z' } as const] : []
  const stableHash = hash(one.stable)
  const status: RolloutStatus = {
    observedGeneration: '1',
    blueGreen: {},
    canary: isRouted && stableHash !== undefined ? { weights: weightsOf(one, stableHash) } : {},
    ...(hash(one.recorded) === undefined ? {} : { currentPodHash: hash(one.recorded) as string }),
    ...(stableHash === undefined ? {} : { stableRS: stableHash }),
    ...(one.strategy === 'blueGreen'
      ? {}
      : { currentStepHash: stepsHash(STEPS), currentStepIndex: one.step }),
    ...(one.abort ? { abort: true } : {}),
    ...(one.full ? { promoteFull: true } : {}),
    ...(one.pause === 'none' ? {} : { controllerPause: true, pauseConditions: pauses }),
  }
  const sets = one.sets.flatMap(({ exists, spec, available, deadline }, i) =>
    exists
      ? [
          aReplicaSet({
            image: image(i),
            revision: i + 1,
            replicas: spec,
            available: Math.min(spec, available),
            desired: one.replicas,
            deadline: deadline ? NOW + 5000 : undefined,
          }),
        ]
      : [],
  )
  const [first, second] = one.strategy === 'blueGreen' ? ['active', 'preview'] : ['stable', 'canary']
  const spec = { replicas: one.replicas, strategy, ...(one.paused ? { paused: true } : {}) }
  return aModel([
    aRollout(image(one.wanted), spec as Partial<RolloutSpec>, status),
    ...sets,
    aService(first as string, one.services[0] === undefined ? undefined : hash(one.services[0])),
    aService(second as string, one.services[1] === undefined ? undefined : hash(one.services[1])),
    anIngress('stable'),
    ...(isRouted && one.weight > 0 ? [canaryIngress(one.weight)] : []),
  ])
}

function strategyOf({ strategy }: Scene): RolloutSpec['strategy'] {
  if (strategy === 'blueGreen')
    return { blueGreen: { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false } }
  const services = { stableService: 'stable', canaryService: 'canary' }
  if (strategy === 'basic') return { canary: { steps: STEPS, ...services } }
  const { canary } = routed as NonNullable<RolloutSpec['strategy']>
  return { canary: { ...canary, ...(strategy === 'dynamic' ? { dynamicStableScale: true } : {}) } }
}

function weightsOf({ weight, weighs }: Scene, stable: string) {
  return {
    canary: { weight, serviceName: 'canary', podTemplateHash: hashOf(IMAGES[weighs] ?? V1) },
    stable: { weight: 100 - weight, serviceName: 'stable', podTemplateHash: stable },
  }
}

function canaryIngress(weight: number) {
  const made = anIngress('canary')
  return {
    ...made,
    metadata: {
      ...made.metadata,
      name: 'demo-demo-canary',
      uid: 'canary-ingress',
      annotations: {
        'nginx.ingress.kubernetes.io/canary': 'true',
        'nginx.ingress.kubernetes.io/canary-weight': String(weight),
      },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'demo',
          uid: 'rollout',
          controller: true,
        },
      ],
    },
  }
}

const selected = (model: Model, service: string) => model.service(service)?.spec.selector?.[POD_TEMPLATE_HASH]
const setOf = (model: Model, hash: string | undefined) =>
  model.replicaSets().find(one => one.metadata.labels?.[POD_TEMPLATE_HASH] === hash)
const availableIn = (model: Model, hash: string | undefined) =>
  setOf(model, hash)?.status?.availableReplicas ?? 0

/** What must hold of every single write, judged on the world just before it. */
function isSafe(write: Write, model: Model): void {
  if (write.verb !== 'patch' && write.verb !== 'create') return
  const name = write.verb === 'patch' ? write.target.name : write.object.metadata.name
  if (write.why.startsWith('switch service') && name !== 'preview') {
    const to = write.why.split(' ').at(-1)
    const { replicas = 1 } = model.rollout().spec
    if (replicas > 0) expect(availableIn(model, to), write.why).toBeGreaterThan(0)
  }
  const weight = /set the weight of canary Ingress .* to (\d+)/.exec(write.why)?.[1]
  if (weight !== undefined && Number(weight) > model.weight()) {
    expect(availableIn(model, selected(model, 'canary')), write.why).toBeGreaterThan(0)
  }
  const hasPods = (model.rollout().spec.replicas ?? 1) > 0
  if (hasPods && write.verb === 'patch' && write.target.kind === REPLICA_SET && write.why.endsWith(' to 0')) {
    const hash = name.slice('demo-'.length)
    expect(selected(model, 'active'), write.why).not.toBe(hash)
    if (model.weight() > 0) expect(selected(model, 'canary'), write.why).not.toBe(hash)
  }
}

describe('from any state', () => {
  test('no write makes the world unsafe, it comes to rest, and there it is quiet', () => {
    fc.assert(
      fc.property(scene, one => {
        const model = modelOf(one)
        for (let turn = 0; turn < 40; turn++) {
          rest(model, isSafe)
          const next = (model.decide().waits ?? []).flatMap(wait => wait.until ?? [])
          const later = next.filter(at => at > model.now && at < model.now + 120_000)
          if (later.length === 0) break
          model.now = Math.min(...later)
        }
        const { status } = model.rollout()
        expect(model.decide().writes.map(write => write.why)).toEqual([])
        const isEnd = ['Healthy', 'Paused', 'Degraded'].includes(status?.phase ?? '')
        const waits = model.decide().waits ?? []
        expect(isEnd || waits.length > 0, `${status?.phase}: ${status?.message}`).toBe(true)
        isRightAtRest(model, one)
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    )
  })
})

/** Aborted or promoted: users are on the stable revision, whole, and nobody is sent elsewhere. */
function isRightAtRest(model: Model, one: Scene): void {
  const { spec, status } = model.rollout()
  const stable = status?.stableRS
  if (status?.abort !== true && status?.phase !== 'Healthy') return
  const isThere = setOf(model, stable) !== undefined
  if (!isThere || (spec.replicas ?? 1) === 0 || spec.paused === true) return
  expect(availableIn(model, stable)).toBeGreaterThanOrEqual(spec.replicas ?? 1)
  if (one.strategy === 'blueGreen') expect(selected(model, 'active')).toBe(stable)
  else expect(model.weight()).toBe(0)
}
