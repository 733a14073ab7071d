// Anti-affinity that is put into the new ReplicaSet's template, and found again.
import { expect, test } from 'vitest'
import type { PodSpec } from '../kube/core.ts'
import { withAntiAffinity, withoutAntiAffinity } from './anti-affinity.ts'

const LABEL = 'rollouts-pod-template-hash'
const target = { hashLabel: LABEL, stableHash: 'abc', namespace: 'shop' }
const bare: PodSpec = { containers: [] }
const own = {
  podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'x' } } },
  weight: 1,
}
const users: PodSpec = {
  containers: [],
  affinity: {
    nodeAffinity: { a: 1 },
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [own] },
  },
}

test('a required rule keeps pods off the nodes of the stable ones', () => {
  const rule = { requiredDuringSchedulingIgnoredDuringExecution: {} }
  expect(withAntiAffinity(bare, rule, target).affinity).toEqual({
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          labelSelector: { matchExpressions: [{ key: LABEL, operator: 'In', values: ['abc'] }] },
          namespaces: ['shop'],
          topologyKey: 'kubernetes.io/hostname',
        },
      ],
    },
  })
})

test('a preferred rule stands beside those of the user, once', () => {
  const rule = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 50 } }
  const once = withAntiAffinity(users, rule, { ...target, stableHash: 'before' })
  const twice = withAntiAffinity(once, rule, target)
  const anti = twice.affinity?.['podAntiAffinity'] as Record<string, { weight: number }[]>
  expect(anti['preferredDuringSchedulingIgnoredDuringExecution']?.map(one => one.weight)).toEqual([1, 50])
  expect(JSON.stringify(twice)).not.toContain('before')
  expect(twice.affinity?.['nodeAffinity']).toEqual({ a: 1 })
})

test('taken out again, nothing is left of it, and all of the user', () => {
  for (const spec of [bare, users]) {
    for (const rule of [
      { requiredDuringSchedulingIgnoredDuringExecution: {} },
      { preferredDuringSchedulingIgnoredDuringExecution: { weight: 1 } },
    ]) {
      expect(withoutAntiAffinity(withAntiAffinity(spec, rule, target), LABEL)).toEqual(spec)
    }
  }
  expect(withoutAntiAffinity(users, LABEL)).toBe(users)
})
