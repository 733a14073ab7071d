// Ambassador in a life: the user's Mapping leads to the stable Service; the weight stands in one of ours beside it.
import { AMBASSADOR_MAPPING } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import { NAME, named, ofHundred } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'

export const ambassador: LifeRoute = {
  routing: { ambassador: { mappings: [NAME] } },
  object: ({ stable }) => named(AMBASSADOR_MAPPING, { spec: { prefix: '/', service: stable } }),
  kind: AMBASSADOR_MAPPING,
  name: `${NAME}-canary`,
  weights(find, sides) {
    const mapping = find(AMBASSADOR_MAPPING, ambassador.name)
    if (mapping === undefined) return new Map()
    // Without the user's own Mapping whoever comes gets the canary.
    const isAlone = find(AMBASSADOR_MAPPING, NAME) === undefined
    return ofHundred(isAlone ? 100 : Number(specOf(mapping)['weight'] ?? 0), sides)
  },
  weighed: () => ({ spec: { weight: 100 } }),
}
