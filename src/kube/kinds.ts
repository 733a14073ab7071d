// The kinds that this program knows by name. What an API server really serves is found by discovery.
import { apiVersionOf, type Kind } from './object.ts'

function kind(group: string, version: string, name: string, plural: string, more: Partial<Kind> = {}): Kind {
  return { group, version, kind: name, plural, namespaced: true, statusSubresource: false, ...more }
}

const withStatus = { statusSubresource: true }
const clusterWide = { namespaced: false }

export const NAMESPACE = kind('', 'v1', 'Namespace', 'namespaces', { ...clusterWide, ...withStatus })
export const NODE = kind('', 'v1', 'Node', 'nodes', { ...clusterWide, ...withStatus })
export const POD = kind('', 'v1', 'Pod', 'pods', withStatus)
export const SERVICE = kind('', 'v1', 'Service', 'services', withStatus)
export const ENDPOINTS = kind('', 'v1', 'Endpoints', 'endpoints')
export const CONFIG_MAP = kind('', 'v1', 'ConfigMap', 'configmaps')
export const SECRET = kind('', 'v1', 'Secret', 'secrets')
export const SERVICE_ACCOUNT = kind('', 'v1', 'ServiceAccount', 'serviceaccounts')
export const EVENT = kind('', 'v1', 'Event', 'events')
export const POD_TEMPLATE = kind('', 'v1', 'PodTemplate', 'podtemplates')

export const REPLICA_SET = kind('apps', 'v1', 'ReplicaSet', 'replicasets', withStatus)
export const DEPLOYMENT = kind('apps', 'v1', 'Deployment', 'deployments', withStatus)
export const JOB = kind('batch', 'v1', 'Job', 'jobs', withStatus)
export const INGRESS = kind('networking.k8s.io', 'v1', 'Ingress', 'ingresses', withStatus)
export const ENDPOINT_SLICE = kind('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices')
export const POD_DISRUPTION_BUDGET = kind(
  'policy',
  'v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
  withStatus,
)
export const LEASE = kind('coordination.k8s.io', 'v1', 'Lease', 'leases')
export const CUSTOM_RESOURCE_DEFINITION = kind(
  'apiextensions.k8s.io',
  'v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  { ...clusterWide, ...withStatus },
)

export const HTTP_ROUTE = kind('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes', withStatus)
export const REFERENCE_GRANT = kind(
  'gateway.networking.k8s.io',
  'v1beta1',
  'ReferenceGrant',
  'referencegrants',
)
export const AMBASSADOR_MAPPING_V2 = kind('getambassador.io', 'v2', 'Mapping', 'mappings', withStatus)
export const AMBASSADOR_MAPPING = kind('getambassador.io', 'v3alpha1', 'Mapping', 'mappings', withStatus)

const ISTIO = 'networking.istio.io'
export const VIRTUAL_SERVICE = kind(ISTIO, 'v1', 'VirtualService', 'virtualservices', withStatus)
export const DESTINATION_RULE = kind(ISTIO, 'v1', 'DestinationRule', 'destinationrules', withStatus)

export const TRAFFIC_SPLIT = kind('split.smi-spec.io', 'v1alpha1', 'TrafficSplit', 'trafficsplits')
export const TRAEFIK_SERVICE = kind('traefik.io', 'v1alpha1', 'TraefikService', 'traefikservices')
export const OLD_TRAEFIK_SERVICE = kind(
  'traefik.containo.us',
  'v1alpha1',
  'TraefikService',
  'traefikservices',
)
export const APISIX_ROUTE = kind('apisix.apache.org', 'v2', 'ApisixRoute', 'apisixroutes', withStatus)

const APP_MESH = 'appmesh.k8s.aws'
export const MESH_SERVICE = kind(APP_MESH, 'v1beta2', 'VirtualService', 'virtualservices', withStatus)
export const MESH_ROUTER = kind(APP_MESH, 'v1beta2', 'VirtualRouter', 'virtualrouters', withStatus)
export const MESH_NODE = kind(APP_MESH, 'v1beta2', 'VirtualNode', 'virtualnodes', withStatus)

const ARGO = 'argoproj.io'
export const ROLLOUT = kind(ARGO, 'v1alpha1', 'Rollout', 'rollouts', withStatus)
export const ANALYSIS_TEMPLATE = kind(ARGO, 'v1alpha1', 'AnalysisTemplate', 'analysistemplates')
export const CLUSTER_ANALYSIS_TEMPLATE = kind(
  ARGO,
  'v1alpha1',
  'ClusterAnalysisTemplate',
  'clusteranalysistemplates',
  clusterWide,
)
export const ANALYSIS_RUN = kind(ARGO, 'v1alpha1', 'AnalysisRun', 'analysisruns')
export const EXPERIMENT = kind(ARGO, 'v1alpha1', 'Experiment', 'experiments')

const KNOWN: ReadonlyMap<string, Kind> = new Map(
  [
    NAMESPACE,
    NODE,
    POD,
    SERVICE,
    ENDPOINTS,
    CONFIG_MAP,
    SECRET,
    SERVICE_ACCOUNT,
    EVENT,
    POD_TEMPLATE,
    REPLICA_SET,
    DEPLOYMENT,
    JOB,
    INGRESS,
    ENDPOINT_SLICE,
    POD_DISRUPTION_BUDGET,
    LEASE,
    CUSTOM_RESOURCE_DEFINITION,
    HTTP_ROUTE,
    AMBASSADOR_MAPPING_V2,
    AMBASSADOR_MAPPING,
    VIRTUAL_SERVICE,
    DESTINATION_RULE,
    TRAFFIC_SPLIT,
    TRAEFIK_SERVICE,
    OLD_TRAEFIK_SERVICE,
    APISIX_ROUTE,
    MESH_SERVICE,
    MESH_ROUTER,
    MESH_NODE,
    ROLLOUT,
    ANALYSIS_TEMPLATE,
    CLUSTER_ANALYSIS_TEMPLATE,
    ANALYSIS_RUN,
    EXPERIMENT,
  ].map(one => [`${apiVersionOf(one)} ${one.kind}`, one]),
)

/** The kind that an object of ours says it is; undefined when this program does not know it by name. */
export function knownKind(object: { readonly apiVersion: string; readonly kind: string }): Kind | undefined {
  return KNOWN.get(`${object.apiVersion} ${object.kind}`)
}
