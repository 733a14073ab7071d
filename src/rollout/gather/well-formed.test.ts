// A Rollout as it can be relied on, read once for each spec that cannot change.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Rollout } from '../../api/rollout.ts'
import { deepFreeze } from '../../std/deep-freeze.suite.ts'
import { wellFormed } from './well-formed.ts'

const golden = new URL('../../../test/golden/invalid.json', import.meta.url)
const recorded = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, { manifest: Rollout }>

test('a frozen Rollout and one that is not are read alike, and again the same', () => {
  for (const [name, { manifest }] of Object.entries(recorded)) {
    const still = deepFreeze(structuredClone(manifest))
    const first = wellFormed(still)
    expect(first, name).toEqual(wellFormed(manifest))
    expect(wellFormed(still).spec, name).toBe(first.spec)
    expect(wellFormed({ ...still, status: { phase: 'Paused' } }).spec, name).toBe(first.spec)
    expect(Object.isFrozen(first.spec), name).toBe(true)
  }
})

test('a spec that can change is read each time', () => {
  const spec: Record<string, unknown> = { replicas: 3 }
  const rollout = { apiVersion: '', kind: '', metadata: { name: 'a' }, spec } as unknown as Rollout
  expect(wellFormed(rollout).spec.replicas).toBe(3)
  spec['replicas'] = 'many'
  expect(wellFormed(rollout).spec.replicas).toBeUndefined()
})
