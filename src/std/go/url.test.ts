// URLs as Go's net/url has them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapedPath, printUrl, readUrl, requestTarget, resolveUrl, shownUrl } from './url.ts'
import type { GoUrl } from './url.ts'

function url(text: string): GoUrl {
  const read = readUrl(text)
  if ('problem' in read) throw new Error(read.problem)
  return read.url
}

describe('a URL', () => {
  test.each([
    ['http://shop/a b/%2F?q=x y&s=%zz#frag', '/a%20b//?q=x y&s=%zz'],
    ['http://shop', '/'],
    ['http://shop?x', '/?x'],
    ['http://shop/a%2Fb', '/a%2Fb'],
    ["http://shop/a!'()*[b]", "/a!'()*[b]"],
    ['http://shop/ü', '/%C3%BC'],
    ['http://shop/?', '/?'],
    ['mailto:somebody', 'somebody'],
  ])('%s asks for %s', (text, target) => expect(requestTarget(url(text))).toBe(target))

  test.each([
    ['127.0.0.1:9/x', 'parse "127.0.0.1:9/x": first path segment in URL cannot contain colon'],
    ['http://shop/x\n', 'parse "http://shop/x\\n": net/url: invalid control character in URL'],
    [':x', 'parse ":x": missing protocol scheme'],
    ['http://shop:a/', 'parse "http://shop:a/": invalid port ":a" after host'],
    ['http://a b/', 'parse "http://a b/": invalid character " " in host name'],
    ['http://[::1', 'parse "http://[::1": missing \']\' in host'],
    ['http://shop/%zz', 'parse "http://shop/%zz": invalid URL escape "%zz"'],
    ['http://u<@shop/', 'parse "http://u<@shop/": net/url: invalid userinfo'],
  ])('%j is none', (text, problem) => expect(readUrl(text)).toEqual({ problem }))

  test('is printed as it was read, and its password is shown to nobody', () => {
    for (const text of [
      'http://shop/a?b#c',
      'http:///x',
      '/x?y',
      '//host/x',
      'http://u:p@h:1/',
      'a/b',
      'http:/x',
    ])
      expect(printUrl(url(text))).toBe(text)
    expect(shownUrl(url('http://joe:pa%20ss@shop/x'))).toBe('http://joe:***@shop/x')
  })

  test.each([
    ['http://a/b/c?d', '/x', 'http://a/x'],
    ['http://a/b/c', 'x', 'http://a/b/x'],
    ['http://a/b/c', '../../x', 'http://a/x'],
    ['http://a/b/c', './', 'http://a/b/'],
    ['http://a/b/c?d', '?e', 'http://a/b/c?e'],
    ['http://a/b/c', '//h/x', 'http://h/x'],
    ['http://a/b', 'https://h', 'https://h'],
  ])('%s leads by %s to %s', (base, reference, target) => {
    const resolved = resolveUrl(url(base), reference)
    expect('url' in resolved ? printUrl(resolved.url) : resolved.problem).toBe(target)
  })

  test('of any text is read or refused, and its path can stand in a request', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const read = readUrl(text)
        if ('url' in read) expect(escapedPath(read.url)).not.toMatch(/[ \n]/)
      }),
    )
  })
})
