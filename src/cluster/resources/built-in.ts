// The kinds that every Kubernetes server has, each with how it behaves. Most are a line of the table and no
// more.
import { goTypeOf } from '../../kube/go-print.ts'
import { apiVersionOf, asJson, fromJson } from '../../kube/object.ts'
import { assert } from '../../std/assert.ts'
import { BUILT_IN_DEFAULTS } from '../schema/built-in-defaults.ts'
import { decodeType } from '../schema/type-decoder.ts'
import type { Behaviour, Hooks } from './behaviour.ts'
import table from './built-in-kinds.json' with { type: 'json' }
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
  const defaults = BUILT_IN_DEFAULTS[`${kind.group}/${kind.plural}`]
  return {
    kind,
    resource: `${kind.group}/${kind.plural}`,
    decode(body) {
      const { value, unknown } = decodeType(type, body)
      return { value: defaults?.(value) ?? value, unknown }
    },
    show: object => object,
    keep: object => asJson(fromJson(object)),
    hooks,
  }
}
