// Labels, annotations, selectors and numbers in a spec, checked as Kubernetes checks them.
import type { LabelSelector, LabelSelectorRequirement } from '../../kube/core.ts'
import { labelValue, qualifiedName } from '../../kube/names.ts'
import type { Json } from '../../std/json.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, invalid, missing } from '../field-error.ts'

type Maps = Readonly<Record<string, string>>

export function notNegative(path: string, value: number | undefined): readonly FieldError[] {
  if (value === undefined || value >= 0) return []
  return [invalid({ path, value, cure: 'Write 0 or more.' }, 'must be greater than or equal to 0')]
}

export function labelErrors(path: string, labels: Maps = {}): readonly FieldError[] {
  return sortedEntries(labels).flatMap(([key, value]) => {
    const cure = 'Use letters, digits, `-`, `_` and `.` only; begin and end with a letter or digit.'
    return [
      ...wrong({ path, value: key, cure }, qualifiedName(key)),
      ...wrong({ path, value, cure }, labelValue(value)),
    ]
  })
}

export function annotationErrors(path: string, annotations: Maps = {}): readonly FieldError[] {
  const cure = 'Write the key as `prefix/name`.'
  return sortedEntries(annotations).flatMap(([key]) =>
    wrong({ path, value: key, cure }, qualifiedName(key.toLowerCase())),
  )
}

export function wrong(
  place: { readonly path: string; readonly value: Json; readonly cure: string },
  problem: string | undefined,
): readonly FieldError[] {
  return problem === undefined ? [] : [invalid(place, problem)]
}

export function selectorErrors(path: string, selector: LabelSelector): readonly FieldError[] {
  return [
    ...labelErrors(`${path}.matchLabels`, selector.matchLabels),
    ...(selector.matchExpressions ?? []).flatMap((one, i) =>
      expressionErrors(`${path}.matchExpressions[${i}]`, one),
    ),
  ]
}

/** Whether labels can be compared with it at all. */
export function isUsableSelector(selector: LabelSelector): boolean {
  return selectorErrors('', selector).length === 0
}

function expressionErrors(path: string, one: LabelSelectorRequirement): readonly FieldError[] {
  const cure = 'Use In or NotIn with values, Exists or DoesNotExist without.'
  const values = one.values ?? []
  const about = { path: `${path}.values`, value: [...values], cure }
  const isList = one.operator === 'In' || one.operator === 'NotIn'
  const isKnown = isList || one.operator === 'Exists' || one.operator === 'DoesNotExist'
  return [
    ...(isList && values.length === 0
      ? [missing(about, "must be specified when `operator` is 'In' or 'NotIn'")]
      : []),
    ...(isKnown && !isList && values.length > 0
      ? [forbidden(about, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
      : []),
    ...(isKnown
      ? []
      : [invalid({ path: `${path}.operator`, value: one.operator, cure }, 'not a valid selector operator')]),
    ...wrong({ path: `${path}.key`, value: one.key, cure }, qualifiedName(one.key)),
    ...values.flatMap((value, i) => wrong({ path: `${path}.values[${i}]`, value, cure }, labelValue(value))),
  ]
}

function sortedEntries(map: Maps): readonly (readonly [string, string])[] {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
