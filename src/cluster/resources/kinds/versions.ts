// Built-in kinds that are served in a second version: the same objects, kept in one form and shown in the other.
import { apiVersionOf } from '../../../kube/object.ts'
import type { Kind, KubeObject } from '../../../kube/object.ts'
import { asJson, fromJson } from '../../../kube/object.ts'
import type { JsonObject } from '../../../std/json.ts'
import { own } from '../../../std/own.ts'
import type { Hooks } from '../behaviour.ts'
import { storedAutoscaler, shownAutoscaler } from './autoscalers.ts'
import { newEvents, shownEvent, storedEvent } from './events.ts'
import { HOOKS } from './hooks.ts'

export interface OtherVersion {
  /** Where the store keeps the objects. */
  readonly resource: string
  /** From this version to the one that is kept, and back. */
  toStored(object: JsonObject): JsonObject
  toShown(object: JsonObject): JsonObject
  readonly hooks: Hooks
}

const AUTOSCALERS = 'autoscaling/horizontalpodautoscalers'

const VERSIONS: Readonly<Record<string, OtherVersion>> = {
  'autoscaling/v1/horizontalpodautoscalers': {
    resource: AUTOSCALERS,
    toStored: storedAutoscaler,
    toShown: shownAutoscaler,
    hooks: throughStored(HOOKS[AUTOSCALERS] ?? {}, storedAutoscaler),
  },
  'events.k8s.io/v1/events': {
    resource: '/events',
    toStored: storedEvent,
    toShown: shownEvent,
    hooks: newEvents,
  },
}

/** Undefined: the version is the one that is kept. */
export function otherVersion(kind: Kind): OtherVersion | undefined {
  return own(VERSIONS, `${apiVersionOf(kind)}/${kind.plural}`)
}

/** Rules are written once, for the version that is kept. */
function throughStored(hooks: Hooks, toStored: (object: JsonObject) => JsonObject): Hooks {
  const { validate } = hooks
  if (validate === undefined) return hooks
  return {
    ...hooks,
    validate: (object, old, subresource) => validate(toStored(object), old && toStored(old), subresource),
  }
}

/** Each stored object's other form is made once, so that its bytes are, too. */
export function rememberedForm(toShown: OtherVersion['toShown']): (object: KubeObject) => KubeObject {
  const forms = new WeakMap<KubeObject, KubeObject>()
  return object => {
    const known = forms.get(object)
    if (known) return known
    const made = fromJson(toShown(asJson(object)))
    forms.set(object, made)
    return made
  }
}
