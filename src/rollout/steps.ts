// Folds over the steps of a canary: which step is it; which weight, scale and routes hold there; how it is
// called.
import { maxTrafficWeight } from '../api/defaults.ts'
import type { CanaryStep, Rollout } from '../api/rollout.ts'

export function stepsOf(rollout: Rollout): readonly CanaryStep[] {
  return rollout.spec.strategy?.canary?.steps ?? []
}

/** The step in progress, counted from 0; the number of steps when all are done; undefined without steps. */
export function currentStepIndex(rollout: Rollout): number | undefined {
  return stepsOf(rollout).length === 0 ? undefined : (rollout.status?.currentStepIndex ?? 0)
}

/** Undefined without steps, and when all are done. */
export function currentStep(rollout: Rollout): CanaryStep | undefined {
  const index = currentStepIndex(rollout)
  return index === undefined ? undefined : stepsOf(rollout)[index]
}

/**
 * The nearest `setWeight` at or before a step; 0 when there is none. Beyond the last step everything is the
 * canary's.
 */
export function weightAt(rollout: Rollout, index: number | undefined): number {
  const steps = stepsOf(rollout)
  if (index === undefined || index >= steps.length) return maxTrafficWeight(rollout.spec)
  return steps.slice(0, index + 1).findLast(step => step.setWeight !== undefined)?.setWeight ?? 0
}

/** The weight that the canary should have now: 0 while aborted. */
export function currentSetWeight(rollout: Rollout): number {
  return rollout.status?.abort === true ? 0 : weightAt(rollout, currentStepIndex(rollout))
}

/**
 * The nearest `setWeight` before a step: what holds while the step is not yet fulfilled. 0 when there is
 * none.
 */
export function weightBefore(rollout: Rollout, index: number): number {
  return index <= 0 ? 0 : weightAt(rollout, Math.min(index, stepsOf(rollout).length) - 1)
}

/** Whether all steps are done, or there are none. */
export function isAtEnd(rollout: Rollout): boolean {
  const index = currentStepIndex(rollout)
  return index === undefined || index >= stepsOf(rollout).length
}

/** How many canary pods are wanted: so many, or as many as a share of all. */
export type CanaryScale = { readonly replicas: number } | { readonly weight: number }

/**
 * The `setCanaryScale` that holds at a step: the nearest at or before it, unless that one gives the pods back
 * to the weight. Undefined without trafficRouting and beyond the last step.
 */
export function canaryScaleAt(rollout: Rollout, index: number | undefined): CanaryScale | undefined {
  const steps = stepsOf(rollout)
  if (rollout.spec.strategy?.canary?.trafficRouting === undefined) return undefined
  if (index === undefined || index >= steps.length) return undefined
  const scale = steps.slice(0, index + 1).findLast(step => step.setCanaryScale !== undefined)?.setCanaryScale
  if (scale === undefined || scale.matchTrafficWeight === true) return undefined
  if (scale.replicas !== undefined) return { replicas: scale.replicas }
  return scale.weight === undefined ? undefined : { weight: scale.weight }
}

/**
 * What the size of the canary follows from now: an explicit scale, or its weight. Everything when it is
 * promoted at once, when nothing is stable yet, and when it is itself the stable revision.
 * Compat: an aborted canary keeps an explicit scale only where its delay is 0.
 */
export function wantedCanaryScale(rollout: Rollout): CanaryScale {
  const { status = {} } = rollout
  const isAlone = (status.stableRS ?? '') === '' || status.stableRS === status.currentPodHash
  if (status.promoteFull === true || isAlone) return { weight: maxTrafficWeight(rollout.spec) }
  const isIgnored = status.abort === true && rollout.spec.strategy?.canary?.abortScaleDownDelaySeconds !== 0
  const scale = isIgnored ? undefined : canaryScaleAt(rollout, currentStepIndex(rollout))
  return scale ?? { weight: currentSetWeight(rollout) }
}

export type HeaderRouteStep = NonNullable<CanaryStep['setHeaderRoute']>
export type MirrorRouteStep = NonNullable<CanaryStep['setMirrorRoute']>

/**
 * The header routes that hold at a step, by the order in which they were set; a step without match takes one
 * away.
 */
export function headerRoutesAt(rollout: Rollout, index: number | undefined): readonly HeaderRouteStep[] {
  return routesAt(stepsUpTo(rollout, index).flatMap(step => step.setHeaderRoute ?? []))
}

/** The mirror routes that hold at a step. */
export function mirrorRoutesAt(rollout: Rollout, index: number | undefined): readonly MirrorRouteStep[] {
  return routesAt(stepsUpTo(rollout, index).flatMap(step => step.setMirrorRoute ?? []))
}

function stepsUpTo(rollout: Rollout, index: number | undefined): readonly CanaryStep[] {
  return index === undefined ? [] : stepsOf(rollout).slice(0, index + 1)
}

interface NamedRoute {
  readonly name?: string
  readonly match?: readonly unknown[]
}

function routesAt<Route extends NamedRoute>(routes: readonly Route[]): readonly Route[] {
  const last = new Map(routes.map(route => [route.name ?? '', route]))
  return [...last.values()].filter(route => (route.match ?? []).length > 0)
}

export type StepAction =
  | 'pause'
  | 'setCanaryScale'
  | 'setWeight'
  | 'experiment'
  | 'analysis'
  | 'setHeaderRoute'
  | 'setMirrorRoute'
  | 'plugin'

const ACTIONS: readonly StepAction[] = [
  'pause',
  'setCanaryScale',
  'setWeight',
  'experiment',
  'analysis',
  'setHeaderRoute',
  'setMirrorRoute',
  'plugin',
]

/** Which action decides that a step is complete, where one step holds several. */
export function decidingAction(step: CanaryStep): StepAction | undefined {
  return ACTIONS.find(action => step[action] !== undefined)
}

/**
 * A step as Events and the command line call it: `setWeight: 20`, `pause: 1h`, `setCanaryScale{replicas: 3}`.
 */
export function stepText(step: CanaryStep): string {
  const { setWeight, pause, setCanaryScale, setHeaderRoute, setMirrorRoute, plugin } = step
  if (setWeight !== undefined) return `setWeight: ${setWeight}`
  if (pause !== undefined) return pause.duration === undefined ? 'pause' : `pause: ${pause.duration}`
  if (step.experiment !== undefined) return 'experiment'
  if (step.analysis !== undefined) return 'analysis'
  if (setCanaryScale !== undefined) return canaryScaleText(setCanaryScale)
  if (setHeaderRoute !== undefined) return `setHeaderRoute: ${setHeaderRoute.name ?? ''}`
  if (setMirrorRoute !== undefined) return `setMirrorRoute: ${setMirrorRoute.name}`
  return plugin === undefined ? 'invalid' : `plugin: ${plugin.name}`
}

function canaryScaleText(scale: NonNullable<CanaryStep['setCanaryScale']>): string {
  if (scale.weight !== undefined) return `setCanaryScale{weight: ${scale.weight}}`
  if (scale.matchTrafficWeight === true) return 'setCanaryScale{matchTrafficWeight: true}'
  return scale.replicas === undefined ? 'invalid' : `setCanaryScale{replicas: ${scale.replicas}}`
}
