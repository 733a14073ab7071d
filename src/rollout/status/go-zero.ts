// How a Go controller leaves a status in the API server: zero values are absent, but one that somebody else
// wrote (abort: false, after a retry) stays, since no patch of its ever mentions it.
import type { BlueGreenStatus, RolloutStatus } from '../../api/rollout.ts'

const ZERO_IS_ABSENT = [
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
] as const

const ZERO_IS_ABSENT_BLUE_GREEN = ['previewSelector', 'activeSelector', 'scaleUpPreviewCheckPoint'] as const

type Fields = Readonly<Record<string, unknown>>

/** The wanted status as it is to be stored over the present one. */
export function asStored(before: RolloutStatus, wanted: RolloutStatus): RolloutStatus {
  const status = settled(before, wanted, ZERO_IS_ABSENT) as RolloutStatus
  const blueGreen = settled(before.blueGreen ?? {}, status.blueGreen ?? {}, ZERO_IS_ABSENT_BLUE_GREEN)
  return { ...status, blueGreen: blueGreen as BlueGreenStatus }
}

/** Built up and not cut down: an object that fields were deleted from is slow from then on. */
function settled(before: Fields, wanted: Fields, names: readonly string[]): Fields {
  const result: Record<string, unknown> = {}
  for (const name in wanted) if (!isZero(wanted[name]) || !names.includes(name)) result[name] = wanted[name]
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
