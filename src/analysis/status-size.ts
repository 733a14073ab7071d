// A status must fit into the store: when its measurements are too many for that, the oldest go first, then the texts of
// the last ones are cut; the metric's message, or the measurement's, says so.
import type { Measurement, MetricResult } from '../api/analysis.ts'
import { shortened } from '../std/printable.ts'
import { isOver } from './phases.ts'

/** Bytes of all results together; an object of etcd's may have 1.5 MB. */
const MOST = 512 * 1024
const FRAME = 200
const CUT = `cut: the status would be larger than ${MOST} bytes`

export function withinSize(results: readonly MetricResult[]): readonly MetricResult[] {
  const sizes = results.map(({ measurements = [] }) => measurements.map(sizeOf))
  const heads = results.reduce((sum, { message, metadata }) => sum + sizeOfTexts(message, metadata), 0)
  let total = sizes.flat().reduce((sum, size) => sum + size, heads)
  if (total <= MOST) return results
  const gone = results.map(() => 0)
  while (total > MOST) {
    const i = longest(results, gone)
    if (i === undefined) break
    total -= sizes[i]?.[gone[i] ?? 0] ?? 0
    gone[i] = (gone[i] ?? 0) + 1
  }
  const kept = results.map((result, i) => without(result, gone[i] ?? 0))
  return total <= MOST ? kept : kept.map(result => cut(result, Math.floor(MOST / results.length) - 2 * FRAME))
}

function sizeOf({ value, message, metadata }: Measurement): number {
  return FRAME + sizeOfText(value) + sizeOfTexts(message, metadata)
}

function sizeOfTexts(message: string | undefined, metadata: Measurement['metadata'] = {}): number {
  return [message, ...Object.values(metadata)].reduce((sum, text) => sum + sizeOfText(text), 0)
}

/** At most: what is not plain ASCII may need three bytes a character. */
function sizeOfText(text = ''): number {
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

function fitting(text: string, bytes: number): string {
  if (sizeOfText(text) <= bytes) return text
  return shortened(text, ASCII.test(text) ? bytes : Math.floor(bytes / 3))
}

type Take = (text: string) => string

/** So much of its texts that those of all metrics fit: what stands there of notes first, of values last. */
function cut(result: MetricResult, bytes: number): MetricResult {
  let room = bytes
  const take: Take = text => {
    const kept = fitting(text, Math.max(0, room))
    room -= sizeOfText(kept)
    return kept
  }
  const { measurements, metadata, message } = result
  return {
    ...result,
    ...(measurements === undefined
      ? {}
      : { measurements: measurements.map(one => cutMeasurement(one, take)) }),
    ...(metadata === undefined ? {} : { metadata: cutNotes(metadata, take) }),
    ...(message === undefined ? {} : { message: take(message) }),
  }
}

/** One that is under way keeps what it is to be found by. */
function cutMeasurement(measurement: Measurement, take: Take): Measurement {
  const { phase, metadata, message = '', value = '' } = measurement
  if (!isOver(phase)) return measurement
  const notes = metadata === undefined ? {} : { metadata: cutNotes(metadata, take) }
  const [said, kept] = [take(message), take(value)]
  if (said === message && kept === value) return { ...measurement, ...notes }
  const text = said.endsWith(CUT) ? said : [said, CUT].filter(one => one !== '').join('; ')
  return { ...measurement, ...notes, message: text, value: kept }
}

function cutNotes(metadata: Readonly<Record<string, string>>, take: Take): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, take(text)]))
}
