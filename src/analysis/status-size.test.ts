// How large the measurements of a status may become together.
import { describe, expect, test } from 'vitest'
import type { Measurement, MetricResult } from '../api/analysis.ts'
import { withinSize } from './status-size.ts'

const LIMIT = 512 * 1024
const at = '2026-08-01T12:00:00Z'

function results(
  count: number,
  more: Partial<Measurement>,
  head: Partial<MetricResult> = {},
): MetricResult[] {
  const measurement: Measurement = { phase: 'Successful', startedAt: at, finishedAt: at, ...more }
  return Array.from({ length: count }, (_, i) => ({
    name: `metric-${i}`,
    phase: 'Running',
    measurements: [measurement],
    ...head,
  }))
}

describe('the last measurements of many metrics', () => {
  test.each([
    ['values', results(30, { value: 'x'.repeat(64 * 1024) })],
    ['values in other letters', results(30, { value: '\u{1f600}'.repeat(16 * 1024) })],
    ['messages', results(100, { message: 'x'.repeat(8 * 1024) })],
    ['notes', results(60, { value: '1' }, { metadata: { query: 'x'.repeat(16 * 1024) } })],
  ])('fit together, whatever is long: %s', (_, all) => {
    const kept = withinSize(all)
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(LIMIT)
    expect(kept.map(({ name, phase }) => [name, phase])).toEqual(all.map(({ name, phase }) => [name, phase]))
    expect(withinSize(kept)).toEqual(kept)
  })

  test('say that they are cut, and keep what was said', () => {
    const [first] = withinSize(results(30, { value: 'x'.repeat(64 * 1024), message: 'slow' }))
    expect(first?.measurements?.[0]).toMatchObject({
      message: 'slow; cut: the status would be larger than 524288 bytes',
      value: expect.stringMatching(/^x{10000,}$/),
    })
  })

  test('stay whole where there is room, and while they are under way', () => {
    const long = results(10, { value: 'x'.repeat(64 * 1024) })
    const metadata = { 'job-name': 'load.1' }
    const others = [...results(1, { value: '1' }), ...results(1, { phase: 'Running', metadata })]
    expect(withinSize([...long, ...others]).slice(-2)).toEqual(others)
    expect(withinSize(long.slice(0, 5))).toEqual(long.slice(0, 5))
  })
})
