// The pods of a ReplicaSet as writes: made from its template, deleted in Kubernetes' order, adopted and released.
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Pod } from '../../kube/core.ts'
import { POD } from '../../kube/kinds.ts'
import { asJson, ownerReference, refOf } from '../../kube/object.ts'
import type { OwnerReference } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { randomName } from './random-name.ts'

/** A new pod. `seed` draws its name: the same seed gives the same one. */
function podOf(replicaSet: ReplicaSet, seed: string): Pod {
  const { metadata: template, spec } = replicaSet.spec.template
  const generateName = `${replicaSet.metadata.name}-`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: randomName(generateName, seed),
      generateName,
      namespace: replicaSet.metadata.namespace ?? '',
      ...(template?.labels && { labels: template.labels }),
      ...(template?.annotations && { annotations: template.annotations }),
      ...(template?.finalizers && { finalizers: template.finalizers }),
      ownerReferences: [ownerReference(replicaSet)],
    },
    spec,
  }
}

const SOURCE = 'replicaset-controller'

export function createPod(replicaSet: ReplicaSet, seed: string): Write {
  const pod = podOf(replicaSet, seed)
  return {
    verb: 'create',
    object: pod,
    why: `create pod ${pod.metadata.name} of ${replicaSet.metadata.name}`,
    event: {
      type: 'Normal',
      source: SOURCE,
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    },
  }
}

export function deletePod(pod: Pod): Write {
  return {
    verb: 'delete',
    target: refOf(POD, pod),
    ...(pod.metadata.uid !== undefined && { ifUid: pod.metadata.uid }),
    why: `delete pod ${pod.metadata.name}`,
    event: {
      type: 'Normal',
      source: SOURCE,
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    },
  }
}

export function adoptPod(replicaSet: ReplicaSet, pod: Pod): Write {
  const owners = [...(pod.metadata.ownerReferences ?? []), ownerReference(replicaSet)]
  return ownersPatch(pod, owners, `adopt pod ${pod.metadata.name} into ${replicaSet.metadata.name}`)
}

export function releasePod(replicaSet: ReplicaSet, pod: Pod): Write {
  const owners = (pod.metadata.ownerReferences ?? []).filter(owner => owner.uid !== replicaSet.metadata.uid)
  return ownersPatch(pod, owners, `release pod ${pod.metadata.name} from ${replicaSet.metadata.name}`)
}

/** Others write to the list of owners too, so the patch holds only for the version that was seen. */
function ownersPatch(pod: Pod, owners: readonly OwnerReference[], why: string): Write {
  const list = owners.length > 0 ? asJson(owners) : null
  return {
    verb: 'patch',
    target: refOf(POD, pod),
    patch: { metadata: { ownerReferences: list } },
    ...(pod.metadata.resourceVersion !== undefined && { ifVersion: pod.metadata.resourceVersion }),
    why,
  }
}
