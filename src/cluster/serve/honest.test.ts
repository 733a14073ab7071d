// What this server does not do, it says: kinds that nobody plays, users that nobody can be, streams that there are not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServer } from './api-server.suite.ts'
import type { TestedServer } from './api-server.suite.ts'

let server: TestedServer
beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server.close())

const JSON_TYPE = { 'content-type': 'application/json' }

async function post(path: string, body: object) {
  return server.ask('POST', path, { headers: JSON_TYPE, body: JSON.stringify(body) })
}

describe('a kind that nobody plays is kept, and its maker is warned', () => {
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'demo:v1' }] },
  }
  const selected = { selector: { matchLabels: { a: 'b' } }, template }
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  test.each([
    ['/apis/apps/v1', 'deployments', { spec: selected }, '"kubectl rollout status\\" and'],
    [
      '/apis/apps/v1',
      'statefulsets',
      { spec: { ...selected, serviceName: 's' } },
      'no controller here makes pods',
    ],
    ['/apis/apps/v1', 'daemonsets', { spec: selected }, 'no controller here makes pods'],
    ['/api/v1', 'persistentvolumeclaims', { spec: claim }, 'it stays Pending'],
    ['/api/v1', 'resourcequotas', { spec: { hard: { pods: '1' } } }, 'limits nothing'],
    ['/apis/networking.k8s.io/v1', 'networkpolicies', { spec: { podSelector: {} } }, 'keeps no traffic out'],
  ])('%s %s', async (root, plural, body, why) => {
    const path = `${root}/namespaces/default/${plural}`
    const { status, headers } = await post(path, { metadata: { name: 'a' }, ...body })
    expect(status).toBe(201)
    expect(headers['warning']).toContain('is kept, not played: ')
    expect(headers['warning']).toContain(why)
    const again = await server.ask('GET', `${path}/a`)
    expect(again.headers['warning']).toBeUndefined()
  })

  test('one that is played is made without a word', async () => {
    const body = { metadata: { name: 'a' }, spec: { ...selected, replicas: 0 } }
    const { status, headers } = await post('/apis/apps/v1/namespaces/default/replicasets', body)
    expect([status, headers['warning']]).toEqual([201, undefined])
  })
})

describe('impersonation', () => {
  test.each([
    ['impersonate-user', 'nobody', 'users "nobody" is forbidden'],
    ['impersonate-group', 'devs', 'groups "devs" is forbidden'],
    ['impersonate-uid', '7', 'users "7" is forbidden'],
  ])('by %s is refused, not ignored', async (header, value, said) => {
    const { status, text } = await server.ask('GET', '/api/v1/pods', { headers: { [header]: value } })
    expect(status).toBe(403)
    expect(JSON.parse(text)).toMatchObject({ reason: 'Forbidden', message: expect.stringContaining(said) })
    expect(text).toContain('one user')
  })
})

test('whoami names the user of the token', async () => {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const { status, text } = await post('/apis/authentication.k8s.io/v1/selfsubjectreviews', body)
  expect([status, JSON.parse(text).status.userInfo.username]).toEqual([201, 'admin'])
})

test('server-side apply is refused with what to type instead', async () => {
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  const path = '/api/v1/namespaces/default/configmaps/a?fieldManager=me'
  const { status, text } = await server.ask('PATCH', path, { headers, body: 'data: {a: b}' })
  expect(status).toBe(415)
  expect(text).toContain('kubectl apply --server-side=false')
})

describe('what is no request to an object', () => {
  const pod = (name: string, labels: object) => ({
    metadata: { name, labels },
    spec: { containers: [{ name: 'c', image: 'demo:v1' }] },
  })

  test.each(['exec', 'attach', 'portforward'])('%s names where the pod answers', async part => {
    const reached = await aServer({ gatewayPort: () => 8080 })
    const place = '/api/v1/namespaces/default'
    const made = (path: string, body: object) =>
      reached.ask('POST', path, { headers: JSON_TYPE, body: JSON.stringify(body) })
    await made(`${place}/pods`, pod('a', { app: 'shop' }))
    await made(`${place}/pods`, pod('b', { app: 'other' }))
    const spec = { selector: { app: 'shop' }, ports: [{ port: 80 }] }
    await made(`${place}/services`, { metadata: { name: 'web' }, spec })
    const inside = await made(`${place}/pods/a/${part}`, {})
    expect(inside.status).toBe(501)
    expect(inside.text).toContain('this pod answers at http://web.default.localhost:8080/')
    const alone = await made(`${place}/pods/b/${part}`, {})
    expect(alone.text).toContain('a pod is reached through a Service that selects it; none does')
    await reached.close()
  })

  test.each(['web/proxy', 'web/proxy/color', 'http:web:80/proxy/color', 'web:80/proxy/'])(
    'services/%s names where the Service answers',
    async path => {
      const reached = await aServer({ gatewayPort: () => 8080 })
      const answer = await reached.ask('GET', `/api/v1/namespaces/default/services/${path}`)
      expect(answer.status).toBe(501)
      expect(answer.text).toContain('this Service answers at http://web.default.localhost:8080/')
      await reached.close()
    },
  )

  test('a dry run of a pod takes no address and no node', async () => {
    const { status, text } = await post('/api/v1/namespaces/default/pods?dryRun=All', pod('dry', {}))
    expect(status).toBe(201)
    expect(JSON.parse(text).spec).not.toHaveProperty('nodeName')
    expect(JSON.parse(text).status).not.toHaveProperty('podIP')
  })
})
