// The kinds that a life is looked at by, in the order in which recordings hold them; and how scenarios name
// objects.
import {
  ANALYSIS_RUN,
  DEPLOYMENT,
  EXPERIMENT,
  INGRESS,
  JOB,
  POD,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../../src/kube/kinds.ts'
import { apiVersionOf } from '../../src/kube/object.ts'
import type { Kind, ObjectRef } from '../../src/kube/object.ts'
import type { Client } from '../../src/runtime/network/client.ts'

function route(group: string, version: string, [kind, plural]: readonly [string, string]): Kind {
  return { group, version, kind, plural, namespaced: true, statusSubresource: false }
}

const LOOKED_AT: readonly Kind[] = [
  ROLLOUT,
  REPLICA_SET,
  POD,
  SERVICE,
  ANALYSIS_RUN,
  EXPERIMENT,
  JOB,
  DEPLOYMENT,
  INGRESS,
  route('networking.istio.io', 'v1', ['VirtualService', 'virtualservices']),
  route('networking.istio.io', 'v1', ['DestinationRule', 'destinationrules']),
  route('getambassador.io', 'v2', ['Mapping', 'mappings']),
  route('gateway.networking.k8s.io', 'v1', ['HTTPRoute', 'httproutes']),
  route('split.smi-spec.io', 'v1alpha2', ['TrafficSplit', 'trafficsplits']),
  route('apisix.apache.org', 'v2', ['ApisixRoute', 'apisixroutes']),
  route('traefik.io', 'v1alpha1', ['TraefikService', 'traefikservices']),
  route('traefik.containo.us', 'v1alpha1', ['TraefikService', 'traefikservices']),
  route('appmesh.k8s.aws', 'v1beta2', ['VirtualRouter', 'virtualrouters']),
  route('appmesh.k8s.aws', 'v1beta2', ['VirtualNode', 'virtualnodes']),
  route('appmesh.k8s.aws', 'v1beta2', ['VirtualService', 'virtualservices']),
]

/** `rollouts/demo` or `traefik.io/v1alpha1/TraefikService/demo`. The first kind of that name is meant. */
export function named(text: string, namespace: string): ObjectRef {
  const parts = text.split('/')
  const [plural, name] = [parts.at(-2) ?? '', parts.at(-1) ?? '']
  const apiVersion = parts.slice(0, -2).join('/')
  const kind = LOOKED_AT.find(
    one => [one.plural, one.kind].includes(plural) && apiVersionOf(one).startsWith(apiVersion),
  )
  if (kind === undefined) throw new Error(`no kind is called ${plural} here; add it to kinds.ts`)
  return { kind, namespace, name }
}

/** Those of the kinds that a server has. */
export async function servedKinds(client: Client): Promise<readonly Kind[]> {
  const served = await Promise.all(LOOKED_AT.map(kind => client.serves(kind)))
  return LOOKED_AT.filter((_, i) => served[i])
}
