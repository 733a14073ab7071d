// `replicaProgressThreshold`: so many pods of the canary are enough to go on.
import { expect, test } from 'vitest'
import type { CanaryStep } from '../../api/rollout.ts'
import { template } from '../model.suite.ts'
import type { Model } from '../model.suite.ts'
import { basicCanary, becomes, routedCanary, V1, V2 } from './canary.suite.ts'

const V3 = 'demo:v3'
const percent = (value: number) => ({ replicaProgressThreshold: { type: 'Percent', value } as const })
const pods = (value: number) => ({ replicaProgressThreshold: { type: 'Pods', value } as const })

/** All pods come, but of the second version so many at most. */
function settle(model: Model, most: number): void {
  for (let n = 0; n < 300; n++) {
    const changed = model.pass()
    const moved = [V1, V2, V3].filter(image => {
      const set = model.replicaSet(image)
      const replicas = set?.spec.replicas ?? 0
      const available = image === V2 ? Math.min(replicas, most) : replicas
      const { status = {} } = set ?? {}
      if (set === undefined || (status.replicas === replicas && status.availableReplicas === available))
        return false
      becomes(model, image, { replicas, available })
      return true
    })
    if (!changed && moved.length === 0) return
  }
  throw new Error('it does not come to rest')
}

test('who becomes stable with pods missing gets the stable Service, and the next image its weight', () => {
  const model = routedCanary({
    replicas: 10,
    stable: { replicas: 10 },
    canary: { replicas: 2 },
    step: 1,
    weight: 20,
    steps: [{ setWeight: 20 }, { pause: {} }],
    strategy: percent(80),
    status: { controllerPause: true, pauseConditions: [] },
  })
  settle(model, 8)
  expect(model.weight()).toBe(0)
  const rollout = model.rollout()
  model.put({ ...rollout, spec: { ...rollout.spec, template: template(V3) } } as never)
  settle(model, 8)
  expect([model.weight(), model.rollout().status?.currentStepIndex]).toEqual([20, 1])
})

test.each<readonly [string, readonly CanaryStep[], number]>([
  ['than its share has', [{ setWeight: 20 }, { pause: {} }], 5],
  ['than a step of none', [{ setCanaryScale: { replicas: 0 } }, { pause: {} }], 1],
])('more pods are asked for %s: all of the step are enough', (_, steps, value) => {
  const of = { replicas: 10, stable: { replicas: 10 }, canary: { replicas: 0 }, steps }
  const model = routedCanary({ ...of, strategy: pods(value) })
  settle(model, 10)
  expect(model.rollout().status?.currentStepIndex).toBe(1)
})

test('without a router it is counted of what the step asks for, not of the next size on the way there', () => {
  const strategy = { maxSurge: 1, maxUnavailable: 0, ...percent(50) }
  const stepOf = (available: number) => {
    const of = { replicas: 10, stable: { replicas: 9 }, canary: { replicas: 3, available } }
    const model = basicCanary({ ...of, steps: [{ setWeight: 50 }, { pause: {} }], strategy })
    model.pass()
    return model.rollout().status?.currentStepIndex
  }
  expect(stepOf(1)).toBe(0)
})

test('a number of pods is one of the canary: the stable side has as many as its users need', () => {
  const steps = [{ setWeight: 80 }, { pause: {} }, { setWeight: 20 }, { pause: {} }]
  const model = routedCanary({
    replicas: 10,
    stable: { replicas: 2 },
    canary: { replicas: 8 },
    step: 2,
    weight: 80,
    steps,
    strategy: { dynamicStableScale: true, ...pods(1) },
  })
  model.pass()
  expect(model.weight()).toBe(80)
})

test('a type that is called Pod counts pods, too', () => {
  const strategy = { replicaProgressThreshold: { type: 'Pod', value: 5 } as never }
  const of = { replicas: 20, stable: { replicas: 20 }, steps: [{ setWeight: 50 }, { pause: {} }], strategy }
  const weightWith = (available: number) => {
    const model = routedCanary({ ...of, canary: { replicas: 10, available } })
    model.pass()
    return model.weight()
  }
  expect([weightWith(1), weightWith(5)]).toEqual([0, 50])
})
