// Puts our kinds' definitions into the embedded cluster: made at the first start, brought up to date at later ones.
import { crds } from '../api/crds.ts'
import { KubeError } from '../kube/errors.ts'
import { CUSTOM_RESOURCE_DEFINITION } from '../kube/kinds.ts'
import { asJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Client } from '../runtime/client.ts'

export async function placeOwnKinds(client: Client): Promise<void> {
  for (const definition of crds()) await place(client, definition)
}

async function place(client: Client, object: KubeObject): Promise<void> {
  const { name } = object.metadata
  try {
    await client.write({ verb: 'create', object, why: `the kind ${name}` })
  } catch (error) {
    if (!(error instanceof KubeError) || error.reason !== 'AlreadyExists') throw error
    const target = { kind: CUSTOM_RESOURCE_DEFINITION, name }
    const patch = { spec: asJson(object).spec ?? null }
    await client.write({ verb: 'patch', target, patch, why: `the kind ${name} as this version knows it` })
  }
}
