// Aggregations: many series become one a group, or the best of each group.
import { placeOf } from './ast.ts'
import type { AggregateNode } from './ast.ts'
import { METRIC_NAME } from './labels.ts'
import type { Labels } from './labels.ts'
import { goNumber, plainText } from './numbers.ts'
import { best, isWorse } from './ranking.ts'
import type { Run, Sample, Vector } from './run.ts'
import { maximumOf, meanOf, minimumOf, quantileOf, sumOf } from './sums.ts'

const OF_VALUES: ReadonlyMap<string, (values: readonly number[]) => number> = new Map([
  ['sum', sumOf],
  ['avg', meanOf],
  ['min', minimumOf],
  ['max', maximumOf],
  ['count', values => values.length],
  ['group', () => 1],
  ['stddev', values => Math.sqrt(plainVariance(values))],
  ['stdvar', plainVariance],
])
const INTEGER_MAX = 2 ** 63

/** Welford's, without the lost digits: aggregations are not as careful as `…_over_time`. */
function plainVariance(values: readonly number[]): number {
  let mean = 0
  let squares = 0
  if (!Number.isFinite(values[0])) squares = Number.NaN
  values.forEach((value, i) => {
    const delta = value - mean
    mean += delta / (i + 1)
    squares += delta * (value - mean)
  })
  return squares / values.length
}

export function aggregated(
  run: Run,
  node: AggregateNode,
  given: { readonly vector: Vector; readonly parameter: number | string | undefined },
): Vector {
  const { operator } = node
  const { vector, parameter } = given
  run.spend(vector.length)
  if (operator === 'count_values') return countedValues(node, { vector, label: String(parameter) })
  const groups = groupsOf(run, node, vector)
  if (operator === 'topk' || operator === 'bottomk') {
    const count = countOf(run, Number(parameter))
    const worse = operator === 'topk' ? isWorse.forLargest : isWorse.forSmallest
    return groups.flatMap(({ samples }) => best(samples, count, worse))
  }
  if (operator === 'quantile') {
    run.notes.quantile(Number(parameter), placeOf(node.parameter))
    return groups.map(({ labels, samples }) => ({
      labels,
      value: quantileOf(Number(parameter), valuesOf(samples)),
    }))
  }
  const make = OF_VALUES.get(operator) ?? sumOf
  return groups.map(({ labels, samples }) => ({ labels, value: make(valuesOf(samples)) }))
}

function valuesOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(sample => sample.value)
}

interface Group {
  readonly labels: Labels
  readonly samples: Sample[]
}

function groupsOf(run: Run, node: AggregateNode, vector: Vector): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const sample of vector) {
    const labels = run.derived(node, sample.labels, one => groupLabels(node, one))
    const known = groups.get(labels.key)
    if (known === undefined) groups.set(labels.key, { labels, samples: [sample] })
    else known.samples.push(sample)
  }
  return [...groups.values()]
}

function groupLabels(node: AggregateNode, labels: Labels): Labels {
  return node.without ? labels.without([...node.labels, METRIC_NAME]) : labels.only(node.labels)
}

function countOf(run: Run, count: number): number {
  if (count < 1) return 0
  if (Number.isNaN(count)) run.fail('Parameter value is NaN')
  if (count >= INTEGER_MAX) run.fail(`Scalar value ${goNumber(count)} overflows int64`)
  return Math.trunc(count)
}

function countedValues(
  node: AggregateNode,
  { vector, label }: { readonly vector: Vector; readonly label: string },
): Vector {
  const counts = new Map<string, { readonly labels: Labels; value: number }>()
  for (const sample of vector) {
    const counted = sample.labels.with([[label, plainText(sample.value)]])
    const labels = node.without ? groupLabels(node, counted) : counted.only([...node.labels, label])
    const known = counts.get(labels.key)
    if (known === undefined) counts.set(labels.key, { labels, value: 1 })
    else known.value++
  }
  return [...counts.values()]
}
