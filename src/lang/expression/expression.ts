// An expression, read and typed once, to be evaluated as often as one likes.
import type { Instant } from '../../std/instant.ts'
import { BUILTIN_NAMES } from './builtins/builtins.ts'
import { check } from './check/checker.ts'
import { compile } from './compile/compiler.ts'
import { optimise } from './compile/optimise.ts'
import type { Environment } from './environment.ts'
import { wellFormed } from './go-bytes.ts'
import type { GoValue } from './go-values.ts'
import { attempt } from './refusal.ts'
import type { Attempt } from './refusal.ts'
import { Machine } from './run/machine.ts'
import { parse } from './syntax/parser.ts'

export interface Expression {
  /** Its value for a result, or why it has none. */
  evaluate(result: GoValue, now: Instant): Attempt<GoValue>
}

export function readExpression(text: string, environment: Environment): Attempt<Expression> {
  const read = attempt(() => {
    const node = parse(text, BUILTIN_NAMES)
    check(node, environment)
    return compile(optimise(node), environment)
  })
  if ('problem' in read) return { problem: wellFormed(read.problem) }
  const program = read.value
  return {
    value: {
      evaluate(result, now) {
        const done = attempt(() => program(new Machine(now, result)))
        return 'problem' in done ? { problem: wellFormed(done.problem) } : done
      },
    },
  }
}
