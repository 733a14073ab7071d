// Folds over the steps of a canary: which step is it; which weight, scale and routes hold there; how it is
// called.
import { maxTrafficWeight } from '../api/defaults.ts'
import type { CanaryStep, Rollout } from '../api/rollout.ts'

/** A place in the list of steps. */
export interface Position {
  readonly steps: readonly CanaryStep[]
  /** Counted from 0; the number of steps when all are done; undefined without steps. */
  readonly index: number | undefined
  readonly maxWeight: number
}

export function stepsOf(rollout: Rollout): readonly CanaryStep[] {
  return rollout.spec.strategy?.canary?.steps ?? []
}

/** The place `index`, as far as there are steps; the first one when nothing was counted yet. */
export function positionAt(rollout: Rollout, index: number | undefined): Position {
  const steps = stepsOf(rollout)
  const maxWeight = maxTrafficWeight(rollout.spec)
  return { steps, index: steps.length === 0 ? undefined : Math.min(index ?? 0, steps.length), maxWeight }
}

/** The step in progress, counted from 0; the number of steps when all are done; undefined without steps. */
export function currentStepIndex(rollout: Rollout): number | undefined {
  return stepsOf(rollout).length === 0 ? undefined : (rollout.status?.currentStepIndex ?? 0)
}

/** Undefined without steps, and when all are done. */
export function currentStep(rollout: Rollout): CanaryStep | undefined {
  return stepAt(positionAt(rollout, currentStepIndex(rollout)))
}

/** The weight that the canary should have now by what is recorded: 0 while aborted. */
export function currentSetWeight(rollout: Rollout): number {
  return rollout.status?.abort === true ? 0 : weightAt(positionAt(rollout, currentStepIndex(rollout)))
}

/** Undefined without steps, and when all are done. */
export function stepAt({ steps, index }: Position): CanaryStep | undefined {
  return index === undefined ? undefined : steps[index]
}

/** Whether all steps are done, or there are none. */
export function isAtEnd({ steps, index }: Position): boolean {
  return index === undefined || index >= steps.length
}

/**
 * The nearest `setWeight` at or before a step; 0 when there is none. Beyond the last step everything is the
 * canary's.
 */
export function weightAt(position: Position): number {
  if (isAtEnd(position)) return position.maxWeight
  return stepsUpTo(position).findLast(step => step.setWeight !== undefined)?.setWeight ?? 0
}

/**
 * The nearest `setWeight` before a step: what holds while the step is not yet fulfilled. 0 when there is
 * none.
 */
export function weightBefore({ steps, index = 0, maxWeight }: Position): number {
  return index <= 0 ? 0 : weightAt({ steps, index: index - 1, maxWeight })
}

/** How many canary pods are wanted: so many, or as many as a share of all. */
export type CanaryScale = { readonly replicas: number } | { readonly weight: number }

/**
 * The `setCanaryScale` that holds at a step: the nearest at or before it, unless that one gives the pods back
 * to the weight. Undefined beyond the last step.
 */
export function canaryScaleAt(position: Position): CanaryScale | undefined {
  if (isAtEnd(position)) return undefined
  const scale = stepsUpTo(position).findLast(step => step.setCanaryScale !== undefined)?.setCanaryScale
  if (scale === undefined || scale.matchTrafficWeight === true) return undefined
  if (scale.replicas !== undefined) return { replicas: scale.replicas }
  return scale.weight === undefined ? undefined : { weight: scale.weight }
}

export type HeaderRouteStep = NonNullable<CanaryStep['setHeaderRoute']>
export type MirrorRouteStep = NonNullable<CanaryStep['setMirrorRoute']>

/**
 * The header routes that hold at a step, by the order in which they were set; a step without match takes one
 * away.
 */
export function headerRoutesAt(position: Position): readonly HeaderRouteStep[] {
  return routesAt(stepsUpTo(position).flatMap(step => step.setHeaderRoute ?? []))
}

/** The mirror routes that hold at a step. */
export function mirrorRoutesAt(position: Position): readonly MirrorRouteStep[] {
  return routesAt(stepsUpTo(position).flatMap(step => step.setMirrorRoute ?? []))
}

function stepsUpTo({ steps, index }: Position): readonly CanaryStep[] {
  return index === undefined ? [] : steps.slice(0, index + 1)
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

/** What a step holds: it is complete when all of it is. */
export function actionsOf(step: CanaryStep): readonly StepAction[] {
  return ACTIONS.filter(action => step[action] !== undefined)
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
