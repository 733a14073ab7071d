// What every Client promises (client.ts): run over the network, in process, and over the model that tests
// use.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KubeError, isAbsent } from '../../kube/errors.ts'
import type { KubeErrorReason } from '../../kube/errors.ts'
import { CONFIG_MAP, REPLICA_SET } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import type { AnyObject, KubeObject } from '../../kube/object.ts'
import type { Selection } from '../../kube/reconciler.ts'
import type { Json } from '../../std/json.ts'
import type { Client, WatchEvent } from './client.ts'

export interface ClientUnderTest {
  readonly client: Client
  /** A namespace that exists and holds no ConfigMaps. */
  readonly namespace: string
  /** Makes the server forget its history, and gives a version from before. */
  expire?(): Promise<string>
  stop?(): Promise<void>
}

export function clientSuite(name: string, start: () => Promise<ClientUnderTest>): void {
  describe(`${name} keeps a Client's promises`, () => {
    let client: Client
    let namespace: string
    let expire: (() => Promise<string>) | undefined
    let stop: (() => Promise<void>) | undefined
    beforeAll(async () => {
      const started = await start()
      client = started.client
      namespace = started.namespace
      expire = started.expire?.bind(started)
      stop = started.stop?.bind(started)
    })
    afterAll(() => stop?.())

    const ref = (object: string) => ({ kind: CONFIG_MAP, name: object, namespace })
    const aMap = (object: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) =>
      fromJson({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: object, namespace, labels }, data })
    const create = async (object: KubeObject) =>
      (await client.write({ verb: 'create', why: 'make it', object })) as KubeObject
    const patch = async (object: string, body: Json, ifVersion?: string) =>
      (await client.write({
        verb: 'patch',
        why: 'change it',
        target: ref(object),
        patch: body,
        ...(ifVersion === undefined ? {} : { ifVersion }),
      })) as KubeObject
    const remove = (object: string) => client.write({ verb: 'delete', why: 'drop it', target: ref(object) })

    test('what is created can be read, with uid, version and creation time', async () => {
      const made = await create(aMap('made', { a: '1' }))
      const read = await client.get(ref('made'))
      expect(read).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } })
      expect(read.metadata.uid).toBeTruthy()
      expect(read.metadata.resourceVersion).toBe(made.metadata.resourceVersion)
    })

    test('a path that is no kind’s and that nobody serves is NotFound', async () => {
      const told = async () => {
        for await (const line of client.lines('/nobody/serves/this', {}, new AbortController().signal))
          expect.unreachable(line)
      }
      await expect(told()).rejects.toMatchObject({ reason: 'NotFound' })
    })

    test('the server draws the rest of a generated name', async () => {
      const made = await create({ ...aMap(''), metadata: { name: '', generateName: 'gen-', namespace } })
      expect(made.metadata.name).toMatch(/^gen-.+/)
    })

    test('what is missing is NotFound, what is there AlreadyExists', async () => {
      await create(aMap('twice'))
      await refused(client.get(ref('nowhere')), 'NotFound')
      await refused(create(aMap('twice')), 'AlreadyExists')
      await refused(patch('nowhere', { data: {} }), 'NotFound')
      await refused(remove('nowhere'), 'NotFound')
      const nowhere = await remove('nowhere').catch((error: unknown) => error)
      expect(isAbsent(nowhere, ref('nowhere')), 'and says so of this very object').toBe(true)
    })

    test('a patch on an old version is a Conflict and changes nothing', async () => {
      const made = await create(aMap('raced', { a: '1' }))
      const { resourceVersion = '' } = made.metadata
      const changed = await patch('raced', { data: { a: '2' } }, resourceVersion)
      expect(changed).toMatchObject({ data: { a: '2' } })
      await refused(patch('raced', { data: { a: '3' } }, resourceVersion), 'Conflict')
      expect(await client.get(ref('raced'))).toMatchObject({ data: { a: '2' } })
    })

    test('so is a patch of single operations', async () => {
      const made = await create(aMap('raced-by-operations', { a: '1' }))
      const { resourceVersion = '' } = made.metadata
      const write = (value: string) =>
        client.write({
          verb: 'patch',
          type: 'json',
          why: 'write the data',
          target: ref('raced-by-operations'),
          patch: [{ op: 'replace', path: '/data', value: { a: value } }],
          ifVersion: resourceVersion,
        })
      expect(await write('2')).toMatchObject({ data: { a: '2' } })
      await refused(write('3'), 'Conflict')
    })

    test('a patch that changes nothing leaves the version', async () => {
      const made = await create(aMap('same', { a: '1' }))
      const same = await patch('same', { data: { a: '1', b: null } })
      expect(same.metadata.resourceVersion).toBe(made.metadata.resourceVersion)
    })

    test('what is deleted is gone', async () => {
      await create(aMap('gone'))
      await remove('gone')
      await refused(client.get(ref('gone')), 'NotFound')
    })

    test('status is written apart from the rest', async () => {
      await create(aReplicaSet(namespace))
      const target = { kind: REPLICA_SET, name: 'apart', namespace }
      const body = { spec: { replicas: 9 }, status: { replicas: 3 } }
      await client.write({ verb: 'patch', why: 'report', target, patch: body, subresource: 'status' })
      const read = (await client.get(target)) as AnyObject
      expect(read).toMatchObject({ spec: { replicas: 0 }, status: { replicas: 3 } })
      await client.write({ verb: 'delete', why: 'drop it', target })
    })

    test('lists come whole or in pages, by label, or as metadata alone', async () => {
      for (let i = 0; i < 5; i++) await create(aMap(`page-${i}`, { a: '1' }, { page: 'yes' }))
      const selection: Selection = { namespace, labels: 'page=yes' }
      const whole = await client.list(CONFIG_MAP, selection)
      expect(names(whole.items)).toEqual([0, 1, 2, 3, 4].map(i => `page-${i}`))
      const first = await client.list(CONFIG_MAP, selection, { limit: 3 })
      const rest = await client.list(CONFIG_MAP, selection, { limit: 3, continue: first.continue ?? '' })
      expect(names([...first.items, ...rest.items])).toEqual(names(whole.items))
      expect(rest.continue).toBeUndefined()
      for (const item of whole.items) expect(item).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
      const bare = await client.list(CONFIG_MAP, { ...selection, metadataOnly: true })
      expect(bare.items[0]).not.toHaveProperty('data')
    })

    test('a watch from a version tells what has happened since, in order', async () => {
      const { resourceVersion } = await client.list(CONFIG_MAP, { namespace })
      await create(aMap('seen', { a: '1' }))
      await patch('seen', { data: { a: '2' } })
      await remove('seen')
      const events = await take(client, { namespace, from: resourceVersion, until: 'DELETED' })
      expect(events.map(event => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
      const versions = events.map(event => Number('object' in event && event.object.metadata.resourceVersion))
      expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    })

    test('a watch from nowhere begins with what is there, and says when that is all', async () => {
      const { items } = await client.list(CONFIG_MAP, { namespace })
      const events = await take(client, { namespace, from: '', until: 'BOOKMARK' })
      const added = events.flatMap(event => (event.type === 'ADDED' ? [event.object] : []))
      expect(names(added)).toEqual(names(items))
      expect(events.at(-1)).toMatchObject({ type: 'BOOKMARK', initialEventsEnd: true })
    })

    test('a watch ends when it is aborted', async () => {
      const stopping = new AbortController()
      const seen: WatchEvent[] = []
      for await (const event of client.watch(
        CONFIG_MAP,
        { namespace },
        { from: '', signal: stopping.signal },
      )) {
        seen.push(event)
        stopping.abort()
      }
      expect(seen.length).toBeGreaterThan(0)
    })

    test('a version that is too old is Expired, in the stream', async context => {
      if (expire === undefined) return context.skip('this server keeps its history for too long')
      const from = await expire()
      const events: WatchEvent[] = []
      for await (const event of client.watch(
        CONFIG_MAP,
        { namespace },
        { from, signal: new AbortController().signal },
      ))
        events.push(event)
      expect(events).toMatchObject([{ type: 'ERROR', error: { reason: 'Expired', status: 410 } }])
    })

    test('it knows which kinds are served', async () => {
      expect(await client.serves(CONFIG_MAP)).toBe(true)
      expect(await client.serves({ ...CONFIG_MAP, group: 'nowhere.example', plural: 'nothings' })).toBe(false)
      expect(await client.serves({ ...CONFIG_MAP, plural: 'nothings' })).toBe(false)
    })
  })
}

async function refused(promise: Promise<unknown>, reason: KubeErrorReason): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(KubeError)
  expect((error as KubeError).reason).toBe(reason)
}

function names(objects: readonly KubeObject[]): string[] {
  return objects.map(object => object.metadata.name).toSorted()
}

async function take(
  client: Client,
  { namespace, from, until }: { namespace: string; from: string; until: WatchEvent['type'] },
): Promise<WatchEvent[]> {
  const stopping = new AbortController()
  const events: WatchEvent[] = []
  for await (const event of client.watch(CONFIG_MAP, { namespace }, { from, signal: stopping.signal })) {
    events.push(event)
    if (event.type === until) stopping.abort()
  }
  return events
}

function aReplicaSet(namespace: string): KubeObject {
  const labels = { app: 'apart' }
  return fromJson({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'apart', namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
    },
  })
}
