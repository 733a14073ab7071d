// NGINX's annotations on paths: patterns, what they are rewritten to, and what is said of those that are not played.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { aPod, aProxy, echo, get } from '../../proxy.suite.ts'
import { ingress, noticesOf, table, to, whereTo } from '../families.suite.ts'

const at = (host: string, ...paths: readonly Json[]) => ({ rules: [{ host, http: { paths } }] })
const implementation = 'ImplementationSpecific'

function rewriting(target: string, path: string, more: Record<string, string> = {}): Json {
  const annotations = { 'rewrite-target': target, ...more }
  return ingress('web', { annotations, spec: at('web.test', to('stable', path, implementation)) })
}

async function asked(object: Json, path: string): Promise<string> {
  const { endpoint } = await aPod(echo)
  const { port } = await aProxy(table([object], { port: endpoint.port }).routes)
  const { status, body } = await get(port, { path })
  return status === 200 ? JSON.parse(body).url : String(status)
}

describe('rewrite-target', () => {
  test.each([
    ['/$2', '/something(/|$)(.*)', '/something', '/'],
    ['/$2', '/something(/|$)(.*)', '/something/', '/'],
    ['/$2', '/something(/|$)(.*)', '/something/new/x?a=b', '/new/x?a=b'],
    ['/$2', '/something(/|$)(.*)', '/SomeThing/New', '/New'],
    ['/$2', '/something(/|$)(.*)', '/somethingelse', '404'],
    ['/', '/app', '/app/x', '/'],
    ['/app', '/app', '/app/x', '/app/x'],
    ['/$1/$1', '/(a+)', '/aa', '/aa/aa'],
    ['/x$3', '/(a)(b)?', '/a', '/x'],
    ['/find?by=$1', '/(a+)', '/aa?c=d', '/find?by=aa&c=d'],
    ['/find?', '/(a+)', '/aa?c=d', '/find'],
    ['/static/$1', '/foo(.*)', '/foo../secret', '400'],
    ['/static/.$1', '/foo(.*)', '/foo./secret', '400'],
  ])('%s behind %s makes of %s %s', async (target, path, url, expected) => {
    expect(await asked(rewriting(target, path), url)).toBe(expected)
  })

  test.each(['/$host/x', 'https://elsewhere.test/', `/${'x'.repeat(2000)}`])(
    'that is not played is answered and said: %.30s',
    async target => {
      expect(await asked(rewriting(target, '/a'), '/a')).toBe('500')
      expect(noticesOf([rewriting(target, '/a')])).toMatchObject([{ reason: 'RouteNotPlayed' }])
    },
  )

  test('costs no more than the patterns of a request may, and remembering groups costs most', async () => {
    const slow = rewriting('/$1', `/(${'(a|aa)*'.repeat(20)})`)
    expect(await asked(slow, '/aaa')).toBe('/aaa')
    expect(await asked(slow, `/${'a'.repeat(9000)}`)).toBe('431')
  })
})

describe('use-regex', () => {
  const patterns = ingress('patterns', {
    annotations: { 'use-regex': 'true' },
    spec: at('web.test', to('canary', '/item/[0-9]+', implementation)),
  })

  test('makes a pattern of a path, in whatever case', () => {
    expect(whereTo([patterns], 'web.test/item/12')).toBe('canary=1')
    expect(whereTo([patterns], 'web.test/ITEM/12/more')).toBe('canary=1')
    expect(whereTo([patterns], 'web.test/x/item/12')).toBeUndefined()
    expect(whereTo([patterns], 'web.test/item/x')).toBeUndefined()
  })

  test('makes patterns of all paths of its host, the longest first, and of no other host', () => {
    const others = (host: string) =>
      ingress(`plain-${host}`, { spec: at(host, to('stable', '/item/12', 'Exact'), to('all-traffic')) })
    const objects = [patterns, others('web.test'), others('other.test')]
    expect(whereTo(objects, 'web.test/item/12')).toBe('canary=1')
    expect(whereTo(objects, 'web.test/x')).toBe('all-traffic=1')
    expect(whereTo(objects, 'other.test/item/12')).toBe('stable=1')
    expect(whereTo(objects, 'other.test/item/12x')).toBe('all-traffic=1')
  })

  test('keeps its canary', () => {
    const spec = at('web.test', to('stable', '/item/[0-9]+', implementation))
    const canary = ingress('canary', { annotations: { canary: 'true', 'canary-weight': '30' }, spec })
    expect(whereTo([patterns, canary], 'web.test/item/12')).toBe('stable=30 canary=70')
  })
})

test('annotations that are not played, and would make something else of it, are said in one Event', () => {
  const played = {
    affinity: 'cookie',
    'session-cookie-name': 'a',
    'use-regex': 'true',
    'ssl-redirect': 'false',
  }
  const annotations = { ...played, 'proxy-body-size': '8m' }
  const spec = at('web.test', to('stable'))
  expect(noticesOf([ingress('web', { annotations, spec })])).toEqual([])
  const more = { 'app-root': '/app', 'auth-url': 'http://auth.test', 'force-ssl-redirect': 'true' }
  expect(noticesOf([ingress('web', { annotations: { ...annotations, ...more }, spec })])).toEqual([
    {
      from: 'networking.k8s.io/ingresses/shop/web',
      reason: 'RouteNotPlayed',
      message: 'annotations of NGINX that are not played: app-root, auth-url, force-ssl-redirect',
    },
  ])
})
