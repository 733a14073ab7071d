// A status must fit into the store: when its measurements are too many for that, the oldest go first, and the metric's
// message says so.
import type { Measurement, MetricResult } from '../api/analysis.ts'

/** Bytes of all measurements together; an object of etcd's may have 1.5 MB. */
const MOST = 512 * 1024
const FRAME = 200

export function withinSize(results: readonly MetricResult[]): readonly MetricResult[] {
  const sizes = results.map(({ measurements = [] }) => measurements.map(sizeOf))
  let total = sizes.flat().reduce((sum, size) => sum + size, 0)
  if (total <= MOST) return results
  const gone = results.map(() => 0)
  while (total > MOST) {
    const i = longest(results, gone)
    if (i === undefined) break
    total -= sizes[i]?.[gone[i] ?? 0] ?? 0
    gone[i] = (gone[i] ?? 0) + 1
  }
  return results.map((result, i) => without(result, gone[i] ?? 0))
}

function sizeOf({ value = '', message = '', metadata = {} }: Measurement): number {
  return FRAME + [value, message, ...Object.values(metadata)].reduce((sum, text) => sum + sizeOfText(text), 0)
}

/** At most: what is not plain ASCII may need three bytes a character. */
function sizeOfText(text: string): number {
  return ASCII.test(text) ? text.length : text.length * 3
}

const ASCII = /^[ -~]*$/

/** The metric with the oldest measurement of all that is not its last. */
function longest(results: readonly MetricResult[], gone: readonly number[]): number | undefined {
  let [found, oldest]: [number | undefined, string] = [undefined, '~']
  for (const [i, { measurements = [] }] of results.entries()) {
    const first = gone[i] ?? 0
    const finishedAt = measurements[first]?.finishedAt ?? '~'
    if (first < measurements.length - 1 && finishedAt < oldest) [found, oldest] = [i, finishedAt]
  }
  return found
}

function without(result: MetricResult, gone: number): MetricResult {
  if (gone === 0) return result
  const said = `${gone} older measurements are gone: the status would be larger than ${MOST} bytes`
  return { ...result, measurements: (result.measurements ?? []).slice(gone), message: said }
}
