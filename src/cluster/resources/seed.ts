// What a fresh cluster holds before anybody has asked for anything: the namespaces, and the one node.
import { equal } from '../../std/equal.ts'
import type { Instant } from '../../std/instant.ts'
import { record } from '../../std/json-parts.ts'
import { asJson } from '../../kube/object.ts'
import { nodeObject } from './standing/node.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { Kind } from '../../kube/object.ts'
import { NAMESPACE, NODE } from '../../kube/kinds.ts'
import { StatusError } from './resources.ts'
import type { Resources } from './resources.ts'

const OURS = { fieldManager: 'crossfade' }
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

export interface SeedOptions {
  readonly nodeName: string
  readonly now: Instant
}

/** Makes what is missing; leaves what stands, but for what the node says of itself. */
export async function seed(resources: Resources, options: SeedOptions): Promise<void> {
  for (const name of NAMESPACES) await ensure(resources, NAMESPACE, { metadata: { name } })
  const node = nodeObject(options.nodeName, options.now)
  await ensure(resources, NODE, node)
  await complete(resources, options.nodeName, node)
}

/** A node that an earlier version of this program made knows less of itself. */
async function complete(resources: Resources, name: string, wanted: JsonObject): Promise<void> {
  const ref = { kind: NODE, name }
  const status = record(wanted['status'])
  const standing = record(asJson(resources.get(ref))['status'])
  if (['capacity', 'nodeInfo', 'addresses'].every(field => equal(standing[field], status[field]))) return
  const labels = record(record(wanted['metadata'])['labels'])
  await resources.patch(ref, { type: 'merge', body: { metadata: { labels } } }, OURS)
  await resources.patch(ref, { type: 'merge', body: { status } }, { ...OURS, subresource: 'status' })
}

async function ensure(resources: Resources, kind: Kind, body: Json): Promise<void> {
  const served = resources.kind(kind.group, kind.version, kind.plural)
  if (!served) return
  try {
    await resources.create(served, undefined, body, OURS)
  } catch (error) {
    if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error
  }
}
