// What NGINX makes of a canary Ingress's annotations, and of a canary that nobody is behind.
import { describe, expect, test } from 'vitest'
import { httpRoute, ingress, mapping, to, whereTo } from '../families.suite.ts'

const rules = (service: string) => ({ rules: [{ host: 'web.test', http: { paths: [to(service)] } }] })
const main = ingress('web', { spec: rules('stable') })
const canary = (annotations: Record<string, string>) =>
  ingress('web-canary', { annotations: { canary: 'true', ...annotations }, spec: rules('canary') })

describe('a canary Ingress', () => {
  test('whose Service has no ready endpoint takes no request, whatever would choose it', () => {
    const annotations = { 'canary-weight': '50', 'canary-by-header': 'x-go', 'canary-by-cookie': 'go' }
    const objects = [main, canary(annotations)]
    const asked = { headers: { 'x-go': 'always', cookie: 'go=always' } }
    expect(whereTo(objects, 'web.test/', asked)).toBe('canary=1')
    expect(whereTo(objects, 'web.test/', { empty: ['canary'] })).toBe('stable=1')
    expect(whereTo(objects, 'web.test/', { ...asked, empty: ['canary'] })).toBe('stable=1')
  })

  test('by a pattern takes whatever it is found in, and nobody without the header', () => {
    const by = (pattern: string) =>
      canary({ 'canary-by-header': 'x-go', 'canary-by-header-pattern': pattern, 'canary-weight': '0' })
    const found = (pattern: string, headers: Record<string, string>) =>
      whereTo([main, by(pattern)], 'web.test/', { headers })
    expect(found('v2', { 'x-go': 'v2-beta' })).toBe('canary=1')
    expect(found('^v2$', { 'x-go': 'v2-beta' })).toBe('canary=0 stable=100')
    expect(found('.*', {})).toBe('canary=0 stable=100')
    expect(found('.*', { 'x-go': '' })).toBe('canary=1')
  })

  test('an empty value or pattern is as if it were not there', () => {
    const empty = { 'canary-by-header-value': '', 'canary-by-header-pattern': '' }
    const objects = [main, canary({ 'canary-by-header': 'x-go', ...empty, 'canary-weight': '0' })]
    expect(whereTo(objects, 'web.test/', { headers: { 'x-go': 'always' } })).toBe('canary=1')
    expect(whereTo(objects, 'web.test/', { headers: { 'x-go': '' } })).toBe('canary=0 stable=100')
    const unnamed = canary({ 'canary-by-header': '', 'canary-by-cookie': '', 'canary-weight': '0' })
    expect(whereTo([main, unnamed], 'web.test/', { headers: { '': 'always', cookie: '=always' } })).toBe(
      'canary=0 stable=100',
    )
  })

  test('a total of weights counts above 100 alone', () => {
    const weighed = (total: string) => canary({ 'canary-weight': '5', 'canary-weight-total': total })
    expect(whereTo([main, weighed('10')], 'web.test/')).toBe('canary=5 stable=95')
    expect(whereTo([main, weighed('200')], 'web.test/')).toBe('canary=5 stable=195')
  })
})

test('a pattern takes no request without its header or query parameter, in any family', () => {
  const anything = [{ type: 'RegularExpression', name: 'x-user', value: '.*' }]
  const spec = { hostname: 'm.test', prefix: '/', service: 'canary' }
  const objects = [
    httpRoute({ rules: [{ matches: [{ headers: anything }], backendRefs: [{ name: 'canary' }] }] }),
    httpRoute({ rules: [{ matches: [{ queryParams: anything }], backendRefs: [{ name: 'canary' }] }] }),
    mapping('m', { ...spec, regex_headers: { 'x-user': '.*' } }),
  ]
  for (const one of objects) expect(whereTo([one], 'm.test/')).toBeUndefined()
  const asked = { headers: { 'x-user': '' }, query: { 'x-user': '' } }
  for (const one of objects) expect(whereTo([one], 'm.test/', asked)).toMatch(/^canary/)
})
