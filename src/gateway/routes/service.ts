// Every Service has a host of its own, SERVICE.NAMESPACE.localhost, without any object saying so.
import { SERVICE } from '../../kube/kinds.ts'
import { refKey, refOf } from '../../kube/object.ts'
import type { Backends, RouteInput } from './endpoints.ts'
import type { Route } from './route.ts'
import type { Made } from './route-family.ts'

export function serviceRoutes(input: RouteInput, backends: Backends): Made {
  const routes = input.services.flatMap((service): Route[] => {
    const { name, namespace = '' } = service.metadata
    const endpoints = backends.endpoints(namespace, name)
    if (endpoints === undefined) return []
    const from = refKey(refOf(SERVICE, service))
    return [
      {
        id: from,
        host: implicitHost(name, namespace),
        path: { how: 'prefix', value: '/' },
        headers: [],
        backends: [{ namespace, service: name, weight: 1, endpoints }],
        from,
        isImplicit: true,
      },
    ]
  })
  return { routes, notices: [] }
}

export function implicitHost(service: string, namespace: string): string {
  return `${service}.${namespace}.localhost`
}

/** Other ways to write an implicit host: `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local`. */
const ALIAS = /^([a-z0-9-]+)\.([a-z0-9-]+?)(\.svc(\.cluster\.local)?)?$/

export function implicitHostOfAlias(host: string): string | undefined {
  const match = ALIAS.exec(host)
  return match === null ? undefined : implicitHost(match[1] as string, match[2] as string)
}
