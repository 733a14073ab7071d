// A compiled part of an expression: a closure that calls those of its parts; or, where it is too deep for the stack,
// steps (steps.ts) that do the same.
import type { GoValue } from '../go-values.ts'
import type { Machine } from '../run/machine.ts'
import type { Steps } from '../steps.ts'

export type Run = (machine: Machine) => GoValue

export interface Part {
  /** Nodes, its own and those below: what one evaluation costs. */
  readonly size: number
  /** Closures that wait for each other. */
  readonly height: number
  /** There is a loop in it: it may take long. */
  readonly isLong: boolean
  readonly run?: Run
  readonly steps?: (machine: Machine) => Steps<GoValue>
}

/** Of closures in each other; each needs little of the stack. */
const HEIGHT_MAX = 100

interface Making {
  readonly parts: readonly Part[]
  readonly isLoop?: true
  readonly direct: (runs: readonly Run[]) => Run
  readonly steps: (machine: Machine) => Steps<GoValue>
}

/** Direct while all of its parts are and there are few enough on top of each other. */
export function partOf({ parts, isLoop, direct, steps }: Making): Part {
  const size = parts.reduce((sum, part) => sum + part.size, 1)
  const height = parts.reduce((most, part) => Math.max(most, part.height), 0) + 1
  const runs = parts.flatMap(({ run }) => run ?? [])
  const isLong = isLoop === true || parts.some(part => part.isLong)
  if (height > HEIGHT_MAX || runs.length < parts.length) return { size, height, isLong, steps }
  return { size, height, isLong, run: direct(runs), ...(isLong ? { steps } : {}) }
}

export const leaf = (run: Run): Part => ({ size: 1, height: 1, isLong: false, run })

/** Inside steps: its value at once where it has one, and takes no pauses. */
export function* evaluated(part: Part, machine: Machine): Steps<GoValue> {
  if (part.run !== undefined && !(part.isLong && machine.hasPauses)) return part.run(machine)
  return part.steps === undefined ? null : ((yield part.steps(machine)) as GoValue)
}
