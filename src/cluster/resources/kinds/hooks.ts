// What single kinds do beyond the common pipeline: one line each, behaviour in the file beside.
import type { JsonObject } from '../../../std/json.ts'
import { equal } from '../../../std/equal.ts'
import type { Hooks } from '../behaviour.ts'
import { definitions } from './definitions.ts'
import { namespaces } from './namespaces.ts'
import { pods } from './pods.ts'
import { services } from './services.ts'

const changed = (part: string) => (object: JsonObject, old: JsonObject) => !equal(object[part], old[part])

const generationOfSpec: Hooks = { bumpsGeneration: changed('spec') }

/** By `group/plural`. */
export const HOOKS: Readonly<Record<string, Hooks>> = {
  '/namespaces': namespaces,
  '/pods': pods,
  '/services': services,
  '/nodes': { keepsStatusOnCreate: true },
  'apiextensions.k8s.io/customresourcedefinitions': definitions,
  'apps/replicasets': generationOfSpec,
  'apps/deployments': generationOfSpec,
}
