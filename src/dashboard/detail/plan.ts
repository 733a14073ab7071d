// The steps of a canary for its picture: what each sets, in a word or two.
import type { CanaryStep, Rollout } from '../../api/rollout.ts'
import { stepsOf } from '../../rollout/steps.ts'
import { short } from '../showable.ts'
import type { Step } from '../wire.ts'

export function planOf(rollout: Rollout): readonly Step[] {
  return stepsOf(rollout).map(step => {
    const type = Object.keys(step)[0] ?? ''
    return { type: short(type), detail: short(detailOf(step)) }
  })
}

function detailOf(step: CanaryStep): string {
  const { setWeight, pause, setCanaryScale, analysis, experiment, setHeaderRoute, setMirrorRoute, plugin } =
    step
  if (setWeight !== undefined) return `${setWeight} %`
  if (pause !== undefined) return pause.duration === undefined ? '' : lengthOf(pause.duration)
  if (setCanaryScale !== undefined) return scaleOf(setCanaryScale)
  if (analysis !== undefined) return (analysis.templates ?? []).map(one => one.templateName ?? '').join(', ')
  if (experiment !== undefined) return (experiment.templates ?? []).map(one => one.name).join(', ')
  return setHeaderRoute?.name ?? setMirrorRoute?.name ?? plugin?.name ?? ''
}

function lengthOf(duration: string | number): string {
  return /^\d+$/.test(String(duration)) ? `${duration}s` : String(duration)
}

function scaleOf(scale: NonNullable<CanaryStep['setCanaryScale']>): string {
  if (scale.replicas !== undefined) return `${scale.replicas}`
  return scale.weight === undefined ? '' : `${scale.weight} %`
}
