// The types of Go's package time, with the methods that can be called on their values.
import { BOOL, BYTES, FLOAT64, INT, INT64, STRING, functionType, namedType, pointerTo } from '../go-types.ts'
import type { GoType } from '../go-types.ts'

const method = (parameters: readonly GoType[], result: GoType, results?: string) =>
  functionType({ parameters, result, ...(results === undefined ? {} : { results }) })

const methods = new Map<string, GoType>()
const durationMethods = new Map<string, GoType>()
const named = { bits: 64, underlying: INT } as const
const TO_STRING: readonly [string, GoType] = ['String', method([], STRING)]

export const TIME = namedType('struct', 'time.Time', { fields: new Map(), methods })
export const DURATION = namedType('int', 'time.Duration', {
  bits: 64,
  underlying: INT64,
  methods: durationMethods,
})
export const MONTH = namedType('int', 'time.Month', { ...named, methods: new Map([TO_STRING]) })
export const WEEKDAY = namedType('int', 'time.Weekday', { ...named, methods: new Map([TO_STRING]) })
export const LOCATION = pointerTo(
  namedType('struct', 'time.Location', { fields: new Map(), methods: new Map([TO_STRING]) }),
)

const each = (names: string, parameters: readonly GoType[], result: GoType) =>
  names.split(' ').map((name): [string, GoType] => [name, method(parameters, result)])

const TIME_METHODS: readonly (readonly [string, GoType])[] = [
  ...each('After Before Equal', [TIME], BOOL),
  ...each('IsZero IsDST', [], BOOL),
  ...each('Compare', [TIME], INT),
  ...each('Year Day Hour Minute Second Nanosecond YearDay', [], INT),
  ...each('Unix UnixMilli UnixMicro UnixNano', [], INT64),
  ...each('Month', [], MONTH),
  ...each('Weekday', [], WEEKDAY),
  ...each('UTC Local', [], TIME),
  ...each('In', [LOCATION], TIME),
  ...each('Location', [], LOCATION),
  ...each('Add Truncate Round', [DURATION], TIME),
  ...each('AddDate', [INT, INT, INT], TIME),
  ...each('Sub', [TIME], DURATION),
  ...each('String GoString', [], STRING),
  ...each('Format', [STRING], STRING),
  ['ISOWeek', method([], INT, '(int, int)')],
  ['Clock', method([], INT, '(int, int, int)')],
  ['Date', method([], INT, '(int, time.Month, int)')],
  ['Zone', method([], STRING, '(string, int)')],
  ['MarshalText', method([], BYTES, '([]uint8, error)')],
  ['MarshalJSON', method([], BYTES, '([]uint8, error)')],
]

const DURATION_METHODS: readonly (readonly [string, GoType])[] = [
  ...each('Hours Minutes Seconds', [], FLOAT64),
  ...each('Milliseconds Microseconds Nanoseconds', [], INT64),
  ...each('Round Truncate', [DURATION], DURATION),
  ...each('Abs', [], DURATION),
  ...each('String', [], STRING),
]

// The types name each other, so their methods come last.
for (const [name, type] of TIME_METHODS) methods.set(name, type)
for (const [name, type] of DURATION_METHODS) durationMethods.set(name, type)
