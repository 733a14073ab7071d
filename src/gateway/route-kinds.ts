// The kinds that routes are made of, besides Services: each is followed when the server has it.
import type { Kind } from '../kube/object.ts'

function custom(group: string, version: string, kind: string, plural: string): Kind {
  return { group, version, kind, plural, namespaced: true, statusSubresource: true }
}

export const MAPPING = custom('getambassador.io', 'v3alpha1', 'Mapping', 'mappings')
export const HTTP_ROUTE = custom('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes')
