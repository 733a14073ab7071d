// The life of CustomResourceDefinitions: served from the moment they are established, their objects deleted
// with them. Follows the commit stream, so a kind is there (or gone) before whoever made the change has its
// answer.
import { asJson, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { letGo, removeEntry } from './collector.ts'
import type { Core } from './core.ts'
import { customBehaviours } from './custom.ts'
import type { KindsRegistry } from './kinds-registry.ts'
import { CLEANUP, withCondition } from './kinds/definitions.ts'
import { list, record, text, withFields } from '../../std/json-parts.ts'
import { replace } from './update.ts'
import type { Watches } from './watches.ts'

const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions'

export interface DefinitionsPlaces {
  readonly registry: KindsRegistry
  readonly watches: Watches
}

export function followDefinitions(core: Core, { registry, watches }: DefinitionsPlaces): () => void {
  const terminating = new Map<string, string>()

  const serve = (definition: KubeObject, previous: KubeObject | undefined) => {
    const resource = resourceOf(definition)
    if (!isEstablished(definition)) return
    if (previous && isSame(definition, previous)) return
    registry.replace(resource, customBehaviours(asJson(definition)))
    if (previous) watches.end(resource)
  }

  const consider = (definition: KubeObject, previous: KubeObject | undefined) => {
    serve(definition, previous)
    const isGoing = definition.metadata.deletionTimestamp !== undefined
    if (!isGoing || terminating.has(resourceOf(definition))) return
    terminating.set(resourceOf(definition), definition.metadata.name)
    core.spawn(empty(core, definition))
  }

  for (const { value } of core.store.list(DEFINITIONS)) consider(value, undefined)
  return core.store.follow(changes => {
    for (const { resource, value, previous } of changes) {
      const definition = terminating.get(resource)
      if (definition !== undefined && !value) core.spawn(letGoWhenEmpty(core, resource, definition))
      if (resource !== DEFINITIONS) continue
      if (value) consider(value, previous)
      else if (previous) {
        terminating.delete(resourceOf(previous))
        registry.replace(resourceOf(previous), [])
        watches.end(resourceOf(previous))
      }
    }
  })
}

function resourceOf(definition: KubeObject): string {
  const spec = specOf(definition)
  return `${text(spec['group'])}/${text(record(spec['names'])['plural'])}`
}

function isEstablished(definition: KubeObject): boolean {
  return list(record(asJson(definition)['status'])['conditions'])
    .map(record)
    .some(one => one['type'] === 'Established' && one['status'] === 'True')
}

/**
 * Whether two states of a definition serve the same: the parsed parts are shared when nothing of them was
 * written.
 */
function isSame(definition: KubeObject, previous: KubeObject): boolean {
  const parts = (object: JsonObject): Json => [
    object['spec'] ?? null,
    record(object['status'])['acceptedNames'] ?? null,
    isEstablished(object as unknown as KubeObject),
  ]
  return JSON.stringify(parts(asJson(definition))) === JSON.stringify(parts(asJson(previous)))
}

async function empty(core: Core, definition: KubeObject): Promise<void> {
  const resource = resourceOf(definition)
  await markTerminating(core, definition)
  for (const entry of core.store.newestOf(resource)) {
    if (entry.value.metadata.deletionTimestamp === undefined) core.spawn(removeEntry(core, entry))
  }
  await letGoWhenEmpty(core, resource, definition.metadata.name)
}

async function markTerminating(core: Core, definition: KubeObject): Promise<void> {
  const entry = core.store.newest(`${DEFINITIONS}//${definition.metadata.name}`)
  if (!entry) return
  const object = asJson(entry.value)
  const status = withCondition(record(object['status']), {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: printInstant(core.now()),
    reason: 'InstanceDeletionInProgress',
    message: 'CustomResource deletion is in progress',
  })
  await replace(core, entry, withFields(object, { status }))
}

async function letGoWhenEmpty(core: Core, resource: string, name: string): Promise<void> {
  if (core.store.newestOf(resource).length === 0) await letGo(core, `${DEFINITIONS}//${name}`, CLEANUP)
}
