// Who am I, what may I: questions that are answered, and kept nowhere.
import { expect, test } from 'vitest'
import { aCluster } from '../pipeline.suite.ts'

const EVERYTHING = ['*']

test('says who asks', async () => {
  const { resources } = await aCluster()
  const kind = resources.kind('authentication.k8s.io', 'v1', 'selfsubjectreviews')!
  const { object, created } = await resources.create(kind, undefined, {}, { user: 'ann' })
  expect(created).toBe(true)
  expect(object).toMatchObject({
    kind: 'SelfSubjectReview',
    status: { userInfo: { username: 'ann', groups: ['system:masters', 'system:authenticated'] } },
  })
})

test('the admin may do everything', async () => {
  const { resources } = await aCluster()
  const before = resources.resourceVersion()
  const access = resources.kind('authorization.k8s.io', 'v1', 'selfsubjectaccessreviews')!
  const asked = { spec: { resourceAttributes: { verb: 'delete', resource: 'pods', namespace: 'default' } } }
  expect((await resources.create(access, undefined, asked, {})).object).toMatchObject({
    ...asked,
    status: { allowed: true },
  })
  const rules = resources.kind('authorization.k8s.io', 'v1', 'selfsubjectrulesreviews')!
  const all = await resources.create(rules, undefined, { spec: { namespace: 'default' } }, {})
  expect(all.object).toMatchObject({
    status: {
      resourceRules: [{ verbs: EVERYTHING, apiGroups: EVERYTHING, resources: EVERYTHING }],
      nonResourceRules: [{ verbs: EVERYTHING, nonResourceURLs: EVERYTHING }],
      incomplete: false,
    },
  })
  expect(resources.resourceVersion()).toBe(before)
})

test('a question about nothing is refused', async () => {
  const { resources } = await aCluster()
  const access = resources.kind('authorization.k8s.io', 'v1', 'selfsubjectaccessreviews')!
  await expect(resources.create(access, undefined, { spec: {} }, {})).rejects.toThrow(
    'exactly one of nonResourceAttributes or resourceAttributes must be specified',
  )
})
