// Bugs of the query language and of the store of series.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { PROMQL, SERIES } from '../rooms.ts'

export const METRIC_BUGS: readonly Bug[] = [
  ...inFile('src/lang/promql/range-functions.ts', PROMQL, [
    {
      name: 'a counter that began anew loses what it had counted',
      find: 'if ((values[i] as number) < before) change += before',
      replace: 'if ((values[i] as number) < before) change += 0',
    },
    {
      name: 'a rate is stretched to the ends of its range however far away its samples are',
      find: 'if (toStart >= threshold) toStart = between / 2',
      replace: 'if (toStart >= Infinity) toStart = between / 2',
    },
  ]),
  ...inFile('src/lang/promql/sums.ts', PROMQL, [
    {
      name: 'a sum loses what rounding takes',
      find: 'return this.total + this.lost',
      replace: 'return this.total',
    },
    {
      name: 'a quantile next to an infinity is no number',
      find: 'if (weight === 0) return sorted[lower] as number',
      replace: 'if (weight < 0) return sorted[lower] as number',
    },
  ]),
  ...inFile('src/lang/promql/durations.ts', PROMQL, [
    {
      name: 'a sign binds tighter than a power in durations',
      find: 'const found = power(reader, inner)',
      replace: 'const found = operand(reader, inner)',
    },
    {
      name: 'durations nest without end',
      find: 'if (place.depth > DEPTH_MAX)',
      replace: 'if (place.depth > Infinity)',
    },
  ]),
  ...inFile('src/lang/promql/subquery.ts', PROMQL, [
    {
      name: 'a sub-query asks at moments of its range, not at multiples of its step',
      find: 'let at = Math.floor(start / stepMs) * stepMs + stepMs',
      replace: 'let at = start + stepMs',
    },
    {
      name: 'a sub-query keeps whatever it found',
      find: 'if (this.kept > KEPT_MAX) run.fail(TOO_MANY_SAMPLES)',
      replace: 'if (this.kept > Infinity) run.fail(TOO_MANY_SAMPLES)',
    },
  ]),
  ...inFile('src/lang/promql/ranking.ts', PROMQL, [
    {
      name: 'the best of equals are others than Prometheus keeps',
      find: 'const parent = (at - 1) >> 1',
      replace: 'const parent = at - 1',
    },
    {
      name: 'the best keep the order of the heap',
      find: 'return ranked(heap, worse)',
      replace: 'return heap',
    },
  ]),
  ...inFile('src/lang/promql/binary.ts', PROMQL, [
    {
      name: 'a comparison that does not hold is no match',
      find: 'if (partner === undefined) continue',
      replace:
        "if (partner === undefined || (sample.value !== partner.value && node.operator === '==')) continue",
    },
  ]),
  ...inFile('src/lang/promql/aggregate.ts', PROMQL, [
    {
      name: 'values are counted under a label that was asked to go',
      find: 'const labels = node.without ? groupLabels(node, counted) : counted.only([...node.labels, label])',
      replace: 'const labels = groupLabels(node, sample.labels).with([[label, plainText(sample.value)]])',
    },
  ]),
  ...inFile('src/lang/promql/notes.ts', PROMQL, [
    {
      name: 'what is said twice is told at its first place',
      find: 'if ((notes.get(text)?.turn ?? 0) <= turn) notes.set(text, { turn, from })',
      replace: 'if (!notes.has(text)) notes.set(text, { turn, from })',
    },
  ]),
  ...inFile('src/lang/promql/label-functions.ts', PROMQL, [
    {
      name: 'a label without a name is made',
      find: "return isMade && target === '' ?",
      replace: 'return isMade && target === undefined ?',
    },
  ]),
  ...inFile('src/lang/promql/vector-functions.ts', PROMQL, [
    {
      name: 'an infinity does not win over what is no number',
      find: 'return a === Infinity || b === Infinity ? Infinity : Math.max(a, b)',
      replace: 'return Math.max(a, b)',
    },
  ]),
  ...inFile('src/lang/promql/evaluate.ts', PROMQL, [
    {
      name: 'a rate of what is no counter says nothing of it',
      find: "if (name === 'rate' || name === 'increase') noteName(run, node, series)",
      replace: "if (name === 'increase') noteName(run, node, series)",
    },
    {
      name: 'a share that is none is told where no sample is',
      find: 'const keepsName =',
      replace: "if (name === 'quantile_over_time') run.notes.quantile(scalar, 0)\n    const keepsName =",
    },
  ]),
  ...inFile('src/lang/promql/run.ts', PROMQL, [
    {
      name: 'start() is the moment of the step',
      find: "const at = atMs === 'start' ? this.startAt :",
      replace: "const at = atMs === 'start' ? this.at :",
    },
    {
      name: 'a query may touch as many samples as it likes',
      find: 'if (this.spent > this.samplesMax) this.fail(TOO_MANY_SAMPLES)',
      replace: 'if (this.spent > Infinity) this.fail(TOO_MANY_SAMPLES)',
    },
  ]),
  ...inFile('src/lang/promql/parse.ts', PROMQL, [
    {
      name: 'powers bind to the left',
      find: "this.reduce(operator === '^' ? precedence + 1 : precedence)",
      replace: 'this.reduce(precedence)',
    },
    {
      name: 'a comma may stand behind the last argument',
      find: "if (isSign && reader.text[reader.at - 1] === ',')",
      replace: "if (isSign && reader.text[reader.at - 1] === ';')",
    },
  ]),
  ...inFile('src/lang/promql/numbers.ts', PROMQL, [
    {
      name: 'the units of a duration stand in any order',
      find: 'if (unit <= last) return isNone',
      replace: 'if (unit < 0) return isNone',
    },
  ]),
  ...inFile('src/metrics/http-api.ts', SERIES, [
    {
      name: 'a step is rounded to milliseconds',
      find: 'return Math.trunc(Math.trunc(nanoseconds) / 1e6)',
      replace: 'return Math.round(nanoseconds / 1e6)',
    },
  ]),
  ...inFile('src/metrics/scrapes.ts', SERIES, [
    {
      name: 'what a pod that has gone told goes on',
      find: '      end(known.values(), now)',
      replace: '      end([], now)',
    },
    {
      name: 'a label that a pod brings takes the place of the one that says whose it is',
      find: '...own, ...Object.entries(target.labels)',
      replace: '...labels.entries()',
    },
  ]),
  ...inFile('src/metrics/kept-series.ts', SERIES, [
    {
      name: 'a series that ended goes on for five minutes',
      find: 'return this.ends.some(end => end > found.at && end <= until) ? undefined : found',
      replace: 'return found',
    },
    {
      name: 'what is older than the retention is still told',
      find: 'const from = Math.max(after, this.horizon.at)',
      replace: 'const from = after',
    },
  ]),
  ...inFile('src/metrics/packing.ts', SERIES, [
    {
      name: 'a whole number that no sum can hold is packed by its steps',
      find: 'Number.isSafeInteger(value) && Math.abs(value) < 2 ** 51 && !Object.is(value, -0)',
      replace: 'Number.isSafeInteger(value) && !Object.is(value, -0)',
    },
    {
      name: 'a step backwards is read as one forwards',
      find: 'if (byte < 128) return (byte & 1) === 0 ? byte >> 1 : -((byte + 1) >> 1)',
      replace: 'if (byte < 128) return (byte + 1) >> 1',
    },
  ]),
  ...inFile('src/metrics/series-index.ts', SERIES, [
    {
      name: 'a matcher that a missing label fulfils narrows the search',
      find: "const narrowing = matchers.filter(matcher => !matches(matcher, ''))",
      replace: 'const narrowing = matchers.filter(() => true)',
    },
  ]),
]
