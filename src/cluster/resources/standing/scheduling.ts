// Pods that could not be bound when they were made: bound when what they waited for comes. Follows the commit stream.
import type { KubeObject } from '../../../kube/object.ts'
import { asJson } from '../../../kube/object.ts'
import { POD } from '../../../kube/kinds.ts'
import { equal } from '../../../std/equal.ts'
import type { Entry } from '../../storage/store.ts'
import { surroundings } from '../admission.ts'
import type { Core } from '../core.ts'
import { bindPod, isUnbound } from '../kinds/pods.ts'
import { replace } from '../update.ts'

const PODS = '/pods'
const CLAIMS = '/persistentvolumeclaims'
const NODES = '/nodes'

export function followScheduling(core: Core): () => void {
  return core.store.follow(changes => {
    for (const { resource, key, value, previous } of changes) {
      if (resource === CLAIMS && value !== undefined && previous === undefined) {
        for (const entry of core.store.newestOf(PODS, value.metadata.namespace)) tryToBind(core, entry)
      }
      // Its status moves at each beat of its heart.
      if (resource === NODES && value !== undefined && !isSameSpec(value, previous)) {
        for (const entry of core.store.newestOf(PODS)) tryToBind(core, entry)
      }
      // A change may have taken the last scheduling gate away.
      if (resource === PODS && value !== undefined && previous !== undefined && isUnbound(value)) {
        const entry = core.store.newest(key)
        if (entry !== undefined) tryToBind(core, entry)
      }
    }
  })
}

function isSameSpec(node: KubeObject, previous: KubeObject | undefined): boolean {
  return previous !== undefined && equal(asJson(node)['spec'], asJson(previous)['spec'])
}

function tryToBind(core: Core, entry: Entry): void {
  const pod: KubeObject = entry.value
  if (!isUnbound(pod) || pod.metadata.deletionTimestamp !== undefined) return
  const around = surroundings(core, core.behaviour(POD), pod.metadata.name, { warnings: [], options: {} })
  const next = bindPod(asJson(pod), around)
  if (next !== asJson(pod)) core.spawn(replace(core, entry, next))
}
