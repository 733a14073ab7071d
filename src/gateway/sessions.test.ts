// Who stays with which version: tokens of every kind, and what happens when a backend or a version has gone.
import { describe, expect, test } from 'vitest'
import { aPod, aProxy, get } from './proxy.suite.ts'
import { aRoute, endpointAt } from './routes/route.suite.ts'
import { backendKey } from './routes/route.ts'
import type { RouteBackend } from './routes/route.ts'
import { cookieSession } from './routes/session.ts'
import type { Session } from './routes/session.ts'
import { keptBackend, ownHeaders } from './sessions.ts'

const COOKIE = cookieSession({ name: 'mine' })
const NOW = 1_800_000_000_000

const asked = (headers: Record<string, string>) => ({
  host: 'web.test',
  path: '/',
  method: 'GET',
  header: (name: string) => headers[name],
  query: () => undefined,
})

/** Pods of these revisions behind one Service. */
function backend(service: string, weight: number, ...revisions: readonly string[]): RouteBackend {
  const endpoints = revisions.map((revision, i) => ({ ...endpointAt(8000 + i), revision }))
  return { namespace: 'shop', service, weight, endpoints }
}

interface At {
  readonly session?: Session
  readonly now?: number
}

/** What a client brings along that was answered by this backend; it may have brought something before. */
function given(by: RouteBackend, { session = COOKIE, now = NOW }: At = {}, before = ''): string {
  const client = { asked: asked(sent(session, before)), now }
  const [, value = ''] = ownHeaders(session, by, client)?.headers ?? []
  if (value === '') return before
  return session.by === 'header' ? value : (value.split(';')[0] as string)
}

function sent(session: Session, brought: string): Record<string, string> {
  return { [session.by === 'cookie' ? 'cookie' : session.name]: brought }
}

function kept(brought: string, backends: readonly RouteBackend[], { session = COOKIE, now = NOW }: At = {}) {
  const client = { asked: asked(sent(session, brought)), now }
  const found = keptBackend(aRoute([], { backends, session }), client)
  return found === undefined ? undefined : backendKey(found).split('/')[1]
}

const [A, B] = ['shop/aaa', 'shop/bbb']

describe('a client', () => {
  const stable = backend('stable', 75, A, A)
  const canary = backend('canary', 25, B)

  test('stays with the backend and the version that it had, whichever pods there are', () => {
    const token = given(canary)
    expect(kept(token, [stable, canary])).toBe('canary')
    expect(kept(token, [backend('stable', 99, A), backend('canary', 1, B, B, B)])).toBe('canary')
    expect(kept(given(stable), [backend('stable', 1, A), backend('canary', 99, B)])).toBe('stable')
    expect(kept('', [stable, canary])).toBeUndefined()
  })

  test.each([
    ['has no weight any more', [stable, backend('canary', 0, B)]],
    ['has no ready pod', [stable, backend('canary', 25)]],
    ['is gone', [stable]],
    ['has another version now', [stable, backend('canary', 25, 'shop/ccc')]],
  ])('is assigned anew when its backend %s', (_, backends) => {
    expect(kept(given(canary), backends)).toBeUndefined()
  })

  test('whose backend is gone stays with another one of the same version, the one with most weight', () => {
    const [a, b] = [backend('a', 25, A), backend('b', 25, B)]
    const during = [backend('stable', 25, A), backend('canary', 25, B), a, b]
    expect(kept(given(a), during)).toBe('a')
    expect(kept(given(b), during)).toBe('b')
    expect(kept(given(a), [stable, canary])).toBe('stable')
    expect(kept(given(b), [stable, canary])).toBe('canary')
    expect(kept(given(b), [backend('other', 1, B), canary, stable])).toBe('canary')
    expect(kept(given(b), [stable, backend('canary', 0, B)])).toBeUndefined()
  })

  test('keeps its version when that is promoted, and gets it when it had the one before', () => {
    const full = [backend('stable', 0, A), backend('canary', 100, B)]
    expect(kept(given(canary), full)).toBe('canary')
    expect(kept(given(stable), full)).toBeUndefined()
    const promoted = [backend('stable', 100, B), backend('canary', 0, B)]
    expect(kept(given(canary), promoted)).toBe('stable')
  })

  test('of a backend whose pods nobody knows, or of several revisions, stays with the backend', () => {
    const unknown = [backend('x', 50, ''), backend('y', 50, '')]
    expect(kept(given(unknown[0] as RouteBackend), unknown)).toBe('x')
    expect(kept(given(unknown[1] as RouteBackend), unknown)).toBe('y')
    expect(kept(given(canary), [stable, backend('canary', 25, B, 'shop/ccc')])).toBe('canary')
    const nowKnown = [stable, canary]
    const token = given(backend('canary', 25, ''))
    expect(kept(token, nowKnown)).toBe('canary')
    expect(given(canary, {}, token)).toBe(given(canary))
  })

  test('with cookies of several paths has the first that leads somewhere', () => {
    const [gone, theirs] = [given(backend('gone', 1, 'shop/old')), given(canary)]
    expect(kept(`a=1; ${gone}; ${theirs}; b=2`, [stable, canary])).toBe('canary')
    expect(kept(`${theirs}; ${given(stable)}`, [stable, canary])).toBe('canary')
  })

  test.each([
    'mine=',
    'mine=canary',
    'mine=../../x',
    `mine=${'a'.repeat(5000)}`,
    'xmine=1',
    `mine=${'-'.repeat(22)}`,
  ])('that invents is assigned as a new one: %.30s', cookie => {
    expect(kept(cookie, [stable, canary])).toBeUndefined()
  })
})

describe('what a client is given', () => {
  const stable = backend('stable', 50, A)
  const told = (session: Session, brought = '', now = NOW) =>
    ownHeaders(session, stable, { asked: asked(sent(session, brought)), now })?.headers

  test('is short, tells nobody anything, and is for no script', () => {
    const [name, value = ''] = told(COOKIE) ?? []
    expect(name).toBe('set-cookie')
    expect(value).toMatch(/^mine=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(value).not.toMatch(/stable|shop|aaa/)
  })

  test('is said once', () => expect(told(COOKIE, given(stable))).toEqual([]))

  test('has the attributes that were asked for, and no others', () => {
    const asks = { name: 'mine', path: '/shop', sameSite: 'none', isSecure: true, maxAgeSeconds: 60 }
    expect(told(cookieSession({ ...asks, hasExpires: true }))?.[1]).toMatch(
      /; Max-Age=60; Expires=Fri, 15 Jan 2027 08:01:00 GMT; Path=\/shop; HttpOnly; SameSite=None; Secure$/,
    )
    const bad = cookieSession({ name: 'mine', path: '/a; Domain=x', sameSite: 'Lax\r\nx: y' })
    expect(bad.attributes).toBe('Path=/; HttpOnly; SameSite=Lax')
  })

  test('by header is said with every answer, and comes back in the same header', () => {
    const session: Session = { by: 'header', name: 'x-session', attributes: '' }
    const [name, value = ''] = told(session) ?? []
    expect([name, value]).toEqual(['x-session', expect.stringMatching(/^[\w-]{22}$/)])
    expect(told(session, value)).toEqual([name, value])
    expect(kept(value, [stable, backend('canary', 50, B)], { session })).toBe('stable')
  })
})

describe('a session that ends by itself', () => {
  const backends = [backend('stable', 50, A), backend('canary', 50, B)]
  const [, canary] = backends as [RouteBackend, RouteBackend]

  test('after its absolute time, however often the client comes', () => {
    const session = { ...cookieSession({ name: 'mine', maxAgeSeconds: 100 }), absoluteSeconds: 100 }
    const token = given(canary, { session })
    expect(kept(token, backends, { session, now: NOW + 99_000 })).toBe('canary')
    expect(kept(token, backends, { session, now: NOW + 100_000 })).toBeUndefined()
    expect(kept(token.replace(/\..*/, ''), backends, { session })).toBeUndefined()
    const moved = backend('b', 50, B)
    const later = given(moved, { session, now: NOW + 60_000 }, token)
    expect(kept(later, [moved], { session, now: NOW + 99_000 })).toBe('b')
    expect(kept(later, [moved], { session, now: NOW + 100_000 })).toBeUndefined()
  })

  test('after its idle time, which begins anew while the client comes', () => {
    const session = { ...COOKIE, idleSeconds: 60 }
    const token = given(canary, { session })
    expect(kept(token, backends, { session, now: NOW + 60_000 })).toBeUndefined()
    expect(given(canary, { session, now: NOW + 5_000 }, token)).toBe(token)
    const renewed = given(canary, { session, now: NOW + 50_000 }, token)
    expect(renewed).not.toBe(token)
    expect(kept(renewed, backends, { session, now: NOW + 109_000 })).toBe('canary')
  })

  test('is not made longer by a clock that went back, or by a time to come', () => {
    const session = { ...COOKIE, absoluteSeconds: 100 }
    const token = given(canary, { session, now: NOW + 1e9 })
    expect(kept(token, backends, { session })).toBe('canary')
    expect(kept(token, backends, { session, now: NOW + 1e9 + 100_000 })).toBeUndefined()
  })
})

describe('through the proxy', () => {
  test('a client stays where it was first, and a pod cannot say otherwise', async () => {
    const saying = (name: string) =>
      aPod((_, response) => {
        response.setHeader('set-cookie', ['app=1', 'mine=forged', 'mine2=kept'])
        response.end(name)
      })
    const pods = { a: await saying('a'), b: await saying('b') }
    const backends = (['a', 'b'] as const).map(service => ({
      namespace: 'shop',
      service,
      weight: 50,
      endpoints: [pods[service].endpoint],
    }))
    const { port } = await aProxy([aRoute([], { backends, session: COOKIE })])
    const first = await get(port)
    const [app, other, own = ''] = first.headers['set-cookie'] ?? []
    expect([app, other]).toEqual(['app=1', 'mine2=kept'])
    const cookie = `app=1; ${own.split(';')[0]}`
    for (let i = 0; i < 10; i++) {
      const answer = await get(port, { headers: { cookie } })
      expect(answer.body).toBe(first.body)
      expect(answer.headers['set-cookie']).toEqual(['app=1', 'mine2=kept'])
    }
  })
})
