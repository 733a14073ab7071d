// AWS Load Balancer Controller in a life: the weights are an annotation of the user's Ingress, behind a root Service.
import { INGRESS } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { parseJson } from '../../../std/json.ts'
import { objects, record, text } from '../../../std/json-parts.ts'
import { HEADER_ROUTE, NAME, named, turned } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'
import { ruleTo } from './nginx.ts'

const ROOT = 'root'
const actionOf = (name: string) => `alb.ingress.kubernetes.io/actions.${name}`

function actionIn(ingress: KubeObject | undefined, name = ROOT) {
  const action = record(parseJson(ingress?.metadata.annotations?.[actionOf(name)] ?? '{}'))
  const forward = record(action['ForwardConfig'])
  return { action, forward, groups: objects(forward['TargetGroups']) }
}

/** Names of the actions that its paths lead to. */
function pathsIn(ingress: KubeObject | undefined): readonly string[] {
  const [rule] = objects(ingress && specOf(ingress)['rules'])
  const paths = objects(record(rule?.['http'])['paths'])
  return paths.map(path => text(record(record(path['backend'])['service'])['name']))
}

export const alb: LifeRoute = {
  routing: { alb: { ingress: NAME, rootService: ROOT, servicePort: 80 } },
  object({ stable }) {
    const ForwardConfig = { TargetGroups: [{ ServiceName: stable, ServicePort: '80', Weight: 100 }] }
    const annotations = { [actionOf(ROOT)]: JSON.stringify({ Type: 'forward', ForwardConfig }) }
    return named(INGRESS, { spec: { rules: [ruleTo(ROOT, { name: 'use-annotation' })] } }, { annotations })
  },
  root: ROOT,
  kind: INGRESS,
  name: NAME,
  weights(find) {
    const { groups } = actionIn(find(INGRESS, NAME))
    return new Map(groups.map(one => [text(one['ServiceName']), Number(one['Weight'] ?? 0)]))
  },
  made(find) {
    const ingress = find(INGRESS, NAME)
    const names = pathsIn(ingress).filter(name => name === HEADER_ROUTE)
    const groups = names.flatMap(name => actionIn(ingress, name).groups)
    return { names, led: groups.map(one => text(one['ServiceName'])) }
  },
  weighed(ingress) {
    const { action, forward, groups } = actionIn(ingress)
    const weights = turned(groups.map(one => Number(one['Weight'] ?? 0)))
    if (weights === undefined) return undefined
    const TargetGroups = groups.map((one, i) => ({ ...one, Weight: weights[i] ?? 0 }))
    const written = JSON.stringify({ ...action, ForwardConfig: { ...forward, TargetGroups } })
    return { metadata: { annotations: { [actionOf(ROOT)]: written } } }
  },
}
