// Writes, lists and watches as HTTP requests.
import { describe, expect, test } from 'vitest'
import { NAMESPACE, POD, REPLICA_SET, ROLLOUT } from './kinds.ts'
import type { ObjectRef } from './object.ts'
import { getRequest, listRequest, requestTarget, watchRequest, writeRequest } from './request.ts'

const rollout: ObjectRef = { kind: ROLLOUT, namespace: 'default', name: 'demo' }

describe('reading', () => {
  test('paths name group, version, namespace and plural', () => {
    expect(getRequest(rollout).path).toBe('/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/demo')
    expect(getRequest({ kind: NAMESPACE, name: 'x' }).path).toBe('/api/v1/namespaces/x')
    expect(listRequest(REPLICA_SET, {}).path).toBe('/apis/apps/v1/replicasets')
    expect(getRequest({ kind: POD, namespace: 'a', name: '../b' }).path).toBe(
      '/api/v1/namespaces/a/pods/..%2Fb',
    )
  })
  test('a list is selected and paged', () => {
    const page = { limit: 500, continue: 'abc' }
    const request = listRequest(POD, { namespace: 'a', labels: 'app=demo', fields: 'spec.nodeName=n' }, page)
    expect(requestTarget(request)).toBe(
      '/api/v1/namespaces/a/pods?labelSelector=app%3Ddemo&fieldSelector=spec.nodeName%3Dn' +
        '&limit=500&continue=abc',
    )
  })
  test('a watch goes on from a version, with bookmarks', () => {
    expect(watchRequest(POD, {}, { from: '7', timeoutSeconds: 300 }).query).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: '300',
    })
  })
  test('who wants only metadata asks for it', () => {
    expect(listRequest(POD, { metadataOnly: true }).headers['accept']).toContain(
      'as=PartialObjectMetadataList;',
    )
    expect(
      watchRequest(POD, { metadataOnly: true }, { from: '1', timeoutSeconds: 1 }).headers['accept'],
    ).toContain('as=PartialObjectMetadata;')
  })
})

describe('writing', () => {
  const why = 'because'
  test('an object is created in its collection', () => {
    const object = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'x', namespace: 'a' } }
    expect(writeRequest({ why, verb: 'create', object })).toMatchObject({
      method: 'POST',
      path: '/apis/apps/v1/namespaces/a/replicasets',
      body: object,
    })
  })
  test('a kind that is not ours needs somebody who knows it', () => {
    const object = { apiVersion: 'x.example/v1', kind: 'Thing', metadata: { name: 'x', namespace: 'a' } }
    const things = { ...POD, group: 'x.example', plural: 'things' }
    expect(() => writeRequest({ why, verb: 'create', object })).toThrow('x.example/v1 Thing')
    expect(writeRequest({ why, verb: 'create', object }, () => things).path).toBe(
      '/apis/x.example/v1/namespaces/a/things',
    )
  })
  test('a patch carries the version that it must meet', () => {
    const write = { why, verb: 'patch' as const, target: rollout, ifVersion: '7' }
    const merge = writeRequest({
      ...write,
      patch: { metadata: { labels: { a: 'b' } } },
      subresource: 'status',
    })
    expect(merge.path).toMatch(/\/rollouts\/demo\/status$/)
    expect(merge.headers['content-type']).toBe('application/merge-patch+json')
    expect(merge.body).toEqual({ metadata: { labels: { a: 'b' }, resourceVersion: '7' } })
    const json = writeRequest({ ...write, type: 'json', patch: [{ op: 'remove', path: '/x' }] })
    expect(json.body).toEqual([
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      { op: 'remove', path: '/x' },
    ])
  })
  test('a delete can insist on the very object', () => {
    expect(writeRequest({ why, verb: 'delete', target: rollout, ifUid: 'u' })).toMatchObject({
      method: 'DELETE',
      body: { propagationPolicy: 'Background', preconditions: { uid: 'u' } },
    })
  })
  test('a delete can name the time that is left', () => {
    const target = { kind: POD, namespace: 'a', name: 'p' }
    expect(writeRequest({ why, verb: 'delete', target, gracePeriodSeconds: 0 }).body).toHaveProperty(
      'gracePeriodSeconds',
      0,
    )
  })
  test('an eviction is posted to the pod', () => {
    const target = { kind: POD, namespace: 'a', name: 'p' }
    expect(writeRequest({ why, verb: 'evict', target })).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/a/pods/p/eviction',
      body: { kind: 'Eviction', metadata: { name: 'p', namespace: 'a' } },
    })
  })
})
