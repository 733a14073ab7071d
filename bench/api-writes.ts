// How many durable creates a second the API pipeline takes, without the wire: 2 KB objects, 32 writers, and
// one alone. `npm run script bench/api-writes.ts`. Every create is on disk before it counts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createResources } from '../src/cluster/resources/pipeline.ts'
import { seed } from '../src/cluster/resources/seed.ts'
import { openLmdbStore } from '../src/cluster/storage/lmdb.ts'
import { systemClock, systemRandom } from '../src/runtime/system.ts'

const SECONDS = 4
const folder = mkdtempSync(join(tmpdir(), 'api-writes-'))
const store = openLmdbStore({ folder, clock: systemClock })
const resources = createResources({ store, clock: systemClock, random: systemRandom, nodeName: 'bench' })
await seed(resources, { nodeName: 'bench', now: systemClock.now() })
const kind = resources.kind('', 'v1', 'configmaps')
if (!kind) throw new Error('config maps are not served')

async function measure(writers: number): Promise<void> {
  const times: number[] = []
  const end = performance.now() + SECONDS * 1000
  const write = async (writer: number) => {
    for (let i = 0; performance.now() < end; i++) {
      const began = performance.now()
      const metadata = {
        name: `w${writers}-${writer}-${i}`,
        labels: { app: 'bench', writer: String(writer) },
      }
      await resources.create(kind!, 'default', { metadata, data: { text: 'x'.repeat(1_800) } }, {})
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, i) => write(i)))
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2)
  const rate = Math.round(times.length / SECONDS)
  console.log(
    `${writers} writers: ${rate} creates/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${times.length} objects`,
  )
}

await measure(32)
await measure(1)
resources.close()
await store.close()
rmSync(folder, { recursive: true, force: true })
