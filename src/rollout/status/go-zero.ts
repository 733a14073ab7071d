// How a Go controller leaves a status in the API server: zero values are absent, but one that somebody else
// wrote (abort: false, after a retry) stays, since no patch of its ever mentions it.
import type { RolloutStatus } from '../../api/rollout.ts'

const ZERO_IS_ABSENT: ReadonlySet<string> = new Set([
  'abort',
  'abortedAt',
  'pauseConditions',
  'controllerPause',
  'currentPodHash',
  'currentStepHash',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'selector',
  'observedGeneration',
  'conditions',
  'stableRS',
  'restartedAt',
  'promoteFull',
  'phase',
  'message',
])

const ZERO_IS_ABSENT_BLUE_GREEN: ReadonlySet<string> = new Set([
  'previewSelector',
  'activeSelector',
  'scaleUpPreviewCheckPoint',
])

type Fields = Readonly<Record<string, unknown>>

/** The wanted status as it is to be stored over the present one. */
export function asStored(before: RolloutStatus, wanted: RolloutStatus): RolloutStatus {
  const blueGreen = settled(before.blueGreen ?? {}, wanted.blueGreen ?? {}, ZERO_IS_ABSENT_BLUE_GREEN)
  return Object.assign(settled(before, wanted, ZERO_IS_ABSENT), { blueGreen })
}

/** Built up and not cut down: an object that fields were deleted from is slow from then on. */
function settled(before: Fields, wanted: Fields, names: ReadonlySet<string>): Fields {
  const result: Record<string, unknown> = {}
  for (const name in wanted) if (!isZero(wanted[name]) || !names.has(name)) result[name] = wanted[name]
  for (const name of names)
    if (isZero(wanted[name]) && name in before && isZero(before[name])) result[name] = before[name]
  return result
}

function isZero(value: unknown): boolean {
  return (
    value === undefined ||
    value === false ||
    value === 0 ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}
