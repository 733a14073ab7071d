// What stands in the way of deciding anything: a broken spec, something that it names and that is not there,
// or that it asks for and that this controller can not do. Then nothing moves, and the status says what to
// mend.
import { invalidSpec } from '../api/condition-words.ts'
import type { FieldError } from '../api/field-error.ts'
import { fieldErrorText, invalid } from '../api/field-error.ts'
import { analysesOf } from '../api/references.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import { firstError, workloadRefErrors } from '../api/validate.ts'
import { validateReferences, workloadKindError } from '../api/validate-references.ts'
import type { Decision } from '../kube/reconciler.ts'
import { resourceName } from '../kube/object.ts'
import type { Instant } from '../std/instant.ts'
import type { Json } from '../std/json.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { unknownRouters, unsupportedSteps } from '../traffic/registry.ts'
import { podHashOf } from '../workload/replica-set.ts'
import type { Conditions } from './status/conditions.ts'
import { conditionOf, withCondition, withoutCondition } from './status/conditions.ts'
import { asStored } from './status/go-zero.ts'
import { askedRefs } from './gather/named.ts'
import { phaseOf } from './phase.ts'
import { argumentsOf } from './runs/arguments.ts'
import { composed } from './runs/make.ts'
import { forbiddenIn } from './snapshot.ts'
import type { RolloutSnapshot } from './snapshot.ts'

export function problemOf(snapshot: RolloutSnapshot): FieldError | undefined {
  const { rollout, named } = snapshot
  return (
    workloadRefErrors(rollout.spec)[0] ??
    (rollout.spec.workloadRef === undefined ? undefined : workloadKindError(rollout)) ??
    firstError(rollout) ??
    forbiddenProblem(snapshot) ??
    validateReferences(rollout, { found: named })[0] ??
    notSupported(rollout.spec) ??
    analysisProblem(snapshot) ??
    experimentProblem(rollout)
  )
}

/** What may not be read seems to be missing, and is not. Of a router that was left it is no mistake in the spec. */
function forbiddenProblem(snapshot: RolloutSnapshot): FieldError | undefined {
  const ref = forbiddenIn(snapshot, () => askedRefs(snapshot.rollout))
  if (ref === undefined) return undefined
  const kind = resourceName(ref.kind)
  const place = { path: 'spec.strategy', value: ref.name, cure: `Let it get, list and watch ${kind}.` }
  return invalid(place, `this controller may not read ${kind}`)
}

const notSupported = rememberedOn((spec: RolloutSpec): FieldError | undefined => {
  const steps = spec.strategy?.canary?.steps ?? []
  const cannot = (path: string, value: Json, what: string) =>
    invalid({ path, value, cure: 'Leave it out.' }, `this controller does not support ${what}`)
  if (spec.workloadRef !== undefined) {
    return cannot('spec.workloadRef', spec.workloadRef as Json, 'workload references')
  }
  const at = steps.findIndex(step => step.plugin !== undefined)
  if (at >= 0) return cannot(`spec.strategy.canary.steps[${at}].plugin`, '', 'plugin steps')
  const router = unknownRouters(spec)[0]
  if (router === undefined) return unsupportedSteps(spec)[0]
  return cannot('spec.strategy.canary.trafficRouting', router, `the router ${router}`)
})

/** An analysis whose templates make no run that this controller can play. */
function analysisProblem(snapshot: RolloutSnapshot): FieldError | undefined {
  const { rollout, revisions } = snapshot
  const current = revisions.find(one => one.isCurrent)?.replicaSet
  const hash = current === undefined ? '' : podHashOf(current)
  for (const { path, analysis } of analysesOf(rollout)) {
    const spec = composed(snapshot, hash, analysis)
    if ('value' in spec) continue
    const value = (analysis.templates ?? []).map(one => one.templateName ?? '')
    return invalid({ path, value, cure: 'Mend the templates or their arguments.' }, spec.problem)
  }
  return undefined
}

/** Arguments of an experiment's analysis that are nothing in this Rollout. */
function experimentProblem(rollout: Rollout): FieldError | undefined {
  const steps = rollout.spec.strategy?.canary?.steps ?? []
  for (const [i, { experiment }] of steps.entries()) {
    for (const { name, args = [] } of experiment?.analyses ?? []) {
      const made = argumentsOf(rollout, args, { latest: '', stable: '' })
      if ('value' in made) continue
      const path = `spec.strategy.canary.steps[${i}].experiment.analyses`
      return invalid({ path, value: name, cure: 'Mend its arguments.' }, made.problem)
    }
  }
  return undefined
}

/** Compat: only the condition, the phase and the generation move; everything else stays as it was. */
export function reportProblem(
  { rollout, now }: RolloutSnapshot,
  problem: FieldError,
): Decision<RolloutStatus> {
  const { status = {} } = rollout
  return { writes: [], status: problemStatus(rollout, { problem, now, next: status }) }
}

/** `next`: what changes all the same. */
export function problemStatus(
  { metadata, spec, status = {} }: Rollout,
  {
    problem,
    now,
    next,
  }: { readonly problem: FieldError; readonly now: Instant; readonly next: RolloutStatus },
): RolloutStatus {
  const said = invalidSpec(metadata.name, fieldErrorText(problem))
  const conditions = withProblem(status.conditions, next.conditions ?? [], { said, now })
  const observedGeneration = String(metadata.generation ?? 0)
  const reported: RolloutStatus = { ...next, conditions, observedGeneration }
  const wanted = asStored(status, { ...reported, ...phaseOf(spec, reported) })
  return withoutEmptyParts(status, wanted)
}

/** Said anew only when it is another one; whoever goes back has left it out of `next`. */
function withProblem(
  stored: Conditions | undefined,
  next: Conditions,
  { said, now }: { readonly said: ReturnType<typeof invalidSpec>; readonly now: Instant },
): Conditions {
  const known = conditionOf(stored, 'InvalidSpec')
  const others = withoutCondition(next, 'InvalidSpec')
  if (known?.message !== said.message) return withCondition(others, said, now)
  return others === next ? [...next, known] : next
}

/** A status that had no strategy's part yet does not get one here. */
function withoutEmptyParts(before: RolloutStatus, wanted: RolloutStatus): RolloutStatus {
  const { blueGreen, ...rest } = wanted
  return before.blueGreen === undefined || blueGreen === undefined ? rest : wanted
}
