// The one door to CEL: cel-js with Kubernetes' library, its limits, and a count of what a rule costs while it runs.
import { Optional, ParseError } from '@marcbachmann/cel-js'
import type { Environment, ParseResult } from '@marcbachmann/cel-js'
import { remembered } from '../../../std/remembered.ts'
import { OutOfBudget, spending } from './budget.ts'
import type { Purse } from './budget.ts'
import { ruleEnvironment } from './environment.ts'
import { withOurNames, withTheirNames } from './names.ts'
import { literalProblem, PATTERN_FUNCTIONS } from './text.ts'
import { literalPatterns, meterTree } from './tree.ts'
import type { Node } from './tree.ts'

/** A rule's text, and whether it takes `oldSelf` as an optional value. */
export interface Expression {
  readonly source: string
  readonly isOldSelfOptional: boolean
}

export type CelProblem = {
  /** `lacking`: what this engine has not, though Kubernetes may have it. */
  readonly kind: 'wrong' | 'lacking'
  readonly said: string
}

type Compiled =
  | { readonly program: ParseResult; readonly tree: Node }
  | { readonly problem: CelProblem; readonly tree: Node | undefined }

const [plain, optionalOldSelf] = (['dyn', 'optional<dyn>'] as const).map(oldSelf => {
  const environment = ruleEnvironment(oldSelf)
  return remembered(1000, (source: string) => compile(environment, source))
}) as [Compile, Compile]

type Compile = (source: string) => Compiled

function compiledOf({ source, isOldSelfOptional }: Expression): Compiled {
  return (isOldSelfOptional ? optionalOldSelf : plain)(source)
}

/** Published rules have some thousand characters at most. */
const LENGTH_MAX = 20_000

function compile(environment: Environment, source: string): Compiled {
  const lacking = (said: string) => ({ problem: { kind: 'lacking', said }, tree }) as const
  let tree: Node | undefined
  if (source.length > LENGTH_MAX) return lacking(`it is longer than ${LENGTH_MAX} characters`)
  try {
    const program = environment.parse(withOurNames(source))
    tree = program.ast as unknown as Node
    const { valid, error } = program.check()
    if (!valid) return lacking(saidBy(error))
    const [problem] = literalPatterns(tree, PATTERN_FUNCTIONS).flatMap(one => literalProblem(one) ?? [])
    if (problem !== undefined) return lacking(problem)
    meterTree(tree)
    return { program, tree }
  } catch (error) {
    return { problem: { kind: isLack(error) ? 'lacking' : 'wrong', said: saidBy(error) }, tree }
  }
}

/** `[?a]` and `{?k: v}` are CEL; a rule that is too long for cel-js may be, too. */
function isLack(error: unknown): boolean {
  if (!(error instanceof ParseError)) return false
  return error.code === 'limit_exceeded' || error.message.startsWith('Unexpected token: QUESTION')
}

/** What is wrong with a rule's text, or undefined: asked when a definition is accepted. */
export function celProblem(expression: Expression): CelProblem | undefined {
  const compiled = compiledOf(expression)
  return 'problem' in compiled ? compiled.problem : undefined
}

/** What a rule's text says, where it can be read. */
export function celTree(expression: Expression): Node | undefined {
  return compiledOf(expression).tree
}

export type CelAnswer =
  | { readonly value: unknown }
  | { readonly problem: string }
  | { readonly isOutOfBudget: true }
  | { readonly isSkipped: true }

/** A rule that does not compile here was named when its definition was stored, and is skipped. */
export function evaluateCel(
  expression: Expression,
  context: Record<string, unknown>,
  purse: Purse,
): CelAnswer {
  const compiled = compiledOf(expression)
  if ('problem' in compiled) return { isSkipped: true }
  return spending(purse, () => {
    try {
      const value: unknown = compiled.program(context)
      return purse.left < 0 ? { isOutOfBudget: true } : { value }
    } catch (error) {
      return purse.left < 0 || error instanceof OutOfBudget
        ? { isOutOfBudget: true }
        : { problem: saidBy(error) }
    }
  })
}

/** What `oldSelf` is to a rule that takes it as an optional value. */
export function optional(value: unknown): Optional {
  return value === undefined ? Optional.none() : Optional.of(value)
}

function saidBy(error: unknown): string {
  const [first] = (error as Error).message.split('\n')
  return withTheirNames(first ?? 'error')
    .replace(/^No such key: index out of bounds, index (-?\d+) .*/, 'index out of bounds: $1')
    .replace(/^No such key/, 'no such key')
}
