// All built-in functions by name.
import { ANY, ANYS, BOOL, GROUPS, INT, STRING } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { refuse } from '../refusal.ts'
import { signature, typed } from './builtin.ts'
import type { Builtin, Entry } from './builtin.ts'
import { JSON_BUILTINS } from './json.ts'
import { LIST_BUILTINS } from './lists.ts'
import { NUMBER_BUILTINS } from './numbers.ts'
import { TEXT_BUILTINS } from './texts.ts'
import { TIME_BUILTINS } from './times.ts'

const test = signature([ANY], BOOL)
const look = signature([ANY], ANY)

/** Those that look at each element are part of the language; here is what their names alone mean. */
const predicate = (name: string, parameters: readonly GoType[], result: GoType): Entry => {
  const call = () => refuse(`cannot call ${name} so`)
  return typed(name, [signature(parameters, result)], call)
}

const PREDICATE_BUILTINS: readonly Entry[] = [
  ...['all', 'none', 'any', 'one'].map(name => predicate(name, [ANYS, test], BOOL)),
  predicate('filter', [ANYS, test], ANYS),
  predicate('map', [ANYS, look], ANYS),
  ...['find', 'findLast'].map(name => predicate(name, [ANYS, test], ANY)),
  ...['findIndex', 'findLastIndex', 'count', 'sum'].map(name => predicate(name, [ANYS, test], INT)),
  predicate('groupBy', [ANYS, look], GROUPS),
  predicate('sortBy', [ANYS, test, STRING], ANYS),
  predicate('reduce', [ANYS, signature([ANY, ANY], ANY), ANY], ANY),
]

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...PREDICATE_BUILTINS,
  ...LIST_BUILTINS,
  ...NUMBER_BUILTINS,
  ...TEXT_BUILTINS,
  ...JSON_BUILTINS,
  ...TIME_BUILTINS,
])

export const BUILTIN_NAMES: ReadonlySet<string> = new Set(BUILTINS.keys())
