// AWS Load Balancer Controller in a life: the weights are an annotation of the user's Ingress, behind a root Service.
import { INGRESS } from '../../../kube/kinds.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { parseJson } from '../../../std/json.ts'
import { objects, record, text } from '../../../std/json-parts.ts'
import { NAME, named, turned } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'
import { ruleTo } from './nginx.ts'

const ROOT = 'root'
const ACTION = `alb.ingress.kubernetes.io/actions.${ROOT}`

function actionIn(ingress: KubeObject | undefined) {
  const action = record(parseJson(ingress?.metadata.annotations?.[ACTION] ?? '{}'))
  const forward = record(action['ForwardConfig'])
  return { action, forward, groups: objects(forward['TargetGroups']) }
}

export const alb: LifeRoute = {
  routing: { alb: { ingress: NAME, rootService: ROOT, servicePort: 80 } },
  object: () => named(INGRESS, { spec: { rules: [ruleTo(ROOT, { name: 'use-annotation' })] } }),
  root: ROOT,
  kind: INGRESS,
  name: NAME,
  weights(find) {
    const { groups } = actionIn(find(INGRESS, NAME))
    return new Map(groups.map(one => [text(one['ServiceName']), Number(one['Weight'] ?? 0)]))
  },
  weighed(ingress) {
    const { action, forward, groups } = actionIn(ingress)
    const weights = turned(groups.map(one => Number(one['Weight'] ?? 0)))
    if (weights === undefined) return undefined
    const TargetGroups = groups.map((one, i) => ({ ...one, Weight: weights[i] ?? 0 }))
    const written = JSON.stringify({ ...action, ForwardConfig: { ...forward, TargetGroups } })
    return { metadata: { annotations: { [ACTION]: written } } }
  },
}
