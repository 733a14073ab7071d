// Which objects a query is about: label selectors and field selectors, parsed once, as a predicate.
import type { KubeObject } from '../../kube/object.ts'
import { asJson } from '../../kube/object.ts'
import type { Behaviour } from './behaviour.ts'
import { parseLabelSelector } from './label-selector.ts'
import { badRequest } from './refusals.ts'

export type Matcher = (object: KubeObject) => boolean

export interface Selected {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export function selectionOf(behaviour: Behaviour, query: Selected): Matcher {
  const labels = query.labelSelector ? parseLabelSelector(query.labelSelector) : undefined
  const fields = query.fieldSelector ? parseFieldSelector(behaviour, query.fieldSelector) : undefined
  if (!labels && !fields) return () => true
  return object => (labels?.(object.metadata.labels ?? {}) ?? true) && (fields?.(object) ?? true)
}

interface Term {
  readonly field: string
  readonly isEqual: boolean
  readonly value: string
}

function parseFieldSelector(behaviour: Behaviour, selector: string): Matcher {
  const terms = splitTerms(selector).map(parseTerm)
  const known = knownFields(behaviour)
  for (const { field } of terms) {
    if (known.includes(field)) continue
    throw badRequest(
      known.length > 2
        ? `field label not supported: ${field}`
        : `${JSON.stringify(field)} is not a known field selector: only ${known.map(one => JSON.stringify(one)).join(', ')}`,
    )
  }
  return object => {
    const values = behaviour.hooks.fields?.(asJson(object)) ?? {}
    return terms.every(({ field, isEqual, value }) => (fieldOf(object, field, values) === value) === isEqual)
  }
}

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

/** Commas part the terms, unless a backslash takes their meaning. */
function splitTerms(selector: string): string[] {
  return selector.split(/(?<!\\),/).filter(term => term.trim() !== '')
}

function parseTerm(term: string): Term {
  const match = /^\s*([^=!]+?)\s*(==|!=|=)(.*)$/.exec(term)
  if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
  const [, field, operator, value] = match as unknown as [string, string, string, string]
  return { field, isEqual: operator !== '!=', value: value.replaceAll(/\\([\\,=])/g, '$1') }
}
