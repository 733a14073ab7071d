// The grammar of paths.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePath } from './paths.ts'

describe('a path', () => {
  test.each([
    ['/api', { type: 'versions' }],
    ['/api/', { type: 'versions' }],
    ['/apis', { type: 'groups' }],
    ['/apis/apps', { type: 'group', group: 'apps' }],
    ['/api/v1', { type: 'group-version', group: '', version: 'v1' }],
    ['/apis/apps/v1', { type: 'group-version', group: 'apps', version: 'v1' }],
    ['/api/v1/pods', { type: 'resource', group: '', version: 'v1', plural: 'pods', isWatch: false }],
    ['/api/v1/namespaces', { type: 'resource', plural: 'namespaces' }],
    ['/api/v1/namespaces/a', { type: 'resource', plural: 'namespaces', name: 'a' }],
    ['/api/v1/namespaces/a/status', { plural: 'namespaces', name: 'a', subresource: 'status' }],
    ['/api/v1/namespaces/a/pods', { plural: 'pods', namespace: 'a' }],
    [
      '/apis/apps/v1/namespaces/a/replicasets/b/scale',
      { plural: 'replicasets', name: 'b', subresource: 'scale' },
    ],
    ['/api/v1/watch/namespaces/a/pods', { plural: 'pods', namespace: 'a', isWatch: true }],
    ['/api/v1/nodes/n/status', { plural: 'nodes', name: 'n', subresource: 'status' }],
    ['/api/v1/namespaces/a/pods/b%20c', { name: 'b c' }],
    ['/api/v1/namespaces/a/services/b/proxy/x/y', { plural: 'services', name: 'b', subresource: 'proxy' }],
    ['/api/v1/namespaces/a/services/b/status/x', { type: 'nothing' }],
    ['/api/v1/namespaces/a/pods/b%2fc', { type: 'nothing' }],
    ['/api/v1//pods', { type: 'nothing' }],
    ['/apiary', { type: 'other' }],
    ['/healthz', { type: 'other' }],
    ['/', { type: 'other' }],
  ])('%s', (path, wanted) => expect(parsePath(path)).toMatchObject(wanted))
  test('that is not properly encoded is none', () => expect(parsePath('/api/v1/pods/%zz')).toBeUndefined())
  test('of an object comes back as its parts, whatever they hold', () => {
    const segment = fc
      .string({ minLength: 1 })
      .filter(text => !text.includes('/') && !['status', 'finalize', 'watch'].includes(text))
    fc.assert(
      fc.property(segment, segment, segment, segment, (group, namespace, plural, name) => {
        const encode = encodeURIComponent
        const path = `/apis/${encode(group)}/v1/namespaces/${encode(namespace)}/${encode(plural)}/${encode(name)}`
        expect(parsePath(path)).toEqual({
          type: 'resource',
          group,
          version: 'v1',
          namespace,
          plural,
          name,
          isWatch: false,
        })
      }),
    )
  })
})
