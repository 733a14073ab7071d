// The built-ins that look at each element of a list: how each goes on and what comes out.
import { byteLength, toBytes } from '../go-bytes.ts'
import { GROUPS, UINT8 } from '../go-types.ts'
import { GoInt, GoMap, GoSlice, deref, int, isList, isObject, kindName } from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { add } from '../run/arithmetic.ts'
import { asBool } from '../run/conversion.ts'
import { keyIdentity } from '../run/equality.ts'
import { OF_A_MAP } from '../run/machine.ts'
import type { Machine, Scope } from '../run/machine.ts'
import { runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'
import { isDescending, sorted } from '../run/sorting.ts'

export interface Elements {
  readonly length: number
  readonly at: (index: number) => GoValue
}

/** What one can walk through; a text by its bytes. */
export function elementsOf(given: GoValue, machine: Machine): Elements {
  const value = deref(given)
  if (isList(value)) return { length: value.length, at: index => value[index] ?? null }
  if (value instanceof GoSlice) return { length: value.items.length, at: index => value.at(index) }
  if (typeof value === 'string') {
    machine.spend(value.length)
    const bytes = toBytes(value)
    return { length: byteLength(value), at: index => new GoInt(UINT8, bytes[index] ?? 0) }
  }
  const isMap = isObject(value) || value instanceof GoMap
  if (!isMap) {
    const kind = value === null ? 'zero' : kindName(value)
    return refuse(`reflect: call of reflect.Value.Len on ${kind} Value`)
  }
  const length = value instanceof GoMap ? value.entries.size : Object.keys(value).length
  return { length, at: () => OF_A_MAP }
}

export interface Loop {
  /** Takes what the predicate gave for the present element; true when no more is needed. */
  readonly step: (value: GoValue, scope: Scope) => boolean
  readonly end: (scope: Scope) => GoValue
  /** In place of `end`, where that may take more than a moment. */
  readonly longEnd?: () => Steps<GoValue>
}

export interface LoopKind {
  readonly isBackward?: true
  /** It begins with the first element where it is given nothing to begin with. */
  readonly isReducing?: true
  /** With the third argument, when there is one. */
  readonly begin: (machine: Machine, option: GoValue | undefined) => Loop
}

/** True or false as soon as one element settles it. */
function settled(by: boolean, answer: boolean): LoopKind {
  return {
    begin: () => {
      let isSettled = false
      return {
        step: value => (isSettled = asBool(value) === by),
        end: () => (isSettled ? answer : !answer),
      }
    },
  }
}

function found(what: (scope: Scope) => GoValue, isBackward?: true): LoopKind {
  return {
    ...(isBackward === true ? { isBackward } : {}),
    begin: () => {
      let place: GoValue = null
      return {
        step: (value, scope) => {
          if (!asBool(value)) return false
          place = what(scope)
          return true
        },
        end: () => place,
      }
    },
  }
}

function counted(end: (count: number) => GoValue): LoopKind {
  return {
    begin: () => {
      let count = 0
      return {
        step: value => {
          if (asBool(value)) count++
          return false
        },
        end: () => end(count),
      }
    },
  }
}

const element = (scope: Scope) => scope.item()
const place = (scope: Scope) => int(scope.index)

const filter: LoopKind = {
  begin: machine => {
    const kept: GoValue[] = []
    return {
      step: (value, scope) => {
        if (asBool(value)) kept.push(scope.item())
        return false
      },
      end: () => {
        machine.grow(kept.length)
        return kept
      },
    }
  },
}

const map: LoopKind = {
  begin: machine => {
    const made: GoValue[] = []
    return {
      step: value => {
        made.push(value)
        return false
      },
      end: () => {
        machine.grow(made.length)
        return made
      },
    }
  },
}

const sum: LoopKind = {
  begin: machine => {
    let total: GoValue = int(0)
    return {
      step: value => {
        total = add(value, total, machine)
        return false
      },
      end: () => total,
    }
  },
}

const groupBy: LoopKind = {
  begin: machine => {
    const groups = new Map<unknown, readonly [key: GoValue, items: GoValue[]]>()
    return {
      step: (key, scope) => {
        if (typeof key === 'string') machine.spendText(key.length)
        const identity = keyIdentity(key, groups)
        const group = groups.get(identity)
        if (group === undefined) groups.set(identity, [key, [scope.item()]])
        else group[1].push(scope.item())
        return false
      },
      end: () => new GoMap(GROUPS, groups),
    }
  },
}

const sortBy: LoopKind = {
  begin: (machine, order) => {
    const isDownwards = isDescending(order, () => 'unknown order, use asc or desc')
    const items: { key: GoValue; value: GoValue }[] = []
    return {
      step: (key, scope) => {
        items.push({ key, value: scope.item() })
        return false
      },
      end: () => runSteps(sorted(items, isDownwards, machine)),
      longEnd: () => sorted(items, isDownwards, machine),
    }
  },
}

const reduce: LoopKind = {
  isReducing: true,
  begin: () => ({
    step: (value, scope) => {
      scope.accumulated = value
      return false
    },
    end: scope => scope.accumulated,
  }),
}

export const LOOPS: ReadonlyMap<string, LoopKind> = new Map([
  ['all', settled(false, false)],
  ['any', settled(true, true)],
  ['none', settled(true, false)],
  ['one', counted(count => count === 1)],
  ['count', counted(int)],
  ['find', found(element)],
  ['findIndex', found(place)],
  ['findLast', found(element, true)],
  ['findLastIndex', found(place, true)],
  ['filter', filter],
  ['map', map],
  ['sum', sum],
  ['groupBy', groupBy],
  ['sortBy', sortBy],
  ['reduce', reduce],
])
