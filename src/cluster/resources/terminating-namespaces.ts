// Emptying namespaces that are being deleted: pods first, then all the rest; when nothing is left, the
// namespace goes. Follows the commit stream, and is exact: the last object's end is the namespace's.
import { asJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { removeEntry } from './collector.ts'
import type { Core } from './core.ts'
import { list, record, withFields } from '../../std/json-parts.ts'
import { replace } from './update.ts'

const KEEPER = 'kubernetes'

export function followNamespaces(core: Core): () => void {
  const terminating = new Set<string>()
  const consider = (namespace: KubeObject | undefined, name: string) => {
    const isGoing = namespace?.metadata.deletionTimestamp !== undefined
    if (!isGoing) terminating.delete(name)
    else if (!terminating.has(name)) {
      terminating.add(name)
      proceed(core, name)
    }
  }
  for (const { value } of core.store.list('/namespaces')) consider(value, value.metadata.name)
  return core.store.follow(changes => {
    for (const { resource, value, previous } of changes) {
      const object = (value ?? previous) as KubeObject
      if (resource === '/namespaces') consider(value, object.metadata.name)
      else if (!value && terminating.has(object.metadata.namespace ?? ''))
        proceed(core, object.metadata.namespace ?? '')
    }
  })
}

/** The next thing to do for a namespace that is going. */
function proceed(core: Core, name: string): void {
  const pods = core.store.newestOf('/pods', name)
  const rest = pods.length > 0 ? pods : contentOf(core, name)
  if (rest.length === 0) {
    core.spawn(finalize(core, name))
    return
  }
  for (const entry of rest) {
    if (entry.value.metadata.deletionTimestamp === undefined)
      core.spawn(removeEntry(core, entry, 'Background'))
  }
}

function contentOf(core: Core, namespace: string) {
  return core
    .resources()
    .filter(resource => core.storedBehaviour(resource)?.kind.namespaced)
    .flatMap(resource => core.store.newestOf(resource, namespace))
}

async function finalize(core: Core, name: string): Promise<void> {
  const entry = core.store.newest(`/namespaces//${name}`)
  if (!entry) return
  const namespace = asJson(entry.value)
  const spec = record(namespace['spec'])
  const kept = list(spec['finalizers']).filter(one => one !== KEEPER)
  if (kept.length === list(spec['finalizers']).length) return
  const left = withFields(spec, { finalizers: kept.length > 0 ? kept : undefined })
  await replace(core, entry, withFields(namespace, { spec: left }))
}
