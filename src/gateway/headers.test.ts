// What a pod may not learn from the headers of a request.
import { expect, test } from 'vitest'
import { cookieName } from '../doors/dashboard-cookie.ts'
import { upstreamHeaders } from './headers.ts'

test('a session of the dashboard on the same host is not shown to pods', () => {
  const forwarded = { clientAddress: '127.0.0.1', host: 'web.shop.localhost', service: 'shop/web' }
  const session = `${cookieName(3100)}=secret`
  const cookies = (...raw: string[]) => {
    const headers = upstreamHeaders(raw, forwarded)
    return headers.filter((_, i) => headers[i - 1]?.toLowerCase() === 'cookie')
  }
  expect(cookies('Cookie', `a=1; ${session}; b=2`)).toEqual(['a=1; b=2'])
  expect(cookies('cookie', session)).toEqual([])
  expect(cookies('cookie', 'a=1', 'COOKIE', session.toUpperCase())).toEqual(['a=1'])
})
