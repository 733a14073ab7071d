// Prometheus' text format → samples, as a pod answers a scrape: bounded in bytes and in series.
import { Labels, METRIC_NAME } from '../lang/promql/labels.ts'
import { goFloat } from '../lang/promql/numbers.ts'

export interface ScrapedSample {
  readonly labels: Labels
  readonly value: number
  /** Milliseconds, where the line says when. */
  readonly at?: number
}

export interface Scraped {
  readonly samples: readonly ScrapedSample[]
  /** What was left out, as a sentence. */
  readonly problem?: string
}

const CHARACTERS_MAX = 1024 * 1024
const SERIES_MAX = 2000
const NAME = /[A-Za-z_:][\w:]*/y
const LABEL = /\s*(?:([A-Za-z_]\w*)|"((?:[^"\\\n]|\\.)*)")\s*/y
const VALUE = /=\s*"((?:[^"\\\n]|\\.)*)"\s*,?/y
const REST = /[ \t]*(\S+)(?:[ \t]+(-?\d+))?[ \t]*(?:#.*)?$/y

/** What can be read; a line that cannot be is named and left out, with all that follow it. */
export function parseExposition(text: string): Scraped {
  if (text.length > CHARACTERS_MAX)
    return { samples: [], problem: `the answer is longer than ${CHARACTERS_MAX} bytes` }
  const samples: ScrapedSample[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const sample = sampleOf(trimmed)
    if (sample === undefined)
      return { samples, problem: `line ${index + 1} is no sample: ${trimmed.slice(0, 80)}` }
    if (samples.length === SERIES_MAX) return { samples, problem: `there are more than ${SERIES_MAX} series` }
    samples.push(sample)
  }
  return { samples }
}

function sampleOf(line: string): ScrapedSample | undefined {
  const name = matchAt(NAME, line, 0)?.[0]
  const begin = name?.length ?? 0
  const pairs: [string, string][] = name === undefined ? [] : [[METRIC_NAME, name]]
  const brace = begin + (/^\s*/.exec(line.slice(begin))?.[0].length ?? 0)
  let at = begin
  if (line[brace] === '{') {
    const end = readLabels(line, brace + 1, pairs)
    if (end === undefined) return undefined
    at = end
  }
  const rest = matchAt(REST, line, at)
  const value = goFloat(rest?.[1] ?? '')
  if (rest === undefined || value === undefined || !pairs.some(([one]) => one === METRIC_NAME))
    return undefined
  if (new Set(pairs.map(([one]) => one)).size < pairs.length) return undefined
  const labels = Labels.of(pairs)
  return rest[2] === undefined ? { labels, value } : { labels, value, at: Number(rest[2]) }
}

/** Where the braces end; what stands between them is put to the pairs. A name alone in quotes is the metric's. */
function readLabels(line: string, from: number, pairs: [string, string][]): number | undefined {
  let at = from
  while (line[at] !== '}') {
    const label = matchAt(LABEL, line, at)
    if (label === undefined) {
      const space = matchAt(/\s+/y, line, at)?.[0].length ?? 0
      if (space > 0 && line[at + space] === '}') return at + space + 1
      return undefined
    }
    at += label[0].length
    const written = label[1] ?? unescaped(label[2] ?? '')
    const value = matchAt(VALUE, line, at)
    if (value !== undefined) {
      pairs.push([written, unescaped(value[1] ?? '')])
      at += value[0].length
    } else if (label[2] !== undefined && (line[at] === ',' || line[at] === '}')) {
      pairs.push([METRIC_NAME, written])
      if (line[at] === ',') at++
    } else return undefined
  }
  return at + 1
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (whole, letter: string) =>
    letter === 'n' ? '\n' : letter === '"' || letter === '\\' ? letter : whole,
  )
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}
