// The routers' settings, as far as no object is needed to judge them: exactly one of two fields, never an empty list.
import type { FieldError } from '../field-error.ts'
import { internal, invalid } from '../field-error.ts'
import { ROUTING_PATH as PATH, routingOf } from '../references.ts'
import type { Rollout } from '../rollout.ts'

/** One or the other must be written: a single name, or a list of them. */
export function routerConfigErrors(rollout: Rollout): readonly FieldError[] {
  const { nginx, alb, istio, ambassador, appMesh } = routingOf(rollout)
  return [
    ...(nginx === undefined
      ? []
      : eitherOr(
          `${PATH}.nginx`,
          ['StableIngress', 'StableIngresses'],
          [nginx.stableIngress, nginx.stableIngresses],
        )),
    ...(alb === undefined
      ? []
      : eitherOr(`${PATH}.alb`, ['Ingress', 'Ingresses'], [alb.ingress, alb.ingresses])),
    ...(istio !== undefined &&
    (istio.virtualServices ?? []).length > 0 === (istio.virtualService !== undefined)
      ? [
          internal(
            { path: `${PATH}.istio`, cure: 'Write one of the two.' },
            'either VirtualService or VirtualServices must be configured',
          ),
        ]
      : []),
    ...(ambassador !== undefined && ambassador.mappings.length === 0
      ? [
          invalid(
            { path: `${PATH}.ambassador.mappings`, cure: 'Name the Mappings of the stable Service.' },
            'must provide at least one mapping',
          ),
        ]
      : []),
    ...(appMesh !== undefined && appMesh.virtualService === undefined
      ? [
          invalid(
            { path: `${PATH}.appmesh.virtualService`, cure: 'Name the VirtualService.' },
            'must provide virtual-service',
          ),
        ]
      : []),
  ]
}

function eitherOr(
  path: string,
  fields: readonly [one: string, many: string],
  values: readonly [one: string | undefined, many: readonly string[] | undefined],
): readonly FieldError[] {
  const hasOne = values[0] !== undefined && values[0] !== ''
  const hasMany = values[1] !== undefined
  if (hasOne !== hasMany) return []
  const problem = `Either ${fields.join(' or ')} must be configured. ${hasOne ? 'Both' : 'Neither'} are configured.`
  return [internal({ path, cure: 'Write one of the two.' }, problem)]
}
