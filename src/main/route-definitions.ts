// Permissive definitions of the meshes' and gateways' kinds of which routers speak, so that manifests
// written for them apply here unchanged. Whoever installs the real definitions keeps them: these only fill in.
import type { KubeObject } from '../kube/object.ts'
import { fromJson } from '../kube/object.ts'

interface RouteKind {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly isClusterWide?: boolean
  readonly hasStatus?: boolean
  /** The first one is stored. */
  readonly versions: readonly string[]
}

const GATEWAY_API = 'gateway.networking.k8s.io'

const ISTIO = 'networking.istio.io'
const ISTIO_VERSIONS = ['v1', 'v1beta1', 'v1alpha3']

const MESH_KINDS = ['VirtualService', 'VirtualRouter', 'VirtualNode']

const ROUTE_KINDS: readonly RouteKind[] = [
  { group: 'getambassador.io', kind: 'Mapping', plural: 'mappings', versions: ['v3alpha1', 'v2'] },
  {
    group: GATEWAY_API,
    kind: 'GatewayClass',
    plural: 'gatewayclasses',
    isClusterWide: true,
    hasStatus: true,
    versions: ['v1'],
  },
  { group: GATEWAY_API, kind: 'Gateway', plural: 'gateways', hasStatus: true, versions: ['v1', 'v1beta1'] },
  {
    group: GATEWAY_API,
    kind: 'HTTPRoute',
    plural: 'httproutes',
    hasStatus: true,
    versions: ['v1', 'v1beta1'],
  },
  { group: ISTIO, kind: 'VirtualService', plural: 'virtualservices', versions: ISTIO_VERSIONS },
  { group: ISTIO, kind: 'DestinationRule', plural: 'destinationrules', versions: ISTIO_VERSIONS },
  {
    group: 'split.smi-spec.io',
    kind: 'TrafficSplit',
    plural: 'trafficsplits',
    versions: ['v1alpha2', 'v1alpha1', 'v1alpha3'],
  },
  { group: 'traefik.io', kind: 'IngressRoute', plural: 'ingressroutes', versions: ['v1alpha1'] },
  { group: 'traefik.containo.us', kind: 'IngressRoute', plural: 'ingressroutes', versions: ['v1alpha1'] },
  { group: 'traefik.io', kind: 'TraefikService', plural: 'traefikservices', versions: ['v1alpha1'] },
  {
    group: 'traefik.containo.us',
    kind: 'TraefikService',
    plural: 'traefikservices',
    versions: ['v1alpha1'],
  },
  { group: 'apisix.apache.org', kind: 'ApisixRoute', plural: 'apisixroutes', versions: ['v2'] },
  ...MESH_KINDS.map(kind => ({
    group: 'appmesh.k8s.aws',
    kind,
    plural: `${kind.toLowerCase()}s`,
    versions: ['v1beta2'],
  })),
  { group: GATEWAY_API, kind: 'ReferenceGrant', plural: 'referencegrants', versions: ['v1beta1'] },
]

export function routeDefinitions(): readonly KubeObject[] {
  return ROUTE_KINDS.map(definition)
}

function definition({
  group,
  kind,
  plural,
  isClusterWide = false,
  hasStatus = false,
  versions,
}: RouteKind): KubeObject {
  return fromJson({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // The group belongs to Kubernetes, which asks who has agreed to it: nobody has to this permissive form.
      ...(group.endsWith('.k8s.io') && {
        annotations: { 'api-approved.kubernetes.io': 'unapproved, permissive' },
      }),
    },
    spec: {
      group,
      scope: isClusterWide ? 'Cluster' : 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name, i) => ({
        name,
        served: true,
        storage: i === 0,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        ...(hasStatus && { subresources: { status: {} } }),
      })),
    },
  })
}
