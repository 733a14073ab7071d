// An expression, read and typed once, to be evaluated as often as one likes.
import type { Instant } from '../../std/instant.ts'
import { BUILTIN_NAMES } from './builtins/builtins.ts'
import { check } from './check/checker.ts'
import { UNITS_OF_A_BIT } from './budget.ts'
import { compile } from './compile/compiler.ts'
import type { Program } from './compile/compiler.ts'
import { optimise } from './compile/optimise.ts'
import type { Environment } from './environment.ts'
import { wellFormed } from './go-bytes.ts'
import type { GoValue } from './go-values.ts'
import { attempt } from './refusal.ts'
import type { Attempt } from './refusal.ts'
import { Machine } from './run/machine.ts'
import { stepsInBits } from './steps.ts'
import { parse } from './syntax/parser.ts'

export interface Expression {
  /** Its value for a result, or why it has none. */
  evaluate(result: GoValue, now: Instant): Attempt<GoValue>
  /** The same, for whoever lets others work in between. */
  evaluation(result: GoValue, now: Instant): Generator<undefined, Attempt<GoValue>>
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
        const done = attempt(() => program.run(new Machine(now, result)))
        return 'problem' in done ? { problem: wellFormed(done.problem) } : done
      },
      evaluation: (result, now) => inBits(program, result, now),
    },
  }
}

/** At once where that takes no more than a moment; else anew and bit by bit. */
function* inBits(program: Program, result: GoValue, now: Instant): Generator<undefined, Attempt<GoValue>> {
  const moment = new Machine(now, result, program.isLong ? { units: UNITS_OF_A_BIT } : {})
  const done = attempt(() => program.run(moment))
  if ('value' in done) return done
  if (!program.isLong || !moment.isSpent) return { problem: wellFormed(done.problem) }
  const bits = stepsInBits(program.steps(new Machine(now, result, { hasPauses: true })))
  for (;;) {
    yield
    const bit = attempt(() => bits.next())
    if ('problem' in bit) return { problem: wellFormed(bit.problem) }
    if (bit.value.done === true) return { value: bit.value.value }
  }
}
