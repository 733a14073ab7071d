// The one form of a path that is matched and forwarded.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalPath } from './normal-path.ts'

test.each([
  ['/', '/'],
  ['/a/b.html', '/a/b.html'],
  ['/public/../private', '/private'],
  ['/public/%2e%2E/private', '/private'],
  ['/public/%2e./private', '/private'],
  ['/../../x', '/x'],
  ['/a/./b/.', '/a/b/'],
  ['/a/b/..', '/a/'],
  ['/a//b', '/a//b'],
  ['/%7euser/%c3%bc%2Fx', '/~user/%C3%BC%2Fx'],
  ['/100%', '/100%'],
  ['/...', '/...'],
  ['/.well-known/x', '/.well-known/x'],
  ['/%252e%252e/x', '/%252e%252e/x'],
])('%s is %s', (path, normal) => expect(normalPath(path)).toBe(normal))

test.each([
  '/a#b',
  '/a/..%2fb',
  '/a/..%5Cb',
  String.raw`/a\..\b`,
  '/a/..;x=1/b',
  '/a/.;/b',
  '/a%2f../b',
  '/a/%%32e%%32E/b',
  '/%%41a',
])('%s has none', path => expect(normalPath(path)).toBeUndefined())

test('a normal path stays as it is, and steps nowhere', () => {
  const part = fc.constantFrom('a', '.', '..', '%2e', '%2E%2e', '%41', '%2f', ';', '\\', '', '%', 'b.c')
  fc.assert(
    fc.property(fc.array(fc.array(part, { maxLength: 3 }), { maxLength: 6 }), segments => {
      const normal = normalPath(`/${segments.map(parts => parts.join('')).join('/')}`)
      if (normal === undefined) return
      expect(normalPath(normal)).toBe(normal)
      expect(normal.split('/').filter(one => one === '.' || one === '..')).toEqual([])
    }),
  )
})
