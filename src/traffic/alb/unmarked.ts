// An Ingress whose Rollout is gone: the note in it says which annotations were its own. The actions go to the Service
// that was stable, which stands last in them; routes by header go.
import { MANAGED_ALB } from '../../api/words.ts'
import type { Ingress } from '../../kube/networking.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isJsonObject, parseJson, stableJson } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { escapeHtml } from '../../kube/go-print.ts'
import { list, objects, record, text } from '../../std/json-parts.ts'
import { notesIn } from './ingress.ts'

export function ingressOwners({ metadata }: KubeObject): readonly string[] {
  return Object.keys(notesIn(metadata.annotations?.[MANAGED_ALB]))
}

export function unmarkedIngress(object: KubeObject, rollout: string): KubeObject {
  const ingress = object as Ingress
  const annotations = { ...ingress.metadata.annotations }
  const { [rollout]: keys = [], ...notes } = notesIn(annotations[MANAGED_ALB])
  const own = list(keys).map(text)
  const routes = own.flatMap(key => (key.includes('/conditions.') ? [afterDot(key)] : []))
  for (const key of own) {
    const action = annotations[key]
    if (action === undefined) continue
    if (key.includes('/conditions.') || routes.includes(afterDot(key))) delete annotations[key]
    else annotations[key] = toLast(action)
  }
  delete annotations[MANAGED_ALB]
  const rest = Object.keys(notes).length === 0 ? {} : { [MANAGED_ALB]: stableJson(notes) }
  const metadata = { ...ingress.metadata, annotations: { ...annotations, ...rest } }
  const unrouted: Ingress = { ...ingress, metadata, spec: withoutPaths(ingress, routes) }
  return unrouted
}

/** `staff` of `alb.ingress.kubernetes.io/actions.staff`. */
function afterDot(key: string): string {
  return key.slice(key.search(/\/(actions|conditions)\./) + 1).replace(/^(actions|conditions)\./, '')
}

/** The action with its last target group alone. */
function toLast(action: string): string {
  const read = parseJson(action)
  if (!isJsonObject(read)) return action
  const forward = record(read['ForwardConfig'])
  const last = objects(forward['TargetGroups']).at(-1)
  if (last === undefined) return action
  const groups: Json = [{ ...last, Weight: 100 }]
  const changed: JsonObject = { ...read, ForwardConfig: { ...forward, TargetGroups: groups } }
  return escapeHtml(JSON.stringify(changed))
}

function withoutPaths({ spec }: Ingress, routes: readonly string[]): Ingress['spec'] {
  const { rules } = spec
  if (rules === undefined || routes.length === 0) return spec
  return {
    ...spec,
    rules: rules.map(rule =>
      rule.http === undefined
        ? rule
        : {
            ...rule,
            http: {
              ...rule.http,
              paths: rule.http.paths.filter(path => !routes.includes(path.backend?.service?.name ?? '')),
            },
          },
    ),
  }
}
