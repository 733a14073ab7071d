// Lists and watches agree: pages of one revision, watches that are the filtered log from where they began,
// and whatever writers do, a list followed by a watch is the same as a list made later.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../kube/object.ts'
import { aCluster } from './pipeline.suite.ts'
import type { ListAnswer, Resources, WatchNotice, WatchQuery } from './resources.ts'

const configMaps = (resources: Resources) => resources.kind('', 'v1', 'configmaps')!
const refTo = (resources: Resources, name: string, namespace = 'default') => ({
  kind: configMaps(resources),
  name,
  namespace,
})

async function make(
  resources: Resources,
  name: string,
  labels: Record<string, string> = {},
  namespace = 'default',
) {
  return resources.create(configMaps(resources), namespace, { metadata: { name, labels } }, {})
}

const label = (
  resources: Resources,
  name: string,
  labels: Record<string, string | null>,
  namespace = 'default',
) => resources.patch(refTo(resources, name, namespace), { type: 'merge', body: { metadata: { labels } } }, {})

function watch(resources: Resources, query: WatchQuery) {
  const notices: WatchNotice[] = []
  const seen = { notices, ended: 0, stop: () => undefined as void }
  seen.stop = resources.watch(configMaps(resources), query, {
    notice: one => notices.push(one),
    ended: () => seen.ended++,
  })
  return seen
}

const told = (notices: readonly WatchNotice[]) =>
  notices.map(one => ('object' in one ? `${one.type} ${one.object.metadata.name}` : one.type))

describe('a list in pages', () => {
  test('shows one revision, whatever happens between the pages', async () => {
    const { resources } = await aCluster()
    for (let i = 0; i < 7; i++) await make(resources, `n${i}`)
    const first = await resources.list(configMaps(resources), { limit: 3 })
    expect(first).toMatchObject({ remainingItemCount: 4 })
    await resources.delete(refTo(resources, 'n4'), {})
    await make(resources, 'n3b')
    const second = await resources.list(configMaps(resources), { limit: 3, continue: first.continue! })
    const third = await resources.list(configMaps(resources), { limit: 3, continue: second.continue! })
    const names = [first, second, third].flatMap(page => page.items.map(one => one.metadata.name))
    expect(names).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6'])
    expect(new Set([first, second, third].map(page => page.resourceVersion)).size).toBe(1)
    expect(third.continue).toBeUndefined()
  })

  test('that comes too late is told how to go on', async () => {
    const { resources } = await aCluster({ events: 10, eventsMax: 20, ageMs: 1 })
    for (let i = 0; i < 5; i++) await make(resources, `n${i}`)
    const first = await resources.list(configMaps(resources), { limit: 2 })
    for (let i = 0; i < 700; i++) await label(resources, 'n0', { i: String(i) })
    const late = async () => resources.list(configMaps(resources), { limit: 2, continue: first.continue! })
    const error = await late().then(
      () => undefined,
      (refused: { code: number; details: { continue: string } }) => refused,
    )
    expect(error?.code).toBe(410)
    const rest = await resources.list(configMaps(resources), { continue: error!.details.continue })
    expect(rest.items.map(one => one.metadata.name)).toEqual(['n2', 'n3', 'n4'])
  })

  test('with a selector tells no count of what remains', async () => {
    const { resources } = await aCluster()
    for (let i = 0; i < 6; i++) await make(resources, `n${i}`, { odd: String(i % 2) })
    const page = await resources.list(configMaps(resources), { limit: 2, labelSelector: 'odd=1' })
    expect(page.items.map(one => one.metadata.name)).toEqual(['n1', 'n3'])
    expect(page.remainingItemCount).toBeUndefined()
    const rest = await resources.list(configMaps(resources), {
      limit: 2,
      labelSelector: 'odd=1',
      continue: page.continue!,
    })
    expect(rest.items.map(one => one.metadata.name)).toEqual(['n5'])
    expect(rest.continue).toBeUndefined()
  })
})

describe('a list at a revision', () => {
  test('exact shows what stood then; one that is still to come is waited for, but not for ever', async () => {
    const { resources, clock } = await aCluster()
    await make(resources, 'a')
    const then = resources.resourceVersion()
    await make(resources, 'b')
    const exact = await resources.list(configMaps(resources), {
      resourceVersion: then,
      resourceVersionMatch: 'Exact',
    })
    expect(exact.items.map(one => one.metadata.name)).toEqual(['a'])
    const next = String(Number(resources.resourceVersion()) + 1)
    const waiting = resources.list(configMaps(resources), { resourceVersion: next })
    await make(resources, 'c')
    expect((await waiting).items).toHaveLength(3)
    const never = Promise.resolve(resources.list(configMaps(resources), { resourceVersion: '99999' }))
    const refused = expect(never).rejects.toMatchObject({ code: 504, reason: 'Timeout' })
    await clock.advance(3_000)
    await refused
  })

  test.each([
    [{ resourceVersionMatch: 'Exact' }, 422],
    [{ resourceVersion: '0', resourceVersionMatch: 'Exact' }, 422],
    [{ resourceVersion: 'x' }, 400],
    [{ continue: 'abc' }, 400],
    [{ labelSelector: 'a===' }, 400],
    [{ fieldSelector: 'foo=1' }, 400],
  ])('%j is refused', async (query, code) => {
    const { resources } = await aCluster()
    await expect((async () => resources.list(configMaps(resources), query))()).rejects.toMatchObject({ code })
  })
})

describe('a watch', () => {
  test('tells of objects that come to match and cease to', async () => {
    const { resources } = await aCluster()
    await make(resources, 'a', { app: 'x' })
    const seen = watch(resources, { labelSelector: 'app=x' })
    await label(resources, 'a', { app: 'y' })
    const last = resources.resourceVersion()
    await label(resources, 'a', { more: 'z' })
    await label(resources, 'a', { app: 'x' })
    await resources.delete(refTo(resources, 'a'), {})
    expect(told(seen.notices)).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'DELETED a'])
    const gone = (seen.notices[1] as { object: KubeObject }).object
    expect(gone.metadata).toMatchObject({ labels: { app: 'x' }, resourceVersion: last })
  })

  test('with initial events ends them with a bookmark', async () => {
    const { resources } = await aCluster()
    await make(resources, 'a')
    const seen = watch(resources, {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    })
    expect(seen.notices.at(-1)).toEqual({
      type: 'BOOKMARK',
      resourceVersion: resources.resourceVersion(),
      initialEventsEnd: true,
    })
    await make(resources, 'b')
    expect(told(seen.notices)).toEqual(['ADDED a', 'BOOKMARK', 'ADDED b'])
  })

  test('gets a bookmark every minute, and nothing once it is stopped', async () => {
    const { resources, clock } = await aCluster()
    const seen = watch(resources, { allowWatchBookmarks: true, resourceVersion: resources.resourceVersion() })
    await clock.advance(125_000)
    expect(told(seen.notices)).toEqual(['BOOKMARK', 'BOOKMARK'])
    seen.stop()
    await make(resources, 'a')
    await clock.advance(125_000)
    expect(seen.notices).toHaveLength(2)
  })

  test('from too long ago gets an error and ends', async () => {
    const { resources } = await aCluster({ events: 10, eventsMax: 20, ageMs: 1 })
    await make(resources, 'a')
    for (let i = 0; i < 700; i++) await label(resources, 'a', { i: String(i) })
    const seen = watch(resources, { resourceVersion: '2' })
    expect(seen.notices).toMatchObject([{ type: 'ERROR', error: { code: 410, reason: 'Expired' } }])
    expect(seen.ended).toBe(1)
  })

  test('whose reader fails is dropped, and the others go on', async () => {
    const { resources } = await aCluster()
    resources.watch(
      configMaps(resources),
      {},
      {
        notice() {
          throw new Error('the reader is broken')
        },
        ended: () => undefined,
      },
    )
    const seen = watch(resources, {})
    await make(resources, 'a')
    expect(told(seen.notices)).toEqual(['ADDED a'])
  })
})

type Act = { kind: 'make' | 'change' | 'delete' | 'watch'; name: string; app: string; ns: string }

describe('whatever writers do', () => {
  test('a list and the watch from it give what a later list gives, in the order of revisions', async () => {
    const act: fc.Arbitrary<Act> = fc.record({
      kind: fc.constantFrom('make', 'change', 'change', 'delete', 'watch'),
      name: fc.constantFrom('a', 'b', 'c'),
      app: fc.constantFrom('x', 'y'),
      ns: fc.constantFrom('default', 'kube-system'),
    })
    await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 40 }), listAndWatchAgree), { numRuns: 60 })
  })
})

const QUERIES: readonly { namespace?: string; labelSelector?: string; fieldSelector?: string }[] = [
  {},
  { namespace: 'default' },
  { labelSelector: 'app=x' },
  { namespace: 'kube-system', labelSelector: 'app!=x' },
  { fieldSelector: 'metadata.name=a' },
]

/** A reader's copy of what it has listed, kept by what it has been told. */
interface Copy {
  readonly query: (typeof QUERIES)[number]
  readonly objects: Map<string, KubeObject>
  readonly revisions: number[]
}

async function listAndWatchAgree(acts: readonly Act[]): Promise<void> {
  const { resources } = await aCluster()
  const copies: Copy[] = []
  for (const act of acts) await perform(resources, act, copies)
  for (const copy of copies) {
    const now = (await resources.list(configMaps(resources), copy.query)) as ListAnswer
    const wanted = Object.fromEntries(now.items.map(one => [placeOf(one), one]))
    expect(Object.fromEntries(copy.objects)).toEqual(wanted)
    expect(copy.revisions).toEqual(copy.revisions.toSorted((a, b) => a - b))
    expect(new Set(copy.revisions).size).toBe(copy.revisions.length)
  }
}

const placeOf = ({ metadata: { namespace, name } }: KubeObject) => `${namespace}/${name}`

async function perform(resources: Resources, { kind, name, app, ns }: Act, copies: Copy[]): Promise<void> {
  const ignore = () => undefined
  if (kind === 'make') await make(resources, name, { app }, ns).catch(ignore)
  if (kind === 'change') await label(resources, name, { app }, ns).catch(ignore)
  if (kind === 'delete') await resources.delete(refTo(resources, name, ns), {}).catch(ignore)
  if (kind !== 'watch') return
  for (const query of QUERIES) {
    const listed = (await resources.list(configMaps(resources), query)) as ListAnswer
    const copy: Copy = {
      query,
      objects: new Map(listed.items.map(one => [placeOf(one), one])),
      revisions: [],
    }
    copies.push(copy)
    resources.watch(
      configMaps(resources),
      { ...query, resourceVersion: listed.resourceVersion },
      { notice: one => note(copy, one), ended: ignore },
    )
  }
}

function note(copy: Copy, notice: WatchNotice): void {
  if (!('object' in notice)) return
  const place = placeOf(notice.object)
  copy.revisions.push(Number(notice.object.metadata.resourceVersion))
  const isKnown = copy.objects.has(place)
  expect(notice.type).toBe(notice.type === 'DELETED' ? 'DELETED' : isKnown ? 'MODIFIED' : 'ADDED')
  if (notice.type === 'DELETED') copy.objects.delete(place)
  else copy.objects.set(place, notice.object)
}
