// The functions of PromQL: what each takes and gives. What they do stands in the files of their kinds.

export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix'

export interface FunctionSpec {
  readonly name: string
  readonly takes: readonly ValueType[]
  /** How many of the last arguments may be left out or repeated: 0 none, -1 any number. */
  readonly variadic: number
  readonly gives: 'scalar' | 'vector'
}

const V = 'vector'
const M = 'matrix'
const S = 'scalar'
const T = 'string'

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

const VECTOR_TO_VECTOR = words(`
  abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn
  sin sinh sort sort_desc sqrt tan tanh timestamp histogram_avg histogram_count histogram_sum
  histogram_stddev histogram_stdvar`)
const MATRIX_TO_VECTOR = words(`
  rate irate increase delta idelta deriv changes resets absent_over_time avg_over_time
  count_over_time first_over_time last_over_time max_over_time min_over_time present_over_time
  stddev_over_time stdvar_over_time sum_over_time`)
const OF_TIME = words(`
  day_of_month day_of_week day_of_year days_in_month hour minute month year`)

function spec(name: string, takes: readonly ValueType[], variadic = 0): FunctionSpec {
  return { name, takes, variadic, gives: V }
}

const SPECS: ReadonlyMap<string, FunctionSpec> = new Map(
  [
    ...VECTOR_TO_VECTOR.map(name => spec(name, [V])),
    ...MATRIX_TO_VECTOR.map(name => spec(name, [M])),
    ...OF_TIME.map(name => spec(name, [V], 1)),
    spec('clamp', [V, S, S]),
    spec('clamp_max', [V, S]),
    spec('clamp_min', [V, S]),
    spec('histogram_fraction', [S, S, V]),
    spec('histogram_quantile', [S, V]),
    spec('label_join', [V, T, T, T], -1),
    spec('label_replace', [V, T, T, T, T]),
    spec('predict_linear', [M, S]),
    spec('quantile_over_time', [S, M]),
    spec('round', [V, S], 1),
    spec('vector', [S]),
    { ...spec('pi', []), gives: S } as const,
    { ...spec('scalar', [V]), gives: S } as const,
    { ...spec('time', []), gives: S } as const,
  ].map(one => [one.name, one]),
)

/** Known to Prometheus, and refused unless it is started with a flag. */
const EXPERIMENTAL: ReadonlySet<string> = new Set(
  words(`
  double_exponential_smoothing end histogram_quantiles info mad_over_time max_of min_of range
  sort_by_label sort_by_label_desc start start_timestamp step ts_of_first_over_time
  ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time`),
)

export function findFunction(name: string): FunctionSpec | string {
  const found = SPECS.get(name)
  if (found !== undefined) return found
  if (EXPERIMENTAL.has(name)) return `function ${JSON.stringify(name)} is not enabled`
  return `unknown function with name ${JSON.stringify(name)}`
}

/** Aggregations → the type of their parameter. */
export const AGGREGATIONS: ReadonlyMap<string, ValueType | undefined> = new Map([
  ...['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'].map(
    name => [name, undefined] as const,
  ),
  ...['topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio'].map(name => [name, S] as const),
  ['count_values', T] as const,
])
