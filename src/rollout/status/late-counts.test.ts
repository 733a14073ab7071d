// What a status may be late with, and what never.
import { describe, expect, test } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { equal } from '../../std/equal.ts'
import type { Model } from '../model.suite.ts'
import { aModel, aRollout, aService } from '../model.suite.ts'

/** The fields of the status that a decision changes, and whether all of them may be late. */
function reported(model: Model) {
  const { status, lazyStatus = [] } = model.decide()
  const [before, next] = [model.rollout().status ?? {}, status as RolloutStatus]
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])] as (keyof RolloutStatus)[]
  const fields = names.filter(name => !equal(before[name], next[name]))
  return { fields: fields.toSorted(), isLate: fields.every(name => lazyStatus.includes(name)) }
}

/** A first deployment whose pods are about to start. */
function starting(spec: Partial<RolloutSpec> = {}) {
  const strategy = { blueGreen: { activeService: 'active' } }
  const model = aModel([aRollout('demo:v1', { strategy, ...spec }), aService('active')])
  model.pass()
  model.pass()
  const counted = (replicas: number, available: number) => {
    const [set] = model.replicaSets()
    model.put({
      ...set,
      status: { replicas, readyReplicas: available, availableReplicas: available },
    } as never)
  }
  const edited = (more: Partial<RolloutSpec>) => {
    const rollout = model.rollout()
    const generation = (rollout.metadata.generation ?? 0) + 1
    const metadata = { ...rollout.metadata, generation }
    model.put({ ...rollout, metadata, spec: { ...rollout.spec, ...more } } as never)
  }
  return { model, counted, edited }
}

describe('late with a status', () => {
  test('are counts, and what follows from counts alone', () => {
    const { model, counted } = starting()
    counted(1, 0)
    const first = ['HPAReplicas', 'conditions', 'replicas', 'updatedReplicas']
    expect(reported(model)).toEqual({ fields: first, isLate: true })
    counted(2, 1)
    model.now += 2000
    const counts = ['HPAReplicas', 'availableReplicas', 'readyReplicas', 'replicas', 'updatedReplicas']
    expect(reported(model)).toEqual({ fields: [...counts, 'conditions', 'message'].toSorted(), isLate: true })
  })

  test('is not a phase', () => {
    const { model, counted } = starting()
    counted(2, 2)
    expect(reported(model)).toMatchObject({ isLate: false })
    expect(model.decide().status).toMatchObject({ phase: 'Healthy' })
  })

  test('is not that the progress deadline has passed', () => {
    const { model } = starting({ progressDeadlineSeconds: 5 })
    model.now += 5001
    expect(reported(model)).toMatchObject({ isLate: false })
    expect(model.decide().status).toMatchObject({ phase: 'Degraded' })
  })

  test('is not a change of spec.replicas', () => {
    const { model, counted, edited } = starting()
    counted(1, 0)
    edited({ replicas: 3 })
    expect(reported(model)).toMatchObject({ isLate: false })
    expect(reported(model).fields).toContain('observedGeneration')
  })

  test('is not a condition that says something new', () => {
    const { model, counted } = starting()
    counted(1, 0)
    const [set] = model.replicaSets()
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }
    model.put({ ...set, status: { ...set?.status, conditions: [failure] } } as never)
    expect(reported(model)).toMatchObject({ isLate: false })
  })
})
