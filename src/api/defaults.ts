// What a Rollout means where it says nothing: the effective values, computed, never written into the object.
import { parseDuration } from '../std/duration.ts'
import { scaledValueOfPercentText } from '../kube/int-or-string.ts'
import { experimentSpec } from './experiment.ts'
import type { ExperimentSpec } from './experiment.ts'
import { rolloutSpec } from './rollout.ts'
import type { RolloutPause, RolloutSpec, SetMirrorRoute } from './rollout.ts'
import { defaultOf } from './schema.ts'
import { MIRROR_ROUTE } from './steps.ts'
import { BLUE_GREEN, CANARY } from './strategy.ts'
import { trafficRouting } from './traffic.ts'

const SPEC = rolloutSpec.fields
const HISTORY = SPEC.analysis.fields

export const replicas = (spec: RolloutSpec) => spec.replicas ?? defaultOf(SPEC.replicas)

export const minReadySeconds = (spec: RolloutSpec) => spec.minReadySeconds ?? defaultOf(SPEC.minReadySeconds)

export const revisionHistoryLimit = (spec: RolloutSpec) =>
  spec.revisionHistoryLimit ?? defaultOf(SPEC.revisionHistoryLimit)

export const progressDeadlineSeconds = (spec: RolloutSpec) =>
  spec.progressDeadlineSeconds ?? defaultOf(SPEC.progressDeadlineSeconds)

export const successfulRunHistoryLimit = (spec: RolloutSpec) =>
  spec.analysis?.successfulRunHistoryLimit ?? defaultOf(HISTORY.successfulRunHistoryLimit)

export const unsuccessfulRunHistoryLimit = (spec: RolloutSpec) =>
  spec.analysis?.unsuccessfulRunHistoryLimit ?? defaultOf(HISTORY.unsuccessfulRunHistoryLimit)

export const autoPromotionEnabled = (spec: RolloutSpec) =>
  spec.strategy?.blueGreen?.autoPromotionEnabled ?? defaultOf(BLUE_GREEN.autoPromotionEnabled)

/** Seconds to wait before the switch comes by itself; 0 where a person must ask for it. */
export function autoPromotionSeconds(spec: RolloutSpec): number {
  if (!autoPromotionEnabled(spec)) return 0
  return spec.strategy?.blueGreen?.autoPromotionSeconds ?? defaultOf(BLUE_GREEN.autoPromotionSeconds)
}

/**
 * Pods above `spec.replicas` during an update: 25 % of 10 is 3 (rounded up).
 * Compat: the text "5" is 5 %, and a text that is no number is 0.
 */
export function maxSurge(spec: RolloutSpec): number {
  const wanted = spec.strategy?.canary?.maxSurge ?? defaultOf(CANARY.maxSurge)
  return scaledValueOfPercentText(wanted, replicas(spec), 'up') ?? 0
}

/**
 * Pods that may be missing during an update: 25 % of 10 is 2 (rounded down); at least 1 where a canary could
 * not move otherwise; never more than there are. Blue/green uses it for restarts only.
 */
export function maxUnavailable(spec: RolloutSpec): number {
  const { blueGreen, canary } = spec.strategy ?? {}
  const wanted = (blueGreen ?? canary)?.maxUnavailable ?? defaultOf(CANARY.maxUnavailable)
  const pods = scaledValueOfPercentText(wanted, replicas(spec), 'down') ?? 0
  const stuck = blueGreen === undefined && pods === 0 && maxSurge(spec) === 0
  return Math.min(stuck ? 1 : pods, replicas(spec))
}

/** Seconds that the old pods live on after an update. */
export function scaleDownDelaySeconds(spec: RolloutSpec): number {
  const { blueGreen, canary } = spec.strategy ?? {}
  if (blueGreen !== undefined) {
    return blueGreen.scaleDownDelaySeconds ?? defaultOf(BLUE_GREEN.scaleDownDelaySeconds)
  }
  if (canary?.trafficRouting === undefined) return 0
  return canary.scaleDownDelaySeconds ?? defaultOf(CANARY.scaleDownDelaySeconds)
}

const EXPERIMENT = experimentSpec.fields

export const experimentDeadlineSeconds = (spec: ExperimentSpec) =>
  spec.progressDeadlineSeconds ?? defaultOf(EXPERIMENT.progressDeadlineSeconds)

export const experimentScaleDownDelaySeconds = (spec: ExperimentSpec) =>
  spec.scaleDownDelaySeconds ?? defaultOf(EXPERIMENT.scaleDownDelaySeconds)

/** How many old revisions may live on through their delay. */
export function scaleDownDelayRevisionLimit(spec: RolloutSpec): number {
  const { blueGreen, canary } = spec.strategy ?? {}
  return (blueGreen ?? canary)?.scaleDownDelayRevisionLimit ?? Infinity
}

/**
 * Seconds that the new pods live on after an abort. Undefined: no deadline is set, because they stay for ever
 * (blue/green with 0), follow the weights (a canary without router), or follow availability (dynamicStableScale
 * that says nothing). A routed canary with 0 goes at once.
 */
export function abortScaleDownDelaySeconds(spec: RolloutSpec): number | undefined {
  const { blueGreen, canary } = spec.strategy ?? {}
  if (blueGreen !== undefined) {
    const seconds = blueGreen.abortScaleDownDelaySeconds ?? defaultOf(BLUE_GREEN.abortScaleDownDelaySeconds)
    return seconds === 0 ? undefined : seconds
  }
  if (canary?.trafficRouting === undefined) return undefined
  if (canary.dynamicStableScale === true) return canary.abortScaleDownDelaySeconds
  return canary.abortScaleDownDelaySeconds ?? defaultOf(CANARY.abortScaleDownDelaySeconds)
}

/** What all weights add up to. */
export const maxTrafficWeight = (spec: RolloutSpec) =>
  spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? defaultOf(trafficRouting.fields.maxTrafficWeight)

export const mirrorPercentage = (route: SetMirrorRoute) =>
  route.percentage ?? defaultOf(MIRROR_ROUTE.percentage)

/** Seconds of a pause step: undefined until somebody resumes, -1 when the text says no duration. */
export function pauseSeconds(pause: RolloutPause): number | undefined {
  const { duration } = pause
  if (duration === undefined || typeof duration === 'number') return duration
  if (/^[+-]?\d+$/.test(duration)) return Number(duration)
  const lengthMs = parseDuration(duration)
  return lengthMs === undefined ? -1 : Math.trunc(lengthMs / 1000)
}
