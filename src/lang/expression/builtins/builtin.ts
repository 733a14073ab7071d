// What every built-in function is: the types that it takes, and what it does.
import type { Budget } from '../budget.ts'
import { callType } from '../check/calls.ts'
import type { Arguments } from '../check/calls.ts'
import { ANY, ANYS, NIL, dereferenced, functionType, inGo, isUnknown } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'

export interface Builtin {
  /** As it prints when somebody names it without calling it. */
  readonly type: GoType
  /** The type of what a call gives; a Refusal when it cannot be called so. */
  readonly check: (args: Arguments) => Steps<GoType>
  readonly call: Work
  /** The same with pauses, where a single call may take more than a moment. */
  readonly steps?: LongWork
}

export type Work = (args: readonly GoValue[], budget: Budget) => GoValue

export type LongWork = (args: readonly GoValue[], budget: Budget) => Steps<GoValue>

export type Entry = readonly [name: string, builtin: Builtin]

export const signature = (parameters: readonly GoType[], result: GoType, results?: string): GoType =>
  functionType({ parameters, result, ...(results === undefined ? {} : { results }) })

/** One that takes its time. */
export function long([name, builtin]: Entry, steps: LongWork): Entry {
  return [name, { ...builtin, steps }]
}

/** At once, for who needs no pauses. */
export const atOnce =
  (steps: LongWork): Work =>
  (args, budget) =>
    runSteps(steps(args, budget))

/** One that takes what one of the types takes; of several, the last one's complaint counts. */
export function typed(name: string, types: readonly GoType[], call: Work): Entry {
  const check: Builtin['check'] = function* (args) {
    let problem = ''
    for (const { signature: wanted } of types) {
      if (wanted === undefined) continue
      const answer = (yield callType({ name, signature: wanted, args })) as GoType | string
      if (typeof answer !== 'string') return answer
      problem = answer
    }
    return refuse(problem)
  }
  return [name, { type: types[0] ?? ANYTHING, check, call }]
}

export const ANYTHING = functionType({
  parameters: [ANYS],
  result: ANY,
  results: '(interface {}, error)',
  isVariadic: true,
})

type Check = (types: readonly GoType[]) => GoType

/** One that looks at the types itself, as Go knows them. */
export function checked(name: string, check: Check, call: Work): Entry {
  const visited: Builtin['check'] = function* (args) {
    const types = (yield args.all()) as readonly GoType[]
    return check(types.map(type => (isUnknown(type) ? ANY : inGo(type))))
  }
  return [name, { type: ANYTHING, check: visited, call }]
}

export function counted(types: readonly unknown[], wanted: number): void {
  if (types.length !== wanted) refuse(`invalid number of arguments (expected ${wanted}, got ${types.length})`)
}

/** As Go prints the type of an argument, with its complaint about nil. */
export function argumentName(type: GoType): string {
  return type === NIL ? '%!s(<nil>)' : type.name
}

/** Of one argument of one of those kinds. */
export function ofKinds(
  kinds: readonly GoType['kind'][],
  options: { result: (type: GoType) => GoType; complaint: (type: GoType) => string },
): Check {
  return types => {
    counted(types, 1)
    const [type = NIL] = types
    const { kind } = dereferenced(type)
    if (kind !== 'interface' && !kinds.includes(kind)) return refuse(options.complaint(type))
    return options.result(type)
  }
}
