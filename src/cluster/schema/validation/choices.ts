// Fields with a fixed set of words, kind by kind: one line each, in the order in which Kubernetes lists the words.
import type { Json, JsonObject } from '../../../std/json.ts'
import { isJsonObject } from '../../../std/json.ts'
import { list } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'
import { notSupported } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'

/** `a[].b`: of each element; `a[-]`: each element, told without its place. */
type Choice = readonly [path: string, words: readonly string[]]

const RBAC = 'rbac.authorization.k8s.io'
const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const PREEMPTION = ['PreemptLowerPriority', 'Never']
const SUBJECTS: Choice = ['subjects[].kind', ['ServiceAccount', 'User', 'Group']]
const RBAC_GROUP: Choice = ['roleRef.apiGroup', [RBAC]]
const WEBHOOKS: readonly Choice[] = [
  ['webhooks[].failurePolicy', ['Fail', 'Ignore']],
  ['webhooks[].matchPolicy', ['Equivalent', 'Exact']],
  ['webhooks[].sideEffects', ['None', 'NoneOnDryRun']],
]

/** By `group/plural`. */
const CHOICES: Readonly<Record<string, readonly Choice[]>> = {
  'batch/cronjobs': [['spec.concurrencyPolicy', ['Allow', 'Forbid', 'Replace']]],
  'batch/jobs': [
    ['spec.completionMode', ['NonIndexed', 'Indexed']],
    ['spec.podReplacementPolicy', ['Failed', 'TerminatingOrFailed']],
  ],
  'scheduling.k8s.io/priorityclasses': [['preemptionPolicy', PREEMPTION]],
  [`${RBAC}/rolebindings`]: [RBAC_GROUP, ['roleRef.kind', ['Role', 'ClusterRole']], SUBJECTS],
  [`${RBAC}/clusterrolebindings`]: [RBAC_GROUP, ['roleRef.kind', ['ClusterRole']], SUBJECTS],
  '/persistentvolumeclaims': [
    ['spec.accessModes[-]', ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']],
    ['spec.volumeMode', ['Block', 'Filesystem']],
  ],
  'storage.k8s.io/storageclasses': [
    ['reclaimPolicy', ['Delete', 'Retain']],
    ['volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']],
  ],
  'networking.k8s.io/networkpolicies': [
    ['spec.ingress[].ports[].protocol', PROTOCOLS],
    ['spec.egress[].ports[].protocol', PROTOCOLS],
    ['spec.policyTypes[]', ['Ingress', 'Egress']],
  ],
  'policy/poddisruptionbudgets': [['spec.unhealthyPodEvictionPolicy', ['AlwaysAllow', 'IfHealthyBudget']]],
  'autoscaling/horizontalpodautoscalers': [
    ['spec.metrics[].type', ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']],
  ],
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': WEBHOOKS,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': WEBHOOKS,
}

export function validateChoices(resource: string, object: JsonObject): readonly FieldProblem[] {
  return (own(CHOICES, resource) ?? []).flatMap(([path, words]) =>
    found(object, path.split('.'), '')
      .filter(({ value }) => typeof value !== 'string' || !words.includes(value))
      .map(one => notSupported(one.at, one.value, words)),
  )
}

interface Found {
  readonly at: string
  readonly value: Json
}

/** What stands at the path, with the place that a refusal names. */
function found(value: Json | undefined, [step, ...rest]: readonly string[], at: string): readonly Found[] {
  if (value === undefined) return []
  if (step === undefined) return [{ at, value }]
  const [, name = '', each] = /^(\w+)(\[-?\])?$/.exec(step) ?? []
  if (!isJsonObject(value)) return []
  const here = at === '' ? name : `${at}.${name}`
  const inner = value[name]
  if (each === undefined) return found(inner, rest, here)
  return list(inner).flatMap((one, i) => found(one, rest, each === '[]' ? `${here}[${i}]` : here))
}
