// The page of the gateway itself.
import { describe, expect, test } from 'vitest'
import { aProxy, get } from '../proxy.suite.ts'
import { aRoute, endpointAt } from '../routes/route.suite.ts'
import type { Route } from '../routes/route.ts'
import { homeFacts } from './facts.ts'
import { homeHtml, homeText } from './page.ts'

const stable = { ...endpointAt(1), role: 'stable', version: 'v1' }
const canary = { ...endpointAt(2), role: 'canary', version: 'v2<b>' }

const service = (name: string, endpoints: Route['backends'][number]['endpoints']): Route => ({
  ...aRoute(endpoints, { host: `${name}.shop.localhost`, isImplicit: true }),
  id: name,
  backends: [{ namespace: 'shop', service: name, weight: 1, endpoints }],
})
const backend = (name: string, weight: number, endpoint = stable) => ({
  namespace: 'shop',
  service: name,
  weight,
  endpoints: [endpoint],
})
const split: Route = {
  ...aRoute([stable], { host: 'shop.test' }),
  backends: [backend('canary', 30, canary), backend('stable', 70)],
}
const TABLE = { routes: [split, service('web', [stable, { ...stable, pod: 'b' }]), service('empty', [])] }

describe('the home page', () => {
  test('as text has every Service with its link, the weights as bars, and what to type next', () => {
    expect(homeText(homeFacts(TABLE, ':8080')).split('\n')).toEqual([
      'Services:',
      '  shop/empty  http://empty.shop.localhost:8080/  no pod is ready',
      '  shop/web    http://web.shop.localhost:8080/    v1 stable, 2 pods',
      '',
      'Traffic:',
      '  shop.test/',
      '    #########.....................  30 %  canary  v2<b> canary, 1 pod',
      '    #####################.........  70 %  stable  v1 stable, 1 pod',
      '',
      'Next:',
      '  kubectl argo rollouts promote web -n shop',
      '  kubectl argo rollouts list rollouts -A',
      '',
    ])
  })

  test('as a page escapes what comes from objects', () => {
    const html = homeHtml(homeFacts(TABLE, ':8080'))
    expect(html).toContain('<a href="http://web.shop.localhost:8080/">shop/web</a>')
    expect(html).toContain('width:30%')
    expect(html).not.toContain('v2<b>')
  })

  test('cuts long lists, and counts what is missing', () => {
    const routes = Array.from({ length: 203 }, (_, i) => service(`s${i}`, []))
    const facts = homeFacts({ routes }, '')
    expect(homeText(facts)).toContain('\n  and 3 more\n')
    expect(homeHtml(facts)).toContain('<p>and 3 more</p>')
  })

  test.each(['localhost', '127.0.0.1', '[::1]'])('is what %s answers, to browsers in HTML', async host => {
    const { port, proxy } = await aProxy(TABLE.routes)
    const at = `${host}:${port}`
    const text = await get(port, { headers: { host: at } })
    expect(text.status).toBe(200)
    expect(text.body).toContain(`http://web.shop.localhost:${port}/`)
    const page = await get(port, { headers: { host: at, accept: 'text/html,*/*' } })
    expect(page.headers['content-type']).toContain('text/html')
    expect(proxy.counts()).toEqual([])
  })

  test('gives way to a route, and is no answer for other hosts, paths and methods', async () => {
    const hostless = aRoute([], { host: '' })
    const { port } = await aProxy(TABLE.routes)
    const status = async (host: string, path = '/', method = 'GET') =>
      (await get(port, { headers: { host }, path, method })).status
    expect(await status('nobody.test')).toBe(404)
    expect(await status('localhost', '/favicon.ico')).toBe(404)
    expect(await status('localhost', '/', 'POST')).toBe(404)
    const { port: routed } = await aProxy([hostless])
    expect((await get(routed, { headers: { host: 'localhost' } })).status).toBe(503)
  })
})
