// Decides on every world of a file and prints each decision as a line of JSON: what is compared between two versions of
// this code. It is bundled once with each, so it imports only what both have.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import * as kinds from '../../src/kube/kinds.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import { decide } from '../../src/rollout/decide.ts'
import { gather } from '../../src/rollout/gather.ts'
import { INDICES } from '../../src/rollout/gather/indices.ts'
import { createStore } from '../../src/runtime/mirror/store.ts'
import type { SavedWorld } from './worlds.ts'

const KINDS = Object.values(kinds).filter((one): one is Kind => typeof one === 'object' && 'plural' in one)

function kindOf({ apiVersion, kind }: KubeObject): Kind | undefined {
  const [version, group = ''] = apiVersion.split('/').toReversed()
  return KINDS.find(one => one.kind === kind && one.group === group && one.version === version)
}

function decided({ now, objects }: SavedWorld): unknown {
  const store = createStore({ indices: [INDICES] })
  for (const object of objects) {
    const kind = kindOf(object)
    if (kind !== undefined) store.put(kind, object)
  }
  const snapshot = gather('shop/demo', store, now, { answers: {} })
  if (snapshot === undefined) return {}
  const { writes, status, events, waits } = decide(snapshot)
  return { writes, status, events, waits }
}

function outcome(world: SavedWorld): unknown {
  try {
    return decided(world)
  } catch (error) {
    return { crashed: String(error) }
  }
}

for await (const line of createInterface({ input: createReadStream(process.argv[2] as string) }))
  process.stdout.write(`${JSON.stringify(outcome(JSON.parse(line) as SavedWorld))}\n`)
