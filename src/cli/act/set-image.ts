// `set image`: another image for a container, in the Rollout's template or in that of the Deployment it
// refers to.
import type { Rollout } from '../../api/rollout.ts'
import type { Deployment } from '../../kube/apps.ts'
import type { Container, PodSpec } from '../../kube/core.ts'
import { DEPLOYMENT, ROLLOUT } from '../../kube/kinds.ts'
import { asJson, refOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { mergePatch } from './act.ts'
import type { Planned } from './act.ts'

export interface ImageChange {
  /** Name of a container; `*` means all of them. */
  readonly container: string
  readonly image: string
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** `web=app:v2`, or why it is none. An image may hold `=`, a container's name may not. */
export function parseImageChange(text: string): ImageChange | { readonly refused: string } {
  const at = text.indexOf('=')
  const container = text.slice(0, Math.max(at, 0))
  const image = text.slice(at + 1)
  if (at > 0 && image !== '') return { container, image }
  return { refused: `expected CONTAINER=IMAGE, got ${JSON.stringify(text)}` }
}

/**
 * `workload`: the Deployment that the rollout refers to; its template is changed in place of the rollout's.
 */
export function setImage(rollout: Rollout, change: ImageChange, workload?: Deployment): Planned {
  const { workloadRef } = rollout.spec
  if (workloadRef === undefined) {
    return changed({ object: rollout, kind: ROLLOUT, title: 'rollout' }, rollout.spec.template?.spec, change)
  }
  if (workload === undefined) return { refused: `workload of type ${workloadRef.kind} is not supported` }
  return changed(
    { object: workload, kind: DEPLOYMENT, title: 'deployment' },
    workload.spec.template.spec,
    change,
  )
}

interface Changed {
  readonly object: KubeObject
  readonly kind: Kind
  readonly title: string
}

/** None where something else stands: API servers may hold what no schema would let in today. */
function containersIn(value: readonly Container[] | undefined): readonly Container[] {
  return Array.isArray(value) && value.every(one => typeof one === 'object' && one !== null) ? value : []
}

function changed({ object, kind, title }: Changed, spec: PodSpec | undefined, change: ImageChange): Planned {
  const { name, resourceVersion } = object.metadata
  const lists = LISTS.map(list => [list, containersIn(spec?.[list])] as const)
  if (!lists.some(([, containers]) => containers.some(one => isMeant(one, change)))) {
    const names = lists.flatMap(([, containers]) => containers.map(one => one.name))
    return {
      refused: `unable to find container named ${JSON.stringify(change.container)}`,
      meant: { wanted: change.container, names },
    }
  }
  const patched = lists
    .map(([list, containers]) => [list, containers, containers.map(one => withImage(one, change))] as const)
    .filter(([, before, after]) => !equal(before, after))
  const podSpec = Object.fromEntries(patched.map(([list, , after]) => [list, asJson(after)]))
  const why = `set image of ${title} ${name}: ${change.container}=${change.image}`
  // A merge patch replaces whole lists: it must not undo what somebody else changed since the read.
  const version = resourceVersion === undefined ? {} : { ifVersion: resourceVersion }
  const patch = { spec: { template: { spec: podSpec } } }
  return {
    writes: patched.length === 0 ? [] : [mergePatch(refOf(kind, object), { why, patch, ...version })],
    text: `${title} "${name}" image updated\n`,
  }
}

function isMeant(container: Container, { container: name }: ImageChange): boolean {
  return name === '*' || container.name === name
}

function withImage(container: Container, change: ImageChange): Container {
  return isMeant(container, change) ? { ...container, image: change.image } : container
}
