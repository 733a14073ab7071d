// The way to a Service: a link through the gateway of an embedded cluster, else the command that opens one.
import type { Detail, ServiceDetail } from '../wire.ts'
import { useTopic } from './live/live.ts'
import type { Traffic } from './traffic/feed.ts'

export type Way = { readonly url: string } | { readonly command: string }

/** Undefined while it is not known whether there is a gateway. */
export function useWays({ namespace, name }: Detail): (service: ServiceDetail) => Way | undefined {
  const traffic = useTopic<Traffic>(`traffic:${namespace}/${name}`)
  return service => {
    if (traffic?.gatewayPort !== undefined)
      return { url: `http://${service.name}.${namespace}.localhost:${traffic.gatewayPort}/` }
    if (traffic?.isMissing !== true) return undefined
    return { command: `kubectl -n ${namespace} port-forward service/${service.name} 8080:${service.port}` }
  }
}
