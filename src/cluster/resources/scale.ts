// The scale subresource: a kind's replica counts under one shape, so that anything can be scaled alike.
import { asJson, fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { LabelSelector } from '../../kube/core.ts'
import { printSelector } from '../../kube/selector.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { invalid } from '../schema/field-errors.ts'
import { decodeType } from '../schema/type-decoder.ts'
import type { Behaviour } from './behaviour.ts'
import type { Core } from './core.ts'
import { metaOf } from './metadata.ts'
import { record, text, withFields } from '../../std/json-parts.ts'
import { badRequest, conflict, invalidObject, MODIFIED, notFound } from './refusals.ts'
import type { Written } from './resources.ts'
import { valueAt, withValueAt } from './scale-paths.ts'
import type { ScalePaths } from './scale-paths.ts'
import { update } from './update.ts'
import type { UpdateRequest } from './update.ts'

const SCALE = 'api.autoscaling.v1.Scale'

export function scaleOf(behaviour: Behaviour, object: KubeObject): KubeObject {
  const paths = pathsOf(behaviour, object.metadata.name)
  const json = asJson(object)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = selectorOf(json, paths)
  const value = decodeType(SCALE, {
    metadata: withFields({}, { name, namespace, uid, resourceVersion, creationTimestamp }),
    spec: { replicas: valueAt(json, paths.specReplicasPath) ?? 0 },
    status: withFields(
      { replicas: valueAt(json, paths.statusReplicasPath) ?? 0 },
      { selector: selector === '' ? undefined : selector },
    ),
  }).value
  return fromJson({ kind: 'Scale', apiVersion: 'autoscaling/v1', ...value })
}

function pathsOf(behaviour: Behaviour, name: string): ScalePaths {
  if (behaviour.hooks.scale) return behaviour.hooks.scale
  throw notFound(behaviour.kind, name)
}

/** A text in custom resources; a selector, or plain labels, in built-in kinds. */
function selectorOf(object: JsonObject, paths: ScalePaths): string {
  const found = paths.labelSelectorPath === undefined ? undefined : valueAt(object, paths.labelSelectorPath)
  if (!isJsonObject(found)) return text(found)
  const isSelector = found['matchLabels'] !== undefined || found['matchExpressions'] !== undefined
  const selector = isSelector ? found : { matchLabels: found }
  return printSelector(selector as unknown as LabelSelector)
}

/** A write of the Scale object: only the wanted count is taken from it. */
export async function updateScale(
  core: Core,
  behaviour: Behaviour,
  request: UpdateRequest,
): Promise<Written> {
  const { ref } = request
  const paths = pathsOf(behaviour, ref.name)
  const body = (current: KubeObject): Json => {
    const wanted = request.body(scaleOf(behaviour, current))
    if (!isJsonObject(wanted)) throw badRequest('the object provided is unrecognized: not an object')
    const version = text(metaOf(wanted)['resourceVersion'])
    if (version !== '' && version !== '0' && version !== current.metadata.resourceVersion) {
      throw conflict(behaviour.kind, ref.name, MODIFIED)
    }
    const replicas = record(wanted['spec'])['replicas'] ?? 0
    if (!behaviour.kind.custom && typeof replicas === 'number' && replicas < 0) {
      const problem = invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
      throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, ref.name, [problem])
    }
    return withValueAt(asJson(current), paths.specReplicasPath, replicas)
  }
  const written = await update(core, behaviour, { ...request, body, isPatch: true })
  return { ...written, object: scaleOf(behaviour, written.object) }
}
