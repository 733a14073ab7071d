// When an Experiment's pods were available, when its time is over, and whether it is to end.
import { experimentDeadlineSeconds } from '../api/defaults.ts'
import type { Experiment } from '../api/experiment.ts'
import { parseDuration } from '../std/duration.ts'
import { parseInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'

const BAD: readonly string[] = ['Failed', 'Error', 'Inconclusive']

export function isBad(word: string | undefined): boolean {
  return word !== undefined && BAD.includes(word)
}

export function isOver(word: string | undefined): boolean {
  return word === 'Successful' || isBad(word)
}

/** Undefined without a duration, and as long as not all pods have been available. */
export function endOf({ spec, status }: Experiment): Instant | undefined {
  const since = parseInstant(status?.availableAt ?? '')
  const lengthMs = parseDuration(spec.duration ?? '')
  return since === undefined || lengthMs === undefined ? undefined : since + lengthMs
}

/** By what is recorded: somebody ends it, something has failed, or what was required is proven. */
export function isEnding({ spec, status = {} }: Experiment): boolean {
  return (
    spec.terminate === true ||
    isOver(status.phase) ||
    (status.templateStatuses ?? []).some(one => isBad(one.status)) ||
    (status.analysisRuns ?? []).some(one => isBad(one.phase)) ||
    isProven(spec, one => status.analysisRuns?.find(({ name }) => name === one)?.phase)
  )
}

/** Whether all analyses that it lasts for have succeeded. */
export function isProven(
  { analyses = [] }: Experiment['spec'],
  phaseOf: (analysis: string) => string | undefined,
): boolean {
  const required = analyses.filter(one => one.requiredForCompletion === true)
  return required.length > 0 && required.every(({ name }) => phaseOf(name) === 'Successful')
}

export function progressDeadline({ spec }: Experiment, since: Instant): Instant {
  return since + experimentDeadlineSeconds(spec) * 1000
}
