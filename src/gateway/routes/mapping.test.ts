// What of a Mapping's fields is played, and what leaves it out.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { aPod, aProxy, echo, get } from '../proxy.suite.ts'
import { mapping, noticesOf, table, whereTo } from './families.suite.ts'

const main = { hostname: 'm.test', prefix: '/', service: 'stable' }

describe('a Mapping that cannot be played as it is meant takes no request, and says why', () => {
  test.each<[string, object]>([
    ['shadow', { shadow: true }],
    ['shadow', { shadow: true, weight: 50 }],
    ['host_redirect', { host_redirect: true }],
    ['path_redirect', { path_redirect: '/x' }],
    ['prefix_redirect', { prefix_redirect: '/x' }],
    ['regex_rewrite', { regex_rewrite: { pattern: 'a', substitution: 'b' } }],
    ['case_sensitive', { case_sensitive: false }],
    ['method_regex', { method: 'GET|PUT', method_regex: true }],
    ['host_regex', { host_regex: true }],
    ['add_request_headers', { add_request_headers: { host: 'x' } }],
    ['add_response_headers', { add_response_headers: { 'x-a': '%CLIENT_IP%' } }],
    ['precedence', { precedence: 'high' }],
  ])('%s (%j)', (field, more) => {
    const objects = [mapping('a', main), mapping('b', { ...main, service: 'canary', ...more } as Json)]
    expect(whereTo(objects, 'm.test/')).toBe('stable=100')
    expect(noticesOf(objects)).toEqual([
      {
        from: 'getambassador.io/mappings/shop/b',
        reason: 'RouteNotPlayed',
        message: expect.stringContaining(field),
      },
    ])
  })

  test('unless the field says what is so anyway', () => {
    const plain = {
      shadow: false,
      host_redirect: false,
      case_sensitive: true,
      host_regex: false,
      precedence: 0,
    }
    expect(noticesOf([mapping('a', { ...main, ...plain })])).toEqual([])
    expect(whereTo([mapping('a', { ...main, ...plain })], 'm.test/')).toBe('stable=100')
  })
})

describe('Mappings', () => {
  test('for a header that is no text take no request, and stop nobody else', () => {
    const odd = mapping('q', { ...main, service: 'canary', headers: { beta: { toString: 1 } } })
    expect(whereTo([mapping('a', main), odd], 'm.test/')).toBe('stable=100')
  })

  test('for a query take no other request', () => {
    const canary = (more: object) => mapping('q', { ...main, service: 'canary', ...more })
    const asked = (more: object, query: Record<string, string>) =>
      whereTo([mapping('a', main), canary(more)], 'm.test/', { query })
    const exact = { query_parameters: { beta: '1' } }
    expect(asked(exact, { beta: '1' })).toBe('canary=100')
    expect(asked(exact, { beta: '2' })).toBe('stable=100')
    expect(asked(exact, {})).toBe('stable=100')
    expect(asked({ query_parameters: { beta: true } }, { beta: '' })).toBe('canary=100')
    expect(asked({ query_parameters: { beta: true } }, {})).toBe('stable=100')
    expect(asked({ regex_query_parameters: { beta: '[0-9]+' } }, { beta: '12' })).toBe('canary=100')
    expect(asked({ regex_query_parameters: { beta: '.*' } }, {})).toBe('stable=100')
  })

  test('of a higher precedence come first, however short their prefix', () => {
    const objects = [
      mapping('long', { ...main, prefix: '/long/' }),
      mapping('high', { ...main, service: 'canary', precedence: 10 }),
      mapping('low', { ...main, service: 'all-traffic', prefix: '/longer/', precedence: -1 }),
    ]
    expect(whereTo(objects, 'm.test/long/x')).toBe('canary=100')
    expect(whereTo(objects.toSpliced(1, 1), 'm.test/longer/x')).toBe('all-traffic=100')
  })

  test('change headers, and the host that the pod sees', async () => {
    const { endpoint } = await aPod((request, response) => {
      response.setHeader('x-pod', 'yes')
      echo(request, response)
    })
    const spec = {
      ...main,
      add_request_headers: { 'x-one': 'a', 'x-two': { value: 'b', append: false } },
      remove_request_headers: ['cookie'],
      add_response_headers: { 'x-three': 'c' },
      remove_response_headers: 'x-pod',
      host_rewrite: 'inner.test',
    }
    const { port } = await aProxy(table([mapping('a', spec)], { port: endpoint.port }).routes)
    const sent = { host: 'm.test', 'x-one': 'own', 'x-two': 'own', cookie: 'a=1' }
    const { headers, body } = await get(port, { headers: sent })
    const seen = JSON.parse(body).headers
    expect(seen).toMatchObject({ host: 'inner.test', 'x-one': 'own, a', 'x-two': 'b' })
    expect(seen).not.toHaveProperty('cookie')
    expect(headers).toMatchObject({ 'x-three': 'c' })
    expect(headers).not.toHaveProperty('x-pod')
  })
})
