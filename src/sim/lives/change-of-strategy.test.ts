// Lives in which somebody asks for another strategy: they are judged by the one that stands, and by a router that was
// left as long as it has users.
import { expect, test } from 'vitest'
import { canaryIngress } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf } from '../../rollout/model.suite.ts'
import { REPLICA_SET } from '../../kube/kinds.ts'
import { asStands, furniture, rolloutOf, sound, strategyOf } from './furniture.ts'
import { broken } from './judge.ts'
import type { LifeSpec } from './scenario.ts'
import { PLAIN, sightWith } from './sight.suite.ts'
import { after } from './sight.ts'

const SPEC: LifeSpec = { ...PLAIN, replicas: 4, strategy: 'routed', other: 'blueGreen' }
const STRATEGIES = ['blueGreen', 'basic', 'routed', 'dynamic'] as const

test.each(STRATEGIES)('a life stands as its Rollout does: %s', strategy => {
  expect(asStands(SPEC, rolloutOf({ ...SPEC, strategy })).strategy).toBe(strategy)
  const { other: _, ...alone } = SPEC
  expect(asStands(alone, rolloutOf({ ...SPEC, strategy })).strategy).toBe('routed')
})

test('what both strategies name stands there, and each once', () => {
  const names = furniture(SPEC).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  expect(names.toSorted()).toEqual([
    'Ingress demo',
    'Service active',
    'Service canary',
    'Service preview',
    'Service stable',
  ])
})

test('another strategy is asked for without what it does not allow', () => {
  const steps = [{ setCanaryScale: { replicas: 1 } }, { setWeight: 20 }]
  const spec: LifeSpec = { ...SPEC, steps, scaleDownDelaySeconds: 5 }
  expect(strategyOf(sound({ ...spec, strategy: 'basic' })).canary?.steps).toEqual([{ setWeight: 20 }])
  expect(strategyOf(sound({ ...spec, strategy: 'dynamic' })).canary?.scaleDownDelaySeconds).toBeUndefined()
  expect(strategyOf(sound({ ...spec, strategy: 'routed' })).canary?.steps).toEqual(steps)
})

function lawOf(weight: number, replicas: number): string | undefined {
  const strategy = strategyOf({ ...SPEC, strategy: 'blueGreen' })
  const status = { stableRS: hashOf('demo:v1'), currentPodHash: hashOf('demo:v2') }
  const before = sightWith([
    aRollout('demo:v2', { replicas: 4, strategy }, status),
    aReplicaSet({ image: 'demo:v1', revision: 1, replicas: 4 }),
    aReplicaSet({ image: 'demo:v2', revision: 2, replicas: 2 }),
    aService('stable', hashOf('demo:v1')),
    aService('canary', hashOf('demo:v2')),
    aService('active', hashOf('demo:v1')),
    canaryIngress(weight),
  ])
  const target = { kind: REPLICA_SET, namespace: 'shop', name: `demo-${hashOf('demo:v2')}` }
  const write = { verb: 'patch', target, patch: { spec: { replicas } }, why: 'a write' } as const
  const spec: LifeSpec = { ...SPEC, strategy: 'blueGreen' }
  return broken({ spec, write, before, after: after(before, write) })?.law
}

test('nothing is taken from users of a router that was left', () => {
  expect(lawOf(50, 1)).toBe('nothing is removed that still gets traffic')
  expect(lawOf(50, 3)).toBeUndefined()
  expect(lawOf(0, 1)).toBeUndefined()
})
