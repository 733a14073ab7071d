// The small texts that cells of many kinds are made of: ages, selectors, containers, "a,b,c + 2 more...".
import { age } from '../../../std/age.ts'
import type { Instant } from '../../../std/instant.ts'
import { parseInstant } from '../../../std/instant.ts'
import { field, list, text } from './fields.ts'

const SHOWN_MAX = 3

/** The age of a timestamp; `<unknown>` when there is none. */
export function since(timestamp: unknown, now: Instant): string {
  const at = typeof timestamp === 'string' ? parseInstant(timestamp) : undefined
  return at === undefined ? '<unknown>' : age(now - at)
}

/** `a=1,b=2`, or `<none>`. */
export function labelsText(labels: unknown): string {
  if (typeof labels !== 'object' || labels === null) return '<none>'
  const pairs = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}

/** A label selector as `kubectl -l` would take it; empty when it selects everything or is missing. */
export function selectorText(selector: unknown): string {
  const labels = field(selector, 'matchLabels')
  const equalities = Object.entries(typeof labels === 'object' && labels !== null ? labels : {}).map(
    ([key, value]) => ({ key, text: `${key}=${value}` }),
  )
  const expressions = list(selector, 'matchExpressions').map(one => ({
    key: text(one, 'key'),
    text: expressionText(one),
  }))
  return [...equalities, ...expressions]
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(one => one.text)
    .join(',')
}

function expressionText(expression: unknown): string {
  const key = text(expression, 'key')
  const values = list(expression, 'values').map(String).toSorted().join(',')
  const words: { readonly [operator: string]: string } = {
    In: `${key} in (${values})`,
    NotIn: `${key} notin (${values})`,
    Exists: key,
    DoesNotExist: `!${key}`,
  }
  return words[text(expression, 'operator')] ?? key
}

export function selectorOrNone(selector: unknown): string {
  return selectorText(selector) || '<none>'
}

export function containerNames(podSpec: unknown): string {
  return list(podSpec, 'containers')
    .map(one => text(one, 'name'))
    .join(',')
}

export function containerImages(podSpec: unknown): string {
  return list(podSpec, 'containers')
    .map(one => text(one, 'image'))
    .join(',')
}

/** The first three, and how many more there are. */
export function firstThree(words: readonly string[]): string {
  const shown = words.slice(0, SHOWN_MAX).join(',')
  return words.length > SHOWN_MAX ? `${shown} + ${words.length - SHOWN_MAX} more...` : shown
}

export function hasTrueCondition(object: unknown, type: string): boolean {
  return list(object, 'status', 'conditions').some(
    one => text(one, 'type') === type && text(one, 'status') === 'True',
  )
}
