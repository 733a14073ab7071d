// What an API server fills into an object that is made: as much of it as our controllers, the pods' stages and a
// recording of a life look at.
import { crds } from '../../api/crds.ts'
import { defaultedPodSpec, defaultedPodTemplate } from '../../kube/pod-defaults.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Pod } from '../../kube/core.ts'
import { asJson, fromJson } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { JOB, POD, REPLICA_SET } from '../../kube/kinds.ts'
import { customBehaviours } from '../../cluster/resources/custom.ts'
import { jobs } from '../../cluster/resources/kinds/jobs.ts'
import type { Surroundings } from '../../cluster/resources/behaviour.ts'

const NODE_NAME = 'crossfade'

const OURS = new Map(
  crds()
    .flatMap(definition => customBehaviours(asJson(definition)))
    .map(behaviour => [behaviour.kind.kind, behaviour]),
)

/**
 * An object as its kind's definition leaves it: of our own kinds unknown fields go and defaults come in, of a
 * ReplicaSet what Go would not print goes.
 */
export function asDefined(kind: Kind, object: KubeObject): KubeObject {
  if (kind.plural === REPLICA_SET.plural) return withDefaults(object as ReplicaSet)
  const behaviour = kind.group === 'argoproj.io' ? OURS.get(kind.kind) : undefined
  return behaviour === undefined ? object : fromJson(behaviour.decode(asJson(object)).value)
}

/** `number`: how many objects were made before; it makes the pod's address. */
export function filledIn(kind: Kind, object: KubeObject, number: number): KubeObject {
  switch (kind) {
    case REPLICA_SET:
      return withDefaults(object as ReplicaSet)
    case POD:
      return scheduled(object as Pod, number)
    case JOB:
      return ownJob(object)
    default:
      return asDefined(kind, object)
  }
}

/** Templates that have their defaults: scaling changes nothing of them. */
const complete = new WeakSet<object>()

function withDefaults(replicaSet: ReplicaSet): ReplicaSet {
  const { spec } = replicaSet
  if (complete.has(spec.template) && spec.replicas !== undefined) return replicaSet
  const template = defaultedPodTemplate(spec.template)
  complete.add(template)
  return { ...replicaSet, spec: { ...spec, replicas: spec.replicas ?? 1, template } }
}

function scheduled(pod: Pod, number: number): Pod {
  const podIP = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
  const spec = { ...pod.spec, nodeName: NODE_NAME }
  return { ...pod, spec, status: { ...pod.status, phase: 'Pending', podIP } }
}

function ownJob(job: KubeObject): KubeObject {
  const { spec } = job as KubeObject & { readonly spec: { readonly template: { readonly spec: object } } }
  const template = { ...spec.template, spec: defaultedPodSpec(asJson(spec.template.spec)) }
  const filled = asJson({ ...job, spec: { ...spec, template } } as KubeObject)
  // It looks at nothing of what is around it.
  return fromJson(jobs.prepareCreate?.(filled, {} as Surroundings) ?? filled)
}
