// Parts of which not all are evaluated, or more than once.
import { isNil } from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { asBool } from '../run/conversion.ts'
import { PAUSE } from '../steps.ts'
import type { NodeOf } from '../syntax/syntax.ts'
import type { LoopKind } from './loops.ts'
import { evaluated, leaf, partOf } from './part.ts'
import type { Part, Run } from './part.ts'
import { Walk } from './walk.ts'

export function choice(condition: Part, { yes, no }: { yes: Part; no: Part }): Part {
  return partOf({
    parts: [condition, yes, no],
    direct:
      ([test, first, second]) =>
      machine =>
        asBool((test as Run)(machine)) ? (first as Run)(machine) : (second as Run)(machine),
    *steps(machine) {
      const isTrue = asBool((yield evaluated(condition, machine)) as GoValue)
      return (yield evaluated(isTrue ? yes : no, machine)) as GoValue
    },
  })
}

export function coalesce(left: Part, right: Part): Part {
  return partOf({
    parts: [left, right],
    direct:
      ([first, second]) =>
      machine => {
        const value = (first as Run)(machine)
        return isNil(value) ? (second as Run)(machine) : value
      },
    *steps(machine) {
      const value = (yield evaluated(left, machine)) as GoValue
      return isNil(value) ? ((yield evaluated(right, machine)) as GoValue) : value
    },
  })
}

export const ELEMENT = leaf(({ scope }) => scope?.item() ?? null)

/** The list and the option are evaluated before the first element is looked at. */
export function loop(node: NodeOf<'builtin'>, parts: readonly Part[], kind: LoopKind): Part {
  const [list = ELEMENT, body = ELEMENT, option] = parts
  const cost = body.size + 1
  const fails = node.failsWhenMissing === true
  return partOf({
    isLoop: true,
    parts: option === undefined ? [list, body] : [list, body, option],
    direct:
      ([items, look, last]) =>
      machine => {
        const walk = new Walk(machine, { kind, list: (items as Run)(machine), option: last?.(machine) })
        while (walk.next(cost)) if (walk.take((look as Run)(machine))) break
        return walk.end(fails)
      },
    *steps(machine) {
      const items = (yield evaluated(list, machine)) as GoValue
      const last = option === undefined ? undefined : ((yield evaluated(option, machine)) as GoValue)
      const walk = new Walk(machine, { kind, list: items, option: last })
      const look = body.isLong ? undefined : body.run
      while (walk.next(cost)) {
        if (machine.hasPauses && machine.isPauseDue()) yield PAUSE
        const value = look === undefined ? ((yield evaluated(body, machine)) as GoValue) : look(machine)
        if (walk.take(value)) break
      }
      return (yield walk.longEnd(fails)) as GoValue
    },
  })
}
