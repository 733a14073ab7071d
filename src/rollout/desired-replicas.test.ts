// The annotation `desired-replicas` follows spec.replicas on every ReplicaSet of a Rollout, and asks for no write
// otherwise.
import { describe, expect, test } from 'vitest'
import type { RolloutSpec } from '../api/rollout.ts'
import { DESIRED_REPLICAS } from '../api/words.ts'
import type { Write } from '../kube/write.ts'
import type { Model } from './model.suite.ts'
import { aModel, anIngress, aRollout, aService, template } from './model.suite.ts'

type Strategy = NonNullable<RolloutSpec['strategy']>

const routing = { nginx: { stableIngress: 'demo' } }
const services = { stableService: 'stable', canaryService: 'canary' }
const steps = [{ setWeight: 50 }, { pause: {} }]
const STRATEGIES: readonly [string, Strategy][] = [
  ['canary', { canary: { steps } }],
  ['routed canary', { canary: { steps, ...services, trafficRouting: routing } }],
  ['blue/green', { blueGreen: { activeService: 'active', autoPromotionEnabled: false } }],
]

function edit(model: Model, change: Partial<RolloutSpec>, status: object = {}): void {
  const rollout = model.rollout()
  const spec = { ...rollout.spec, ...change }
  model.put({ ...rollout, spec, status: { ...rollout.status, ...status } } as never)
}

/** Until nothing moves; gives all that was written. */
function rest(model: Model): readonly Write[] {
  const writes: Write[] = []
  for (let pass = 0; pass < 100; pass++) {
    model.now += 60_000
    if (!model.pass(write => void writes.push(write)) && !model.pods()) return writes
  }
  throw new Error('it goes round in circles')
}

function aLife(strategy: Strategy): { model: Model; writes: readonly Write[] } {
  const names = ['active', 'stable', 'canary']
  const model = aModel([
    aRollout('demo:v1', { strategy }),
    anIngress('stable'),
    ...names.map(name => aService(name)),
  ])
  const writes = [...rest(model)]
  for (const image of ['demo:v2', 'demo:v3']) {
    edit(model, { template: template(image) })
    writes.push(...rest(model))
    edit(model, {}, { pauseConditions: [] })
    writes.push(...rest(model))
  }
  expect(model.rollout().status?.phase).toBe('Healthy')
  return { model, writes }
}

const told = (model: Model) => model.replicaSets().map(one => one.metadata.annotations?.[DESIRED_REPLICAS])
const notes = (writes: readonly Write[]) =>
  writes.filter(write => write.why.startsWith('set desired-replicas'))

describe.each(STRATEGIES)('%s: desired-replicas', (_, strategy) => {
  test('asks for no write of its own while spec.replicas stays', () => {
    expect(notes(aLife(strategy).writes)).toEqual([])
  })

  test('follows spec.replicas also on old ReplicaSets without pods, with one write each', () => {
    const { model } = aLife(strategy)
    edit(model, { replicas: 5 })
    const writes = rest(model)
    expect(told(model)).toEqual(['5', '5', '5'])
    expect(notes(writes)).toHaveLength(2)
    expect(rest(model)).toEqual([])
  })

  test('follows it in the middle of an update, and when a person holds it', () => {
    const { model } = aLife(strategy)
    edit(model, { template: template('demo:v4') })
    rest(model)
    edit(model, { paused: true, replicas: 7 })
    rest(model)
    expect(told(model)).toEqual(['7', '7', '7', '7'])
    const sizes = model.replicaSets().map(one => one.spec.replicas ?? 0)
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(3)
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(7)
  })

  test('follows it after an abort', () => {
    const { model } = aLife(strategy)
    edit(model, { template: template('demo:v4') })
    rest(model)
    edit(model, {}, { abort: true })
    rest(model)
    edit(model, { replicas: 1 })
    rest(model)
    expect(told(model)).toEqual(['1', '1', '1', '1'])
  })

  test('follows it to 0 and back', () => {
    const { model } = aLife(strategy)
    edit(model, { replicas: 0 })
    rest(model)
    expect(told(model)).toEqual(['0', '0', '0'])
    edit(model, { replicas: 2 })
    rest(model)
    expect(told(model)).toEqual(['2', '2', '2'])
  })
})
