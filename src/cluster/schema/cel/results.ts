// What functions answer with, where every function of a name answers with the same type.
import { BOOL, INT, STRING } from './static-types.ts'
import type { CelType } from './static-types.ts'

const STRINGS: CelType = { kind: 'list', of: STRING }

const NAMES: readonly (readonly [CelType, string])[] = [
  [BOOL, 'bool matches startsWith endsWith contains isSorted isURL isIP isCIDR isQuantity isSemver hasValue'],
  [BOOL, 'isGreaterThan isLessThan isInteger equivalent intersects'],
  [INT, 'int size indexOf lastIndexOf compareTo asInteger getFullYear getMonth getDate getDayOfMonth'],
  [INT, 'getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds'],
  [STRING, 'string lowerAscii upperAscii trim replace substring join charAt format find'],
  [STRING, 'getHost getHostname getPort getScheme getEscapedPath'],
  [STRINGS, 'split findAll'],
  [{ kind: 'double' }, 'double asApproximateFloat'],
  [{ kind: 'uint' }, 'uint'],
  [{ kind: 'bytes' }, 'bytes'],
  [{ kind: 'duration' }, 'duration'],
  [{ kind: 'timestamp' }, 'timestamp'],
]

export const RESULTS: ReadonlyMap<string, CelType> = new Map(
  NAMES.flatMap(([type, names]) => names.split(' ').map(name => [name, type] as const)),
)
