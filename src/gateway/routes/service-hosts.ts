// Names of Services in the hosts that meshes write: those stand for Services, others for themselves.
import type { RouteInput } from './endpoints.ts'
import { implicitHost } from './service.ts'

export interface ServiceName {
  readonly namespace: string
  readonly service: string
}

const OF_CLUSTER = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/
const OF_NAMESPACE = /^([a-z0-9-]+)\.([a-z0-9-]+)$/

/** `web`, `web.shop`, `web.shop.svc.cluster.local`, as an object of the namespace means them. */
export function serviceNamed(host: string, namespace: string): ServiceName {
  const [, service = host, of = namespace] = OF_CLUSTER.exec(host) ?? OF_NAMESPACE.exec(host) ?? []
  return { service, namespace: of }
}

/** The host of requests: a Service's own where it names one, empty for any. */
export function hostIn(host: string, namespace: string, { services }: RouteInput): string {
  const lower = host.toLowerCase()
  if (lower === '*') return ''
  const named = serviceNamed(lower, namespace)
  const isThere = services.some(
    ({ metadata }) => metadata.name === named.service && metadata.namespace === named.namespace,
  )
  return isThere || OF_CLUSTER.test(lower) ? implicitHost(named.service, named.namespace) : lower
}
