// Service Mesh Interface in a life: a TrafficSplit that the controller makes, between the two Services.
import { TRAFFIC_SPLIT } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { objects, text } from '../../../std/json-parts.ts'
import { listed, NAME, turnedList } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'

const backendsIn = (split: KubeObject | undefined) => objects(split && specOf(split)['backends'])

export const smi: LifeRoute = {
  routing: { smi: {} },
  object: () => undefined,
  kind: TRAFFIC_SPLIT,
  name: NAME,
  weights: find => listed(backendsIn(find(TRAFFIC_SPLIT, NAME)), one => text(one['service'])),
  weighed(split) {
    const backends = turnedList(backendsIn(split), String)
    return backends && { spec: { backends } }
  },
}
