// The kinds that every Kubernetes server has, each with how it behaves. Most are a line of the table and no
// more.
import { goTypeOf } from '../../kube/go-print.ts'
import { apiVersionOf, asJson, fromJson } from '../../kube/object.ts'
import { assert } from '../../std/assert.ts'
import { BUILT_IN_DEFAULTS } from '../schema/built-in-defaults.ts'
import { decodeType } from '../schema/type-decoder.ts'
import type { Fill } from '../schema/fill.ts'
import { text, withFields } from '../../std/json-parts.ts'
import type { JsonObject } from '../../std/json.ts'
import { validateChoices } from '../schema/validation/choices.ts'
import type { Behaviour, Hooks } from './behaviour.ts'
import table from './built-in-kinds.json' with { type: 'json' }
import { otherVersion, rememberedForm } from './kinds/versions.ts'
import type { OtherVersion } from './kinds/versions.ts'
import { HOOKS } from './kinds/hooks.ts'
import type { ServedKind } from './resources.ts'

type Subresource = [name: string, group: string, version: string, kind: string, verbs: string[]]

export function builtInBehaviours(): readonly Behaviour[] {
  return table.map(row => {
    const subresources = (row.subresources as unknown as Subresource[]).map(
      ([name, group, version, kind, verbs]) => ({
        name,
        responseKind: { group, version, kind },
        verbs,
      }),
    )
    const kind: ServedKind = {
      ...row,
      subresources,
      statusSubresource: subresources.some(one => one.name === 'status'),
      listKind: `${row.kind}List`,
      custom: false,
    }
    return behaviourOf(kind, HOOKS[`${row.group}/${row.plural}`] ?? {})
  })
}

function behaviourOf(kind: ServedKind, hooks: Hooks): Behaviour {
  const type = goTypeOf(apiVersionOf(kind), kind.kind)
  assert(type !== undefined, `${kind.kind} has no type`)
  const resource = `${kind.group}/${kind.plural}`
  const defaults = BUILT_IN_DEFAULTS[resource]
  const other = otherVersion(kind)
  if (other !== undefined) return convertedBehaviour(kind, type, { other, defaults })
  return {
    kind,
    resource,
    decode(body) {
      const { value, unknown } = decodeType(type, body)
      return { value: defaults?.(value) ?? value, unknown }
    },
    show: object => object,
    keep: object => asJson(fromJson(object)),
    hooks: withChoices(resource, hooks),
  }
}

/** Fields with a fixed set of words are checked for every kind alike. */
function withChoices(resource: string, hooks: Hooks): Hooks {
  return {
    ...hooks,
    validate: (object, old, subresource) => [
      ...(hooks.validate?.(object, old, subresource) ?? []),
      ...(subresource === 'status' ? [] : validateChoices(resource, object)),
    ],
  }
}

/** A second version of a kind: defaults and rules are those of the version that is kept. */
function convertedBehaviour(
  kind: ServedKind,
  type: string,
  { other, defaults }: { readonly other: OtherVersion; readonly defaults: Fill | undefined },
): Behaviour {
  const toShown = (object: JsonObject) => shaped(type, other.toShown(object))
  const toStored = (object: JsonObject) => {
    const stored = other.toStored(object)
    return shaped(goTypeOf(text(stored['apiVersion']), kind.kind) ?? type, stored)
  }
  return {
    kind,
    resource: other.resource,
    decode(body) {
      const { value, unknown } = decodeType(type, body)
      if (defaults === undefined) return { value, unknown }
      const full = toShown(defaults(toStored(value)))
      return { value: withFields(full, { apiVersion: undefined, kind: undefined }), unknown }
    },
    show: rememberedForm(toShown),
    keep: object => asJson(fromJson(toStored(object))),
    hooks: other.hooks,
  }
}

/** With exactly the fields that the type prints. */
function shaped(type: string, object: JsonObject): JsonObject {
  const { apiVersion = '', kind = '' } = object
  return { apiVersion, kind, ...decodeType(type, object).value }
}
