// Functions of instant vectors, and of what selectors would find.
import type { CallNode, Matcher, Node } from './ast.ts'
import { placeOf, unwrapped } from './ast.ts'
import { isWorse, ranked } from './ranking.ts'
import { dateParts } from './dates.ts'
import { histogramFraction, histogramQuantile } from './histogram.ts'
import { labelJoin, labelReplace } from './label-functions.ts'
import { Labels, METRIC_NAME } from './labels.ts'
import type { Run, Sample, Vector } from './run.ts'
import type { Argument } from './values.ts'

type Call = (run: Run, node: CallNode, args: readonly Argument[]) => number | Vector

const degrees = (radians: number) => (radians * 180) / Math.PI
const radians = (angle: number) => (angle * Math.PI) / 180

const OF_NUMBERS: ReadonlyMap<string, (value: number) => number> = new Map([
  ...(
    ['abs', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'ceil', 'cos', 'cosh', 'exp', 'floor'] as const
  ).map(name => [name, Math[name]] as const),
  ...(['log10', 'log2', 'sin', 'sinh', 'sqrt', 'tan', 'tanh'] as const).map(
    name => [name, Math[name]] as const,
  ),
  ['ln', Math.log],
  ['deg', degrees],
  ['rad', radians],
  ['sgn', Math.sign],
])

const DATE_PARTS = {
  day_of_month: 'dayOfMonth',
  day_of_week: 'dayOfWeek',
  day_of_year: 'dayOfYear',
  days_in_month: 'daysInMonth',
  hour: 'hour',
  minute: 'minute',
  month: 'month',
  year: 'year',
} as const

const number = (args: readonly Argument[], index: number) => args[index] as number
const vectorOf = (args: readonly Argument[], index = 0) => args[index] as Vector

const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...[...OF_NUMBERS].map(([name, of]): [string, Call] => [
    name,
    (run, node, args) => each(run, node, { vector: vectorOf(args), of }),
  ]),
  ...Object.entries(DATE_PARTS).map(([name, part]): [string, Call] => [
    name,
    (run, node, args) => {
      const vector = args.length === 0 ? [{ labels: Labels.none, value: run.at / 1000 }] : vectorOf(args)
      return each(run, node, { vector, of: value => dateParts(value)[part] })
    },
  ]),
  ['time', run => run.at / 1000],
  ['pi', () => Math.PI],
  [
    'scalar',
    (_run, _node, args) => (vectorOf(args).length === 1 ? (vectorOf(args)[0]?.value ?? 0) : Number.NaN),
  ],
  ['vector', (_run, _node, args) => [{ labels: Labels.none, value: number(args, 0) }]],
  ['round', round],
  ['clamp', (run, node, args) => clamped(run, node, { args, least: number(args, 1), most: number(args, 2) })],
  ['clamp_min', (run, node, args) => clamped(run, node, { args, least: number(args, 1), most: Infinity })],
  ['clamp_max', (run, node, args) => clamped(run, node, { args, least: -Infinity, most: number(args, 1) })],
  ['timestamp', timestamp],
  ['absent', (_run, node, args) => absence(node, vectorOf(args).length === 0)],
  ['sort', (run, node, args) => sorted(run, node, { vector: vectorOf(args), isFalling: false })],
  ['sort_desc', (run, node, args) => sorted(run, node, { vector: vectorOf(args), isFalling: true })],
  ['label_replace', (run, node, args) => labelReplace(run, node, textsOf(args))],
  ['label_join', (run, node, args) => labelJoin(run, node, textsOf(args))],
  ['histogram_quantile', quantile],
  [
    'histogram_fraction',
    (run, node, args) =>
      histogramFraction(run, node, {
        share: number(args, 0),
        upper: number(args, 1),
        vector: vectorOf(args, 2),
        from: placeOf(node.args[2]),
      }),
  ],
])

/** Functions of native histograms find none here. */
export function called(run: Run, node: CallNode, args: readonly Argument[]): number | Vector {
  return CALLS.get(node.spec.name)?.(run, node, args) ?? []
}

function textsOf(args: readonly Argument[]): { vector: Vector; texts: readonly string[] } {
  return { vector: vectorOf(args), texts: args.slice(1).map(String) }
}

function each(
  run: Run,
  node: Node,
  { vector, of }: { readonly vector: Vector; readonly of: (value: number, sample: Sample) => number },
): Vector {
  run.spend(vector.length)
  return run.checked(
    vector.map(sample => ({
      labels: run.derived(node, sample.labels, labels => labels.without([METRIC_NAME])),
      value: of(sample.value, sample),
    })),
  )
}

function round(run: Run, node: CallNode, args: readonly Argument[]): Vector {
  const inverse = 1 / (args.length > 1 ? number(args, 1) : 1)
  return each(run, node, { vector: vectorOf(args), of: value => Math.floor(value * inverse + 0.5) / inverse })
}

function clamped(
  run: Run,
  node: CallNode,
  {
    args,
    least,
    most,
  }: { readonly args: readonly Argument[]; readonly least: number; readonly most: number },
): Vector {
  if (most < least) return []
  return each(run, node, { vector: vectorOf(args), of: value => largerOf(least, smallerOf(most, value)) })
}

/** As Go's math.Max and math.Min: an infinity wins over what is no number. */
function largerOf(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b)
}

function smallerOf(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b)
}

function timestamp(run: Run, node: CallNode, args: readonly Argument[]): Vector {
  return each(run, node, { vector: vectorOf(args), of: (_value, { at }) => (at ?? run.at) / 1000 })
}

function quantile(run: Run, node: CallNode, args: readonly Argument[]): Vector {
  const share = number(args, 0)
  run.notes.quantile(share, placeOf(node.args[0]))
  return histogramQuantile(run, node, { share, vector: vectorOf(args, 1), from: placeOf(node.args[1]) })
}

function sorted(
  run: Run,
  node: CallNode,
  { vector, isFalling }: { readonly vector: Vector; readonly isFalling: boolean },
): Vector {
  if (run.isRange) {
    run.notes.warn(
      'sort is ineffective for range queries since results are always ordered by labels',
      node.from,
    )
    return vector
  }
  return ranked(vector, isFalling ? isWorse.forLargest : isWorse.forSmallest)
}

/** One series that says that there is none, with the labels that the selector is sure of. */
export function absence(node: CallNode, isAbsent: boolean): Vector {
  if (!isAbsent) return []
  let inner = node.args[0] === undefined ? undefined : unwrapped(node.args[0])
  if (inner?.kind === 'range') inner = inner.selector
  return [{ labels: inner?.kind === 'selector' ? sureLabels(inner.matchers) : Labels.none, value: 1 }]
}

function sureLabels(matchers: readonly Matcher[]): Labels {
  const sure = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, operator, value } of matchers) {
    if (name === METRIC_NAME) continue
    if (operator === '=' && !seen.has(name)) {
      sure.set(name, value)
      seen.add(name)
    } else sure.delete(name)
  }
  return Labels.of(sure)
}
