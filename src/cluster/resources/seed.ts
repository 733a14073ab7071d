// What a fresh cluster holds before anybody has asked for anything: the namespaces, and the one node.
import type { Json } from '../../std/json.ts'
import type { Kind } from '../../kube/object.ts'
import { NAMESPACE, NODE } from '../../kube/kinds.ts'
import { StatusError } from './resources.ts'
import type { Resources } from './resources.ts'

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

export interface SeedOptions {
  readonly nodeName: string
  /** The node's labels, capacity and addresses, as far as the caller knows better. */
  readonly nodeLabels?: Readonly<Record<string, string>>
  readonly nodeStatus?: { readonly [field: string]: Json }
}

/** Makes what is missing; leaves what stands. */
export async function seed(resources: Resources, options: SeedOptions): Promise<void> {
  for (const name of NAMESPACES) await ensure(resources, NAMESPACE, { metadata: { name } })
  await ensure(resources, NODE, {
    metadata: {
      name: options.nodeName,
      labels: { 'kubernetes.io/hostname': options.nodeName, ...options.nodeLabels },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }], ...options.nodeStatus },
  })
}

async function ensure(resources: Resources, kind: Kind, body: Json): Promise<void> {
  const served = resources.kind(kind.group, kind.version, kind.plural)
  if (!served) return
  try {
    await resources.create(served, undefined, body, { fieldManager: 'crossfade' })
  } catch (error) {
    if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error
  }
}
