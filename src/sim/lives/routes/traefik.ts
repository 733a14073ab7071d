// Traefik in a life: a TraefikService that weighs the two Services.
import { TRAEFIK_SERVICE } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { objects, record, text } from '../../../std/json-parts.ts'
import { listed, NAME, named, turnedList } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'

const servicesIn = (service: KubeObject | undefined) =>
  objects(record(service && specOf(service)['weighted'])['services'])

export const traefik: LifeRoute = {
  routing: { traefik: { weightedTraefikServiceName: NAME } },
  object({ stable, canary }) {
    const services = [
      { name: stable, port: 80, weight: 100 },
      { name: canary, port: 80, weight: 0 },
    ]
    return named(TRAEFIK_SERVICE, { spec: { weighted: { services } } })
  },
  kind: TRAEFIK_SERVICE,
  name: NAME,
  weights: find => listed(servicesIn(find(TRAEFIK_SERVICE, NAME)), one => text(one['name'])),
  weighed(service) {
    const services = turnedList(servicesIn(service))
    return services && { spec: { weighted: { services } } }
  },
}
