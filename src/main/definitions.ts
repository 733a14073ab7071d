// Puts definitions into the embedded cluster: our own kinds, made at the first start and brought up to date at later
// ones, and those of routes, where nobody has installed better ones.
import { crds } from '../api/crds.ts'
import { KubeError } from '../kube/errors.ts'
import { CUSTOM_RESOURCE_DEFINITION } from '../kube/kinds.ts'
import { asJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import { routeDefinitions } from './route-definitions.ts'

export async function placeDefinitions(client: Client): Promise<void> {
  for (const definition of crds()) {
    if (!(await isMade(client, definition))) await bringUpToDate(client, definition)
  }
  for (const definition of routeDefinitions()) await isMade(client, definition)
}

/** False when it stood already. */
export async function isMade(client: Client, object: KubeObject): Promise<boolean> {
  try {
    await client.write({ verb: 'create', object, why: `${object.kind} ${object.metadata.name}` })
    return true
  } catch (error) {
    if (!(error instanceof KubeError) || error.reason !== 'AlreadyExists') throw error
    return false
  }
}

async function bringUpToDate(client: Client, object: KubeObject): Promise<void> {
  const { name } = object.metadata
  const target = { kind: CUSTOM_RESOURCE_DEFINITION, name }
  const patch = { spec: asJson(object).spec ?? null }
  await client.write({ verb: 'patch', target, patch, why: `the kind ${name} as this version knows it` })
}
