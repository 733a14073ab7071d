// An event is encoded once for each form in which it is watched, and the line is the same for all who watch it so.
import { expect, test } from 'vitest'
import { seededRandom } from '../../../doors/random.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { createResources } from '../../resources/pipeline.ts'
import type { ServedKind } from '../../resources/resources.ts'
import { createMemoryStore } from '../../storage/memory.ts'
import { formOf } from '../render.ts'
import { watchLines } from './watch-lines.ts'

const clock = { now: () => 0, sleepUntil: () => new Promise<void>(() => undefined) }
const resources = createResources({
  store: createMemoryStore({ clock }),
  clock,
  random: seededRandom(1),
  nodeName: 'crossfade',
})
const kind = resources.kind('', 'v1', 'configmaps') as ServedKind
const map = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1'
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

function aWatch(accept: string, query = '') {
  const asked = { accept, query: new URLSearchParams(query), userAgent: undefined }
  return watchLines({ kind, form: formOf(asked, false), clock })
}

const ways: [string, string][] = [
  ['application/json', ''],
  [METADATA, ''],
  [TABLE, ''],
  [TABLE, 'includeObject=Object'],
]

test.each(ways)('%s %s', (accept, query) => {
  const watches = [aWatch(accept, query), aWatch(accept, query)]
  for (const type of ['ADDED', 'MODIFIED'] as const) {
    const notice = { type, object: map(type.toLowerCase()) }
    const [one, other] = watches.map(line => line(notice))
    expect(one).toBe(other)
    const text = Buffer.concat(one?.parts ?? []).toString()
    expect(text).toHaveLength(one?.bytes ?? 0)
    expect(JSON.parse(text)).toMatchObject({ type })
  }
})

test('other forms, other lines', () => {
  const notice = { type: 'ADDED', object: map('shaped') } as const
  const lines = ways.map(([accept, query]) => aWatch(accept, query)(notice))
  expect(new Set(lines.map(({ parts }) => Buffer.concat(parts).toString())).size).toBe(ways.length)
  const later = aWatch(TABLE)
  later(notice)
  expect(Buffer.concat(later(notice).parts).toString()).toContain('"columnDefinitions":null')
})
