// Watches in process: whole at the start, bounded from then on.
import { expect, test } from 'vitest'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import { seededRandom } from '../../doors/random.ts'
import { virtualClock } from '../../sim/clock.ts'
import { createResources } from '../resources/pipeline.ts'
import { seed } from '../resources/seed.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { inProcessClient } from './in-process.ts'

const MANY = 10_500

async function aCluster() {
  const clock = virtualClock(Date.UTC(2026, 7, 1))
  const resources = createResources({ store: createMemoryStore({ clock }), clock, random: seededRandom(1) })
  await seed(resources, { nodeName: 'crossfade', now: clock.now() })
  const kind = resources.kind('', 'v1', 'configmaps')!
  const make = async (prefix: string) => {
    for (let i = 0; i < MANY; i++)
      await resources.create(kind, 'default', { metadata: { name: `${prefix}-${i}` } }, {})
  }
  return { client: inProcessClient(resources), make }
}

test('a watch gives all that is there, however much, but leaves behind who does not read', async () => {
  const { client, make } = await aCluster()
  await make('old')
  const stop = new AbortController()
  const watch = client.watch(CONFIG_MAP, {}, { from: '', signal: stop.signal })[Symbol.asyncIterator]()
  const types: string[] = []
  const read = async () => {
    const { value, done } = await watch.next()
    if (!done) types.push(value.type)
    return done !== true
  }
  while (types.at(-1) !== 'BOOKMARK' && (await read()));
  expect(types.length).toBe(MANY + 1)
  expect(types.at(-1)).toBe('BOOKMARK')
  const next = read()
  await make('new')
  await next
  await make('newer')
  while (await read());
  expect(types.length).toBeLessThan(3 * MANY)
}, 20_000)
