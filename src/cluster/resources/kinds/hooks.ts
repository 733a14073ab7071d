// What single kinds do beyond the common pipeline: one line each, behaviour in the file beside.
import type { JsonObject } from '../../../std/json.ts'
import { equal } from '../../../std/equal.ts'
import { pathSegment } from '../../../kube/names.ts'
import {
  validateBudget,
  validateConfigMap,
  validateIngress,
  validateLease,
  validateRoleBinding,
  validateSecret,
} from '../../schema/validation/object-validation.ts'
import {
  validateClaim,
  validateCronJob,
  validateDaemonSet,
  validateLimitRange,
  validatePriorityClass,
  validateQuota,
  validateRole,
  validateStatefulSet,
  validateStorageClass,
} from '../../schema/validation/kept-validation.ts'
import { validateEndpoints, validateEndpointSlice } from '../../schema/validation/service-validation.ts'
import { validateDeployment, validateReplicaSet } from '../../schema/validation/workload-validation.ts'
import type { Hooks } from '../behaviour.ts'
import { record, text, withFields } from '../../../std/json-parts.ts'
import { autoscalers } from './autoscalers.ts'
import { definitions } from './definitions.ts'
import { events } from './events.ts'
import { jobs } from './jobs.ts'
import { namespaces } from './namespaces.ts'
import { pods } from './pods.ts'
import { accessReview, rulesReview, subjectReview } from './reviews.ts'
import { services } from './services.ts'

const changed = (part: string) => (object: JsonObject, old: JsonObject) => !equal(object[part], old[part])

const generationOfSpec: Hooks = { bumpsGeneration: changed('spec') }

const scaled: Hooks = {
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.spec.selector',
  },
}

/** A Deployment's annotations are part of what its controller acts on. */
const deployments: Hooks = {
  ...scaled,
  validate: validateDeployment,
  bumpsGeneration: (object, old) =>
    !equal(object['spec'], old['spec']) ||
    !equal(record(object['metadata'])['annotations'], record(old['metadata'])['annotations']),
}

const generationOf = (part: string): Hooks => ({ bumpsGeneration: changed(part) })

const RBAC = 'rbac.authorization.k8s.io'
const rbac: Hooks = { validateName: pathSegment, createsOnUpdate: true }

const endpointSlices: Hooks = {
  validate: validateEndpointSlice,
  bumpsGeneration: (object, old) =>
    !equal(withFields(object, { metadata: undefined }), withFields(old, { metadata: undefined })),
}

/** By `group/plural`. */
export const HOOKS: Readonly<Record<string, Hooks>> = {
  '/namespaces': namespaces,
  '/pods': pods,
  '/services': services,
  '/nodes': { keepsStatusOnCreate: true },
  'apiextensions.k8s.io/customresourcedefinitions': definitions,
  '/replicationcontrollers': { ...generationOfSpec, ...scaled, orphansByDefault: true },
  '/podtemplates': generationOf('template'),
  '/persistentvolumeclaims': { validate: validateClaim },
  '/resourcequotas': { validate: validateQuota },
  'storage.k8s.io/storageclasses': { validate: validateStorageClass },
  'networking.k8s.io/ingressclasses': generationOfSpec,
  'scheduling.k8s.io/priorityclasses': { ...generationOf('value'), validate: validatePriorityClass },
  'apps/replicasets': { ...generationOfSpec, ...scaled, validate: validateReplicaSet },
  'apps/deployments': deployments,
  'apps/statefulsets': { ...generationOfSpec, ...scaled, validate: validateStatefulSet },
  'apps/daemonsets': { ...generationOfSpec, validate: validateDaemonSet },
  'autoscaling/horizontalpodautoscalers': autoscalers,
  'authentication.k8s.io/selfsubjectreviews': subjectReview,
  'authorization.k8s.io/selfsubjectaccessreviews': accessReview,
  'authorization.k8s.io/selfsubjectrulesreviews': rulesReview,
  'batch/jobs': jobs,
  'batch/cronjobs': { ...generationOfSpec, validate: validateCronJob },
  'networking.k8s.io/ingresses': { ...generationOfSpec, validate: validateIngress },
  'networking.k8s.io/networkpolicies': generationOfSpec,
  'policy/poddisruptionbudgets': { ...generationOfSpec, needsVersion: true, validate: validateBudget },
  'coordination.k8s.io/leases': { needsVersion: true, createsOnUpdate: true, validate: validateLease },
  'discovery.k8s.io/endpointslices': endpointSlices,
  '/endpoints': { createsOnUpdate: true, validate: validateEndpoints },
  '/configmaps': { validate: validateConfigMap },
  '/events': events,
  '/limitranges': { createsOnUpdate: true, validate: validateLimitRange },
  '/secrets': { validate: validateSecret, fields: object => ({ type: text(object['type']) }) },
  'node.k8s.io/runtimeclasses': { needsVersion: true, createsOnUpdate: true },
  [`${RBAC}/roles`]: { ...rbac, validate: validateRole },
  [`${RBAC}/clusterroles`]: { ...rbac, validate: validateRole },
  [`${RBAC}/rolebindings`]: { ...rbac, validate: validateRoleBinding },
  [`${RBAC}/clusterrolebindings`]: { ...rbac, validate: validateRoleBinding },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': {
    ...generationOf('webhooks'),
    needsVersion: true,
  },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': {
    ...generationOf('webhooks'),
    needsVersion: true,
  },
}
