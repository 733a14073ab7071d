// The sweep leaves out no write of an update and no mishap, and some of its lives are played.
import { expect, test } from 'vitest'
import { playLife } from '../../src/sim/lives/life.ts'
import { sweepOf } from './sweep.ts'
import { nameOf, scenarioOf } from './part.ts'

const SPECS = [3, 20_004]

test('each mishap happens at each write of an update, once', () => {
  for (const seed of SPECS) {
    const all = sweepOf(seed)
    const faults = all.map(one => JSON.stringify(scenarioOf(nameOf(one)).faults))
    expect(new Set(faults).size).toBe(all.length)
    const writes = playLife({ ...scenarioOf(`${seed}:0:0`), faults: [] }).writes
    expect(new Set(all.map(one => one.write))).toEqual(new Set(Array.from({ length: writes }, (_, i) => i)))
  }
})

test('a part of it finds nothing unsafe, and nothing stuck', () => {
  const some = SPECS.flatMap(sweepOf).filter((_, i) => i % 149 === 0)
  const failed = some.flatMap(one => {
    const { failure } = playLife(scenarioOf(nameOf(one)))
    return failure === undefined ? [] : [{ life: nameOf(one), ...failure }]
  })
  expect(some.length).toBeGreaterThan(20)
  expect(failed).toEqual([])
})
