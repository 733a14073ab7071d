// The list of printers: resource → the cells of its row, in the order of the columns in table-columns.json.
// A new kind with columns of its own is a line here; every other kind shows its name and when it was created.
import { horizontalPodAutoscaler } from './autoscalers.ts'
import * as objects from './cluster-objects.ts'
import * as network from './network.ts'
import * as pods from './pods.ts'
import type { Printer } from './printer.ts'
import * as storage from './storage.ts'

export const PRINTERS: Readonly<Record<string, Printer>> = {
  configmaps: objects.configMap,
  'controllerrevisions.apps': objects.controllerRevision,
  'cronjobs.batch': pods.cronJob,
  'daemonsets.apps': pods.daemonSet,
  'deployments.apps': pods.deployment,
  endpoints: network.endpoints,
  'endpointslices.discovery.k8s.io': network.endpointSlice,
  events: objects.event,
  'events.events.k8s.io': objects.event,
  'horizontalpodautoscalers.autoscaling': horizontalPodAutoscaler,
  'ingressclasses.networking.k8s.io': network.ingressClass,
  'ingresses.networking.k8s.io': network.ingress,
  'jobs.batch': pods.job,
  'leases.coordination.k8s.io': objects.lease,
  namespaces: objects.namespace,
  'networkpolicies.networking.k8s.io': network.networkPolicy,
  nodes: objects.node,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': objects.webhookConfiguration,
  persistentvolumeclaims: storage.persistentVolumeClaim,
  persistentvolumes: storage.persistentVolume,
  'poddisruptionbudgets.policy': pods.podDisruptionBudget,
  pods: pods.pod,
  podtemplates: pods.podTemplate,
  'priorityclasses.scheduling.k8s.io': objects.priorityClass,
  'clusterrolebindings.rbac.authorization.k8s.io': objects.roleBinding,
  'rolebindings.rbac.authorization.k8s.io': objects.roleBinding,
  'replicasets.apps': pods.replicaSet,
  replicationcontrollers: pods.replicationController,
  resourcequotas: objects.resourceQuota,
  'runtimeclasses.node.k8s.io': objects.runtimeClass,
  secrets: objects.secret,
  serviceaccounts: objects.serviceAccount,
  services: network.service,
  'statefulsets.apps': pods.statefulSet,
  'storageclasses.storage.k8s.io': storage.storageClass,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': objects.webhookConfiguration,
}
