// Users' patterns in a table: which routes stay, and what is said of the others.
import { expect, test } from 'vitest'
import { withPatternsChecked } from './patterns.ts'
import type { Route } from './route.ts'

function aRoute(id: string, patterns: readonly string[]): Route {
  return {
    id,
    host: '',
    path: { how: 'prefix', value: '/' },
    headers: patterns.map(value => ({ name: 'x', how: 'regex', value })),
    backends: [],
    from: `/routes/${id}`,
    isImplicit: false,
  }
}

test('a route with a pattern that is none, or too large, takes no request, and both are told', () => {
  const large = '(.?){0,999}'.repeat(80)
  const routes = [aRoute('fine', ['a+']), aRoute('two', ['(', large]), aRoute('plain', [])]
  const { table, refused } = withPatternsChecked({ routes })
  expect(table.routes.map(route => route.id)).toEqual(['fine', 'plain'])
  expect(refused).toEqual([
    { from: '/routes/two', pattern: '(', problem: expect.stringContaining('missing closing )') },
    { from: '/routes/two', pattern: large, problem: expect.stringContaining('too large') },
  ])
})

test('patterns of paths and queries are looked at as well, and exact texts are none', () => {
  const path = { ...aRoute('path', []), path: { how: 'regex' as const, value: '[' } }
  const query = { ...aRoute('query', []), headers: [{ name: 'q', how: 'query-regex' as const, value: '[' }] }
  const exact = { ...aRoute('exact', []), headers: [{ name: 'x', how: 'exact' as const, value: '[' }] }
  const { table, refused } = withPatternsChecked({ routes: [path, query, exact] })
  expect(table.routes).toEqual([exact])
  expect(refused.map(one => one.from)).toEqual(['/routes/path', '/routes/query'])
})

test('all patterns together are bounded; the same one counts once, and a refused one not at all', () => {
  const same = Array.from({ length: 30 }, (_, i) => aRoute(`same-${i}`, ['(ab){900}']))
  expect(withPatternsChecked({ routes: same }).refused).toEqual([])
  const refused = Array.from({ length: 30 }, (_, i) => aRoute(`refused-${i}`, [`${i}(?:a){900}(`]))
  const many = Array.from({ length: 30 }, (_, i) => aRoute(`many-${i}`, [`${i}(?:ab){999}`]))
  const checked = withPatternsChecked({ routes: [...refused, ...many] })
  expect(checked.table.routes).toHaveLength(24)
  expect(checked.refused.at(-1)).toEqual({
    from: '/routes/many-29',
    pattern: '29(?:ab){999}',
    problem: 'the patterns of all routes together are too large',
  })
})
