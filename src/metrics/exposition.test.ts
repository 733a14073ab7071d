// What a pod answers to a scrape, well formed and not.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { metricText } from '../std/metric-text.ts'
import { parseExposition } from './exposition.ts'

const read = (text: string) =>
  parseExposition(text).samples.map(({ labels, value, at }) => [
    labels.toString(),
    value,
    ...(at === undefined ? [] : [at]),
  ])

describe('the text format of Prometheus', () => {
  test('a line is a name, labels, a value and perhaps a time', () => {
    const text = [
      '# HELP requests_total How many.',
      '# TYPE requests_total counter',
      'requests_total{method="post",code="200"} 1027 1395066363000',
      'requests_total { code = "400" , } 3e0',
      'up 1',
      'bad{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find\\n\\"x\\""} +Inf',
      '{"with.dots",le="0.5"} NaN',
      'no_labels{} -0',
    ].join('\n')
    expect(read(text)).toEqual([
      ['{__name__="requests_total", code="200", method="post"}', 1027, 1_395_066_363_000],
      ['{__name__="requests_total", code="400"}', 3],
      ['{__name__="up"}', 1],
      [String.raw`{__name__="bad", error="Cannot find\n\"x\"", path="C:\\DIR\\FILE.TXT"}`, Infinity],
      ['{__name__="with.dots", le="0.5"}', Number.NaN],
      ['{__name__="no_labels"}', -0],
    ])
  })

  test('what is no sample is named, and what came before it counts', () => {
    expect(parseExposition('up 1\n<html>\n')).toMatchObject({
      samples: [{ value: 1 }],
      problem: 'line 2 is no sample: <html>',
    })
    for (const line of [
      'x',
      'x{',
      'x{a} 1',
      'x{a="1} 2',
      'x{a="1"} b',
      '{a="1"} 1',
      'x{a="1",a="2"} 1',
      '1 1',
    ])
      expect(parseExposition(line).problem).toMatch(/^line 1 is no sample/)
  })

  test('more than 2,000 series and more than a megabyte are too much', () => {
    const many = Array.from({ length: 2001 }, (_, i) => `x{i="${i}"} 1`).join('\n')
    expect(parseExposition(many)).toMatchObject({ problem: 'there are more than 2000 series' })
    expect(parseExposition('#'.repeat(1024 * 1024 + 1)).problem).toContain('longer than')
  })

  test('what we print we read', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b'), fc.string({ minLength: 1 })),
        fc.integer(),
        (labels, value) => {
          fc.pre(!Object.values(labels).some(text => text.includes('\r')))
          const text = metricText({ name: 'x', help: 'An x.', type: 'gauge', rows: [{ labels, value }] })
          const { samples, problem } = parseExposition(text)
          expect(problem).toBeUndefined()
          expect(samples.map(one => one.labels.toObject())).toEqual([{ __name__: 'x', ...labels }])
        },
      ),
    )
  })
})
