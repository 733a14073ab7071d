// The rules of a Rollout's spec, in the order in which users know them: the controller shows the first one broken,
// `lint` shows all. Compat: the paths of the strategy's rules leave out `canary` and `blueGreen`.
import { rememberedOn } from '../std/remembered-on.ts'
import { minReadySeconds, progressDeadlineSeconds } from './defaults.ts'
import type { FieldError } from './field-error.ts'
import { internal, invalid, missing } from './field-error.ts'
import { inGoOrder } from './go-order.ts'
import type { Rollout, RolloutSpec } from './rollout.ts'
import { rolloutSpec } from './rollout.ts'
import { isUsableSelector, notNegative, selectorErrors } from './validation/labels.ts'
import { podTemplateErrors } from './validation/pod-template.ts'
import { roleMetadataErrors } from './validation/role-metadata.ts'
import { strategyErrors } from './validation/strategy.ts'

type Errors = readonly FieldError[]

/** `templateIsResolved`: the pod template of the referenced workload has been filled in. */
export function validateRollout(rollout: Pick<Rollout, 'spec'>, templateIsResolved = false): Errors {
  const { spec } = rollout
  return [
    ...notNegative('spec.replicas', spec.replicas),
    ...(spec.workloadRef === undefined ? ownSelectorErrors(spec) : []),
    ...templateErrors(spec, templateIsResolved),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...notNegative('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds),
    ...deadlineErrors(spec),
    ...strategyErrors(rollout),
    ...roleMetadataErrors(spec),
  ]
}

/** A template beside a workloadRef, as the controller says it: before all other rules, and without a path. */
export function workloadRefErrors(spec: RolloutSpec): Errors {
  if (spec.workloadRef === undefined || isEmptyTemplate(spec)) return []
  return [{ ...templateBesideRef, path: '', message: TEMPLATE_BESIDE_REF }]
}

/** The error of a rule that this spec breaks, in the order of the rules; undefined when it breaks none. */
export function firstError(rollout: Rollout, templateIsResolved = false): FieldError | undefined {
  return firstIn(rollout.spec, templateIsResolved)
}

/** A pass asks about the same spec again and again. */
const firstIn = rememberedOn(
  (spec: RolloutSpec, templateIsResolved: boolean) => validateRollout({ spec }, templateIsResolved)[0],
)

const TEMPLATE_BESIDE_REF = 'template must be empty for workload reference rollout'
const templateBesideRef = internal(
  { path: 'spec.template', cure: 'Take `template` or `workloadRef` away.' },
  TEMPLATE_BESIDE_REF,
)

/** Compat: only labels and annotations count as a template here. */
function isEmptyTemplate({ template }: RolloutSpec): boolean {
  const { labels = {}, annotations = {} } = template?.metadata ?? {}
  return Object.keys(labels).length + Object.keys(annotations).length === 0
}

function ownSelectorErrors({ selector }: RolloutSpec): Errors {
  const path = 'spec.selector'
  const cure = 'Write `matchLabels` with labels of the template.'
  if (selector === undefined) return [missing({ path, cure }, "Rollout has missing field '.spec.selector'")]
  const value = inGoOrder(rolloutSpec.fields.selector, selector)
  const isEmpty =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  return [
    ...selectorErrors(path, selector),
    ...(isEmpty ? [invalid({ path, value, cure }, 'empty selector is invalid for deployment')] : []),
  ]
}

function templateErrors(spec: RolloutSpec, isResolved: boolean): Errors {
  const { selector, workloadRef } = spec
  const beside = !isResolved && workloadRef !== undefined && !isEmptyTemplate(spec) ? [templateBesideRef] : []
  if (selector !== undefined && !isUsableSelector(selector)) {
    const place = { path: 'spec.selector', value: inGoOrder(rolloutSpec.fields.selector, selector) }
    return [
      ...beside,
      invalid({ ...place, cure: 'Write labels that Kubernetes takes.' }, 'invalid label selector'),
    ]
  }
  if (workloadRef !== undefined && !isResolved) return beside
  return [...beside, ...podTemplateErrors('spec.template', spec.template, selector)]
}

function deadlineErrors(spec: RolloutSpec): Errors {
  const deadline = progressDeadlineSeconds(spec)
  if (deadline > minReadySeconds(spec)) return []
  const place = {
    path: 'spec.progressDeadlineSeconds',
    value: deadline,
    cure: 'Write more seconds than minReadySeconds.',
  }
  return [invalid(place, 'must be greater than minReadySeconds')]
}
