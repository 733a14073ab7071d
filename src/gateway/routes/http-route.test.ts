// What an HTTPRoute's filters and backends make of a request, through the proxy: what the pod sees, and the client.
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { aPod, aProxy, echo, get, raw } from '../proxy.suite.ts'
import { httpRoute, noticesOf, routeTo, table } from './families.suite.ts'

const backendRefs = [{ name: 'stable', port: 80 }]
const prefix = (value: string) => ({ matches: [{ path: { type: 'PathPrefix', value } }] })
const spec = (...rules: readonly Json[]): Json => ({ hostnames: ['web.test'], rules })

async function through(...rules: readonly Json[]) {
  const { endpoint } = await aPod((request, response) => {
    response.setHeader('x-pod', 'yes')
    response.setHeader('x-shared', 'pod')
    echo(request, response)
  })
  const { port } = await aProxy(table([httpRoute(spec(...rules))], { port: endpoint.port }).routes)
  return { port, asked: (path: string, headers = {}) => get(port, { path, headers }) }
}

const seen = (body: string) => JSON.parse(body) as { url: string; headers: IncomingHttpHeaders }
const rewrite = (path: Json, more = {}) => [{ type: 'URLRewrite', urlRewrite: { path, ...more } }]
const replacing = (text: string) => rewrite({ type: 'ReplacePrefixMatch', replacePrefixMatch: text })

describe('a rewritten path', () => {
  test.each([
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo', '/foo/', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo/', '/foo', '/', '/'],
    ['/foo', '/foo', '/', '/'],
    ['/abc?q=1', '/', '/x', '/x/abc?q=1'],
  ])('%s with its prefix %s as "%s" is %s', async (path, matched, by, expected) => {
    const { asked } = await through({ ...prefix(matched), filters: replacing(by), backendRefs })
    expect(seen((await asked(path)).body).url).toBe(expected)
  })

  test('may be replaced whole; the query stays', async () => {
    const filters = rewrite({ type: 'ReplaceFullPath', replaceFullPath: '/one' }, { hostname: 'pod.example' })
    const { asked } = await through({ ...prefix('/a'), filters, backendRefs })
    const { url, headers } = seen((await asked('/a/b?c=d')).body)
    expect(url).toBe('/one?c=d')
    expect([headers.host, headers['x-forwarded-host']]).toEqual(['pod.example', 'web.test'])
  })

  test('by a backend goes before that by its rule', async () => {
    const backends = [{ name: 'stable', filters: replacing('/inner') }]
    const { asked } = await through({ ...prefix('/a'), filters: replacing('/outer'), backendRefs: backends })
    expect(seen((await asked('/a/b')).body).url).toBe('/inner/b')
  })
})

describe('headers', () => {
  const changes = {
    set: [{ name: 'X-Set', value: 'new' }],
    add: [{ name: 'x-shared', value: 'more' }],
    remove: ['Cookie', 'x-pod'],
  }

  test('of a request are set, added and removed before the pod sees it', async () => {
    const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: changes }]
    const { asked } = await through({ filters, backendRefs })
    const { headers } = seen((await asked('/', { cookie: 'a=1', 'x-set': 'old', 'x-shared': 'mine' })).body)
    expect(headers).toMatchObject({ 'x-set': 'new', 'x-shared': 'mine, more' })
    expect(headers).not.toHaveProperty('cookie')
  })

  test('of an answer are set, added and removed before the client sees it', async () => {
    const filters = [{ type: 'ResponseHeaderModifier', responseHeaderModifier: changes }]
    const { asked } = await through({ filters, backendRefs })
    const { headers } = await asked('/')
    expect(headers).toMatchObject({ 'x-set': 'new', 'x-shared': 'pod, more' })
    expect(headers).not.toHaveProperty('x-pod')
  })

  test('are changed for one backend alone where it says so', async () => {
    const set = (value: string) => ({ set: [{ name: 'x-who', value }] })
    const filters = [
      { type: 'RequestHeaderModifier', requestHeaderModifier: set('backend') },
      { type: 'ResponseHeaderModifier', responseHeaderModifier: set('backend') },
    ]
    const { asked } = await through({
      filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: set('rule') }],
      backendRefs: [{ name: 'stable', filters }],
    })
    const answer = await asked('/')
    expect(seen(answer.body).headers['x-who']).toBe('backend')
    expect(answer.headers['x-who']).toBe('backend')
  })

  test.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'upgrade', 'a b'])(
    'that frame a message are not changed: a rule that asks for it serves nobody (%s)',
    async name => {
      const requestHeaderModifier = { set: [{ name, value: '1' }] }
      const rule = { filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier }], backendRefs }
      const { asked } = await through(rule)
      expect((await asked('/')).status).toBe(500)
      expect(noticesOf([httpRoute(spec(rule))])).toMatchObject([{ reason: 'RouteNotPlayed' }])
    },
  )

  test('with a line break in their value are not sent', async () => {
    const requestHeaderModifier = { set: [{ name: 'x-a', value: '1\r\nx-b: 2' }] }
    const { asked } = await through({
      filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier }],
      backendRefs,
    })
    expect((await asked('/')).status).toBe(500)
  })
})

describe('a redirect', () => {
  const to = (requestRedirect: Json) => [{ type: 'RequestRedirect', requestRedirect }]
  const located = async (redirect: Json, path = '/a/b?c=d', host = 'web.test:28080') => {
    const { asked } = await through({ ...prefix('/a'), filters: to(redirect) })
    const { status, headers } = await asked(path, { host })
    return `${status} ${headers.location}`
  }

  test('keeps what it does not name', async () => {
    expect(await located({})).toBe('302 http://web.test:28080/a/b?c=d')
    expect(await located({ hostname: 'other.test' })).toBe('302 http://other.test:28080/a/b?c=d')
    expect(await located({ statusCode: 301, port: 9000 })).toBe('301 http://web.test:9000/a/b?c=d')
  })

  test('to another scheme goes to that scheme’s port, and a usual port is not written', async () => {
    expect(await located({ scheme: 'https' })).toBe('302 https://web.test/a/b?c=d')
    expect(await located({ scheme: 'https', port: 443 })).toBe('302 https://web.test/a/b?c=d')
    expect(await located({ scheme: 'https', port: 80 })).toBe('302 https://web.test:80/a/b?c=d')
    expect(await located({ port: 80 })).toBe('302 http://web.test/a/b?c=d')
  })

  test('replaces a path, whole or its prefix', async () => {
    const full = { type: 'ReplaceFullPath', replaceFullPath: '/full' }
    const part = { type: 'ReplacePrefixMatch', replacePrefixMatch: '/z' }
    expect(await located({ path: full })).toBe('302 http://web.test:28080/full?c=d')
    expect(await located({ path: part })).toBe('302 http://web.test:28080/z/b?c=d')
  })

  test.each([
    { hostname: 'a b' },
    { statusCode: 200 },
    { scheme: 'javascript' },
    { path: { type: 'ReplaceFullPath', replaceFullPath: '/a\r\nx: y' } },
    { path: { type: 'Guess' } },
  ])('to what is no address serves nobody: %j', async redirect => {
    expect(await located(redirect)).toBe('500 undefined')
  })

  test('answers an upgrade as well', async () => {
    const { port } = await through({ filters: to({ hostname: 'other.test' }) })
    const asks = 'Host: web.test\r\nConnection: Upgrade\r\nUpgrade: websocket'
    const answer = await raw(port, `GET /x HTTP/1.1\r\n${asks}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 302 Found\r\n[^]*location: http:\/\/other\.test\/x\r\n/)
  })
})

describe('a mirror', () => {
  const filter = (more: object) => ({
    type: 'RequestMirror',
    requestMirror: { backendRef: { name: 'canary', port: 80 }, ...more },
  })
  const mirrorsOf = (more: object) => {
    const route = httpRoute({
      rules: [{ filters: [filter(more)], backendRefs: [{ name: 'stable', port: 80 }] }],
    })
    const [mirror] = routeTo([route], 'web.test/')?.mirrors ?? []
    return { mirror, notices: noticesOf([route]).map(one => one.message) }
  }

  test.each([
    [{}, 100],
    [{ percent: 30 }, 30],
    [{ fraction: { numerator: 1, denominator: 1000 } }, 0.1],
    [{ fraction: { numerator: 7 } }, 7],
  ])('with %j gets its share of the rule’s requests', (more, percent) => {
    const { mirror, notices } = mirrorsOf(more)
    expect(mirror).toMatchObject({ backend: { service: 'canary' }, percent })
    expect(notices).toEqual([])
  })

  test('that is not there is said, and the rule is served without it', () => {
    const { mirror, notices } = mirrorsOf({ backendRef: { name: 'gone', port: 80 } })
    expect(mirror?.backend.endpoints).toEqual([])
    expect(notices).toEqual(['rules[0] is not mirrored: Service shop/gone does not exist'])
  })
})

describe('what is not played', () => {
  test.each(['ExtensionRef', 'CORS', 'Unheard'])(
    'a filter of type %s is not skipped: its rule serves nobody, and its author is told',
    async type => {
      const rule = { filters: [{ type }], backendRefs }
      const { asked } = await through(rule, { ...prefix('/plain'), backendRefs })
      const answer = await asked('/')
      expect([answer.status, answer.body]).toEqual([500, expect.stringContaining(type)])
      expect((await asked('/plain')).status).toBe(200)
      expect(noticesOf([httpRoute(spec(rule))])).toEqual([
        {
          from: 'gateway.networking.k8s.io/httproutes/shop/web',
          reason: 'RouteNotPlayed',
          message: `rules[0] answers 500: a filter of type ${type} is not played`,
        },
      ])
    },
  )

  test('a rule with timeouts or retries is served without, and its author is told', async () => {
    const rule = { timeouts: { request: '1s' }, retry: { attempts: 3 }, backendRefs }
    const { asked } = await through(rule)
    expect((await asked('/')).status).toBe(200)
    expect(noticesOf([httpRoute(spec(rule))])).toMatchObject([
      { reason: 'RouteNotPlayed', message: 'rules[0]: not played: timeouts, retry' },
    ])
  })

  test('a prefix is not replaced where none is matched', async () => {
    const matches = [{ path: { type: 'Exact', value: '/a' } }]
    const { asked } = await through({ matches, filters: replacing('/b'), backendRefs })
    expect((await asked('/a')).status).toBe(500)
  })
})

describe('a backend', () => {
  const statuses = async (...backends: readonly Json[]) => {
    const { asked } = await through({ backendRefs: backends })
    const found: Record<number, number> = {}
    for (let i = 0; i < 100; i++) {
      const { status } = await asked('/')
      found[status] = (found[status] ?? 0) + 1
    }
    return found
  }

  test.each([
    ['of another kind', { kind: 'Bucket', name: 'files' }, /kind Bucket/],
    ['of another group', { group: 'acme.example', kind: 'Service', name: 'stable' }, /acme\.example/],
    ['that is not there', { name: 'nobody' }, /Service shop\/nobody does not exist/],
    ['without that port', { name: 'stable', port: 81 }, /Service shop\/stable has no port 81/],
    ['of another namespace', { name: 'web', namespace: 'other' }, /no ReferenceGrant/],
  ])('%s answers 500 for its share, and no more', async (_, backend, message) => {
    const half = { ...backendRefs[0], weight: 50 }
    expect(await statuses(half, { ...backend, weight: 50 })).toEqual({ 200: 50, 500: 50 })
    const rules = [{ backendRefs: [half, { ...backend, weight: 50 }] }]
    expect(noticesOf([httpRoute({ rules })])).toEqual([
      expect.objectContaining({ reason: 'BackendRefused', message: expect.stringMatching(message) }),
    ])
  })

  test('of another namespace is served when a ReferenceGrant there says so', async () => {
    const grant = (to: Json, namespace = 'shop'): Json => ({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: 'open', namespace },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'aside' }],
        to: [to],
      },
    })
    const refs = [{ name: 'stable', namespace: 'shop', port: 80 }]
    const route = httpRoute(spec({ backendRefs: refs }), { namespace: 'aside' })
    const refused = (...grants: readonly Json[]) => noticesOf([route, ...grants]).map(one => one.reason)
    expect(refused()).toEqual(['BackendRefused'])
    expect(refused(grant({ group: '', kind: 'Service' }))).toEqual([])
    expect(refused(grant({ group: '', kind: 'Service', name: 'stable' }))).toEqual([])
    expect(refused(grant({ group: '', kind: 'Service', name: 'canary' }))).toEqual(['BackendRefused'])
    expect(refused(grant({ group: '', kind: 'Secret' }))).toEqual(['BackendRefused'])
    expect(refused(grant({ group: '', kind: 'Service' }, 'aside'))).toEqual(['BackendRefused'])
  })

  test('whose Service has no ready endpoint answers 503', async () => {
    const { endpoint } = await aPod(echo)
    const objects = [httpRoute(spec({ backendRefs }))]
    const { port } = await aProxy(table(objects, { port: endpoint.port, empty: ['stable'] }).routes)
    expect((await get(port)).status).toBe(503)
    expect(noticesOf(objects, { empty: ['stable'] })).toEqual([])
  })
})
