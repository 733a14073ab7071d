// What a rollout's page is told: limits in conditions, differences of templates, why it waits, what an action would do.
import { expect, test } from 'vitest'
import { limitsOf } from './runs.ts'
import { templateDifferences } from './template-differences.ts'

test.each([
  ['result[0] >= 0.95', [0.95]],
  ['result < 500 && result >= -1.5', [500, -1.5]],
  ['result > len(x)', []],
  ['all(result, # > 3)', []],
  ['result.codes >= 3', []],
])('the limits of %s', (condition, limits) => expect(limitsOf([condition])).toEqual(limits))

test('templates differ by fields, lists by names', () => {
  const template = (image: string, env: string, hash: string) => ({
    metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': hash } },
    spec: { containers: [{ name: 'web', image, env: [{ name: 'MODE', value: env }] }] },
  })
  expect(templateDifferences(template('web:1', 'a', 'x'), template('web:2', 'b', 'y'))).toEqual([
    'spec.containers[web].env[MODE].value: a -> b',
    'spec.containers[web].image: web:1 -> web:2',
  ])
  expect(templateDifferences(template('web:1', 'a', 'x'), template('web:1', 'a', 'y'))).toEqual([])
})

test('a template of thousands of fields is cut, and deep ones hold up nobody', () => {
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, String(i)]))
  expect(templateDifferences({}, wide)).toHaveLength(51)
  let deep: { readonly [name: string]: unknown } = {}
  for (let i = 0; i < 20_000; i++) deep = { a: deep }
  expect(templateDifferences({}, deep as never)).toEqual([])
})
