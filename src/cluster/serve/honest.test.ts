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
