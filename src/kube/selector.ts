// Label selectors: the object form of specs, matched and printed. Their text form, and field selectors:
// selector-text.ts.
import { compareText } from '../std/compare.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import type { LabelSelector, LabelSelectorRequirement } from './core.ts'

export type Labels = Readonly<Record<string, string>>

/** One condition on one label; a selector is a list of them, and all must hold. */
export type Requirement =
  | { readonly key: string; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'Exists' | 'DoesNotExist' }
  | { readonly key: string; readonly operator: 'Gt' | 'Lt'; readonly values: readonly string[] }

/** The conditions of a selector object. An empty one selects everything. */
function requirementsOf(selector: LabelSelector): readonly Requirement[] {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  }))
  return [...equalities, ...(selector.matchExpressions ?? []).map(fromExpression)]
}

function fromExpression({ key, operator, values }: LabelSelectorRequirement): Requirement {
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator }
  return { key, operator, values: values ?? [] }
}

/** The keys of the labels that a selector asks about. */
export function selectorKeys(selector: LabelSelector): readonly string[] {
  return requirementsOf(selector).map(one => one.key)
}

export function matches(selector: LabelSelector, labels: Labels | undefined): boolean {
  return meets(requirementsOf(selector), labels)
}

/** Whether labels meet every requirement. Absent keys meet NotIn and DoesNotExist. */
export function meets(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every(one => meetsOne(one, labels?.[one.key]))
}

function meetsOne(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'In':
      return value !== undefined && requirement.values.includes(value)
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value)
    case 'Gt':
      return isWhole(value) && BigInt(value) > BigInt(requirement.values[0] ?? 0)
    case 'Lt':
      return isWhole(value) && BigInt(value) < BigInt(requirement.values[0] ?? 0)
  }
}

function isWhole(value: string | undefined): value is string {
  return value !== undefined && /^[+-]?\d{1,18}$/.test(value)
}

/** A selector object as text, keys in order: `app=demo,tier in (a,b)`. */
export const printSelector = rememberedOn((selector: LabelSelector): string =>
  requirementsOf(selector)
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(printRequirement)
    .join(','),
)

export function printRequirement(requirement: Requirement): string {
  const { key, operator } = requirement
  switch (operator) {
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
    case 'In':
    case 'NotIn': {
      const values = requirement.values.toSorted()
      if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
    }
    case 'Gt':
      return `${key}>${requirement.values[0]}`
    case 'Lt':
      return `${key}<${requirement.values[0]}`
  }
}
