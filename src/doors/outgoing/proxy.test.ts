// Which proxy a request goes through.
import { describe, expect, test } from 'vitest'
import { printUrl, readUrl } from '../../std/go/url.ts'
import { proxyFor } from './proxy.ts'
import type { Environment } from './proxy.ts'

function proxyOf(url: string, env: Environment): string | undefined {
  const read = readUrl(url)
  if ('problem' in read) throw new Error(read.problem)
  const proxy = proxyFor(read.url, env)
  return proxy === undefined ? undefined : 'problem' in proxy ? proxy.problem : printUrl(proxy)
}

describe('a proxy of the environment', () => {
  test.each([
    ['http://shop/', { HTTP_PROXY: 'http://px:3128' }, 'http://px:3128'],
    ['http://shop/', { http_proxy: 'px:3128' }, 'http://px:3128'],
    ['https://shop/', { HTTP_PROXY: 'http://px:3128' }, undefined],
    ['https://shop/', { HTTPS_PROXY: 'http://px:3128' }, 'http://px:3128'],
    ['http://shop/', { HTTP_PROXY: 'http://px', REQUEST_METHOD: 'GET' }, undefined],
    ['http://shop/', { HTTP_PROXY: 'http://px', NO_PROXY: '*' }, undefined],
    ['http://api.shop.test/', { HTTP_PROXY: 'http://px', NO_PROXY: 'other, shop.test' }, undefined],
    ['http://shop.test/', { HTTP_PROXY: 'http://px', NO_PROXY: '.shop.test' }, 'http://px'],
    ['http://10.1.2.3/', { HTTP_PROXY: 'http://px', no_proxy: '10.0.0.0/8' }, undefined],
    ['http://11.1.2.3/', { HTTP_PROXY: 'http://px', NO_PROXY: '10.0.0.0/8' }, 'http://px'],
    ['http://shop:81/', { HTTP_PROXY: 'http://px', NO_PROXY: 'shop:80' }, 'http://px'],
    ['http://shop:80/', { HTTP_PROXY: 'http://px', NO_PROXY: 'shop:80' }, undefined],
    ['http://localhost/', { HTTP_PROXY: 'http://px' }, undefined],
    ['http://127.8.8.8/', { HTTP_PROXY: 'http://px' }, undefined],
    ['http://[::1]:80/', { HTTP_PROXY: 'http://px' }, undefined],
    ['http://[fd00::1]/', { HTTP_PROXY: 'http://px', NO_PROXY: 'fd00::/8' }, undefined],
  ] as const)('%s with %j goes through %s', (url, env, proxy) => {
    expect(proxyOf(url, env)).toBe(proxy)
  })

  test('that is no address is a sentence', () => {
    expect(proxyOf('http://shop/', { HTTP_PROXY: 'http://%zz' })).toContain('invalid proxy address')
    expect(proxyOf('http://shop/', { HTTP_PROXY: 'http://me:hush@%zz' })).not.toContain('hush')
  })
})
