// A query and a source of series → an answer, as Prometheus 3.16 gives it. The tree is walked with a stack, at each
// step anew; a walk pauses after some work, so that whoever drives it can let others work too.
import type { CallNode, Node, RangeNode, SelectorNode, SubqueryNode } from './ast.ts'
import { childrenOf, placeOf, typeOf, unwrapped } from './ast.ts'
import { aggregated } from './aggregate.ts'
import { Collected } from './answer.ts'
import type { Answer, Refusal } from './answer.ts'
import { binary } from './binary.ts'
import { checkTypes, typeName } from './check.ts'
import { labelMistake } from './label-functions.ts'
import { METRIC_NAME } from './labels.ts'
import { Notes, positionText } from './notes.ts'
import { parseQuery } from './parse.ts'
import { RANGE_FUNCTIONS } from './range-functions.ts'
import { Run, TOO_MANY_SAMPLES } from './run.ts'
import type { QueryTime, Sample, Vector } from './run.ts'
import type { SampleWindow, SeriesSource, StoredSeries } from './source.ts'
import { Subquery } from './subquery.ts'
import { absence, called } from './vector-functions.ts'
import type { Argument, FinalValue, RangeSeries, RangeValue, StackValue } from './values.ts'

interface Limits {
  /** How far back an instant selector looks. */
  readonly lookbackMs?: number
  /** Samples that one query may touch. */
  readonly samplesMax?: number
}

const LOOKBACK_MS = 300_000
const SAMPLES_MAX = 50_000_000
/** Points of one answer. */
const POINTS_MAX = 1_000_000

export interface Question {
  readonly query: string
  readonly time: QueryTime
  readonly source: SeriesSource
  readonly limits?: Limits
}

/** Bit by bit: between two bits pass a few milliseconds. */
export function* evaluation({ query, time, source, limits }: Question): Generator<undefined, Answer> {
  const isRange = 'step' in time
  const span = isRange ? { stepMs: time.step, rangeMs: time.end - time.start } : undefined
  const parsed = yield* parseQuery(query, span)
  if ('problem' in parsed) return badQuery(query, parsed)
  const { root } = parsed
  const mistake = yield* checkTypes(root)
  if (mistake !== undefined) return badQuery(query, mistake)
  const type = typeOf(root)
  if (isRange && type !== 'scalar' && type !== 'vector') {
    const allowed = 'must be Scalar or instant Vector'
    return refusal(`invalid expression type ${JSON.stringify(typeName(type))} for range query, ${allowed}`)
  }
  const notes = new Notes(query)
  const run = new Run({
    source,
    notes,
    time,
    lookbackMs: limits?.lookbackMs ?? LOOKBACK_MS,
    samplesMax: limits?.samplesMax ?? SAMPLES_MAX,
  })
  return yield* walk(root, run, time)
}

function* walk(root: Node, run: Run, time: QueryTime): Generator<undefined, Answer> {
  const mistake = parentsFirst(root, node => childrenOf(node).toReversed())
    .map(labelMistake)
    .find(problem => problem !== undefined)
  if (mistake !== undefined) return { errorType: 'execution', error: mistake, http: 422 }
  const walker = new Walker(run, root)
  const collected = new Collected(time)
  const [first, last, step] = 'step' in time ? [time.start, time.end, time.step] : [time.at, time.at, 1]
  // Each moment is counted from the first: adding up steps would add up what rounding loses.
  for (let i = 0; first + i * step <= last; i++) {
    run.at = first + i * step
    const value = yield* walker.at()
    if (run.problem !== undefined) return { errorType: 'execution', error: run.problem, http: 422 }
    collected.add(run.at, value)
    if (collected.points > POINTS_MAX) run.fail(TOO_MANY_SAMPLES)
    if (run.problem !== undefined) return { errorType: 'execution', error: run.problem, http: 422 }
  }
  return collected.answer(typeOf(root), run.notes)
}

function badQuery(
  query: string,
  { at, problem }: { readonly at: number; readonly problem: string },
): Refusal {
  const position = query === '' ? 'unknown position' : positionText(query, at)
  return refusal(`${position}: parse error: ${problem}`)
}

function refusal(text: string): Refusal {
  return { errorType: 'bad_data', error: `invalid parameter "query": ${text}`, http: 400 }
}

/** A node before what is below it, and that from its last to its first. */
function parentsFirst(root: Node, below: (node: Node) => readonly Node[]): readonly Node[] {
  const order: Node[] = []
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    order.push(node)
    pending.push(...below(node))
  }
  return order
}

/** What is to be known before the node is: a sub-query sees to its inner part itself. */
function operandsOf(node: Node): readonly Node[] {
  return node.kind === 'subquery' ? [] : childrenOf(node)
}

/** Sub-queries within each other. */
const DEPTH_MAX = 20

class Walker {
  private readonly run: Run
  private readonly order: readonly Node[]
  private readonly depth: number
  private readonly selected = new Map<SelectorNode, readonly StoredSeries[]>()
  private readonly subqueries = new Map<
    SubqueryNode,
    { readonly walker: Walker; readonly moments: Subquery }
  >()

  constructor(run: Run, root: Node, depth = 0) {
    this.run = run
    // Children first: whoever comes finds the values of his children on top of the stack.
    this.order = parentsFirst(root, operandsOf).toReversed()
    this.depth = depth
  }

  *at(): Generator<undefined, FinalValue> {
    const { run } = this
    const stack: StackValue[] = []
    for (const [turn, node] of this.order.entries()) {
      run.notes.turn = turn
      const args = stack.splice(stack.length - operandsOf(node).length)
      const isLight = node.kind !== 'selector' && node.kind !== 'call' && node.kind !== 'subquery'
      stack.push(isLight ? this.valueOf(node, args) : yield* this.readValue(node, args))
      run.spend(1)
      if (run.isDue()) yield
      if (run.problem !== undefined) return []
    }
    const value = stack[0] ?? []
    if (typeof value !== 'object' || !('rangeMs' in value)) return value
    const found: { series: RangeSeries; window: SampleWindow }[] = []
    for (const series of value.series) {
      const window = this.windowOf(value, series)
      if (window.values.length > 0) found.push({ series, window })
    }
    return found
  }

  private *readValue(
    node: SelectorNode | CallNode | SubqueryNode,
    args: readonly StackValue[],
  ): Generator<undefined, StackValue> {
    if (node.kind === 'subquery') return yield* this.subquery(node)
    return node.kind === 'selector' ? yield* this.instant(node) : yield* this.call(node, args)
  }

  private valueOf(
    node: Exclude<Node, SelectorNode | CallNode | SubqueryNode>,
    args: readonly StackValue[],
  ): StackValue {
    const { run } = this
    const plain = args as readonly Argument[]
    switch (node.kind) {
      case 'number':
      case 'string':
        return node.value
      case 'range':
        return this.range(node)
      case 'paren':
        return args[0] as StackValue
      case 'unary':
        return node.sign === '+' ? (args[0] as StackValue) : negated(run, node, plain[0] as number | Vector)
      case 'binary':
        return binary(run, node, { left: plain[0] as number | Vector, right: plain[1] as number | Vector })
      case 'aggregate':
        return aggregated(run, node, { vector: plain[0] as Vector, parameter: plain[1] as number | string })
    }
  }

  private select(node: SelectorNode): readonly StoredSeries[] {
    const known = this.selected.get(node)
    if (known !== undefined) return known
    const series = this.run.source.select(node.matchers)
    this.selected.set(node, series)
    return series
  }

  private *instant(node: SelectorNode): Generator<undefined, Vector> {
    const { run } = this
    const until = run.momentOf(node)
    const found: Sample[] = []
    for (const series of this.select(node)) {
      const last = series.last(until - run.lookbackMs, until)
      run.spend(1)
      if (last !== undefined) found.push({ labels: series.labels, value: last.value, at: last.at })
      if (run.isDue()) yield
      if (run.problem !== undefined) return []
    }
    return found
  }

  private range({ selector, rangeMs }: RangeNode): RangeValue {
    return { series: this.select(selector), end: this.run.momentOf(selector), rangeMs }
  }

  private *subquery(node: SubqueryNode): Generator<undefined, RangeValue> {
    const { run, depth } = this
    if (depth === DEPTH_MAX) run.fail(`more than ${DEPTH_MAX} sub-queries stand within each other`)
    const known = this.subqueries.get(node)
    const inner = known ?? { walker: new Walker(run, node.inner, depth + 1), moments: new Subquery(node) }
    this.subqueries.set(node, inner)
    const { at } = run
    const end = run.momentOf(node)
    const worth = () => inner.walker.at() as Generator<undefined, Vector>
    const series = run.problem === undefined ? yield* inner.moments.series(run, end, worth) : []
    run.at = at
    return { series, end, rangeMs: node.rangeMs }
  }

  private windowOf({ end, rangeMs }: RangeValue, series: RangeSeries): SampleWindow {
    const window = series.window(end - rangeMs, end)
    this.run.spend(window.values.length + 1)
    return window
  }

  private *call(node: CallNode, args: readonly StackValue[]): Generator<undefined, StackValue> {
    const { run } = this
    const { name } = node.spec
    const range = args.find((arg): arg is RangeValue => typeof arg === 'object' && 'rangeMs' in arg)
    const inner = node.args[0] === undefined ? undefined : unwrapped(node.args[0])
    // Only a selector itself has samples with times of their own.
    if (name === 'timestamp' && inner?.kind !== 'selector') {
      const computed = (args[0] as Vector).map(({ labels, value }) => ({ labels, value }))
      return called(run, node, [computed])
    }
    if (range === undefined) return called(run, node, args as readonly Argument[])
    const scalar = args.find(arg => typeof arg === 'number') ?? 0
    if (name === 'absent_over_time') {
      return absence(
        node,
        range.series.every(series => this.windowOf(range, series).values.length === 0),
      )
    }
    return yield* this.overRange(node, range, scalar)
  }

  private *overRange(node: CallNode, range: RangeValue, scalar: number): Generator<undefined, Vector> {
    const { run } = this
    const { name } = node.spec
    const of = RANGE_FUNCTIONS.get(name)
    const { end, rangeMs } = range
    const bounds = { start: end - rangeMs, end, rangeMs, at: run.at, scalar }
    const keepsName = name === 'last_over_time' || name === 'first_over_time'
    const found: Sample[] = []
    for (const series of range.series) {
      const window = this.windowOf(range, series)
      const value = window.values.length === 0 ? undefined : of?.(window, bounds)
      if (value !== undefined) {
        const labels = run.distinct(node, series.labels, one =>
          keepsName ? one : one.without([METRIC_NAME]),
        )
        found.push({ labels, value })
        if (name === 'rate' || name === 'increase') noteName(run, node, series)
        if (name === 'quantile_over_time') run.notes.quantile(scalar, placeOf(node.args[0]))
      }
      if (run.isDue()) yield
      if (run.problem !== undefined) return []
    }
    return found
  }
}

function noteName(run: Run, node: CallNode, { labels }: RangeSeries): void {
  const name = labels.get(METRIC_NAME)
  if (name === '' || /_(?:total|sum|count|bucket)$/.test(name)) return
  const rule = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket'
  run.notes.inform(`${rule}: ${JSON.stringify(name)}`, placeOf(node.args[0]))
}

function negated(run: Run, node: Node, value: number | Vector): number | Vector {
  if (typeof value === 'number') return -value
  run.spend(value.length)
  return value.map(sample => ({
    labels: run.distinct(node, sample.labels, labels => labels.without([METRIC_NAME])),
    value: -sample.value,
  }))
}
