// Which objects a query is about: label selectors and field selectors, parsed once, as a predicate.
import type { KubeObject } from '../../kube/object.ts'
import { asJson } from '../../kube/object.ts'
import { meetsFields, parseFieldSelector, parseSelector, type Refused } from '../../kube/selector-text.ts'
import { meets } from '../../kube/selector.ts'
import type { Behaviour } from './behaviour.ts'
import { badRequest } from './refusals.ts'

export type Matcher = (object: KubeObject) => boolean

export interface Selected {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export function selectionOf(behaviour: Behaviour, query: Selected): Matcher {
  const labels = query.labelSelector ? labelMatcher(query.labelSelector) : undefined
  const fields = query.fieldSelector ? fieldMatcher(behaviour, query.fieldSelector) : undefined
  if (!labels && !fields) return () => true
  return object => (labels?.(object.metadata.labels ?? {}) ?? true) && (fields?.(object) ?? true)
}

type Labels = Readonly<Record<string, string>>

function labelMatcher(selector: string): (labels: Labels) => boolean {
  const requirements = understood(parseSelector(selector))
  return labels => meets(requirements, labels)
}

function understood<T extends object>(parsed: T | Refused): T {
  if ('problem' in parsed) throw badRequest(parsed.problem)
  return parsed
}

function fieldMatcher(behaviour: Behaviour, selector: string): Matcher {
  const requirements = understood(parseFieldSelector(selector))
  const known = knownFields(behaviour)
  for (const { field } of requirements) {
    if (known.includes(field)) continue
    throw badRequest(
      known.length > 2
        ? `field label not supported: ${field}`
        : `${JSON.stringify(field)} is not a known field selector: only ${known.map(quoted).join(', ')}`,
    )
  }
  return object => {
    const values = behaviour.hooks.fields?.(asJson(object)) ?? {}
    return meetsFields(requirements, field => fieldOf(object, field, values))
  }
}

const quoted = (text: string) => JSON.stringify(text)

function knownFields(behaviour: Behaviour): readonly string[] {
  const own = behaviour.hooks.fields?.({}) ?? {}
  const always = behaviour.kind.namespaced ? ['metadata.name', 'metadata.namespace'] : ['metadata.name']
  return [...always, ...Object.keys(own)]
}

function fieldOf(object: KubeObject, field: string, values: Readonly<Record<string, string>>): string {
  if (field === 'metadata.name') return object.metadata.name
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return values[field] ?? ''
}
