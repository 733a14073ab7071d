// Numbers as Prometheus reads them: a head for each metric, a line for each of its rows.

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly rows: readonly MetricRow[]
}

interface MetricRow {
  /** Behind the name: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly suffix?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Ends with a line feed. */
export function metricText({ name, help, type, rows }: Metric): string {
  const lines = rows.map(({ suffix = '', labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}${suffix}{${pairs.join(',')}} ${value}`
  })
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"\n]/g, letter => (letter === '\n' ? '\\n' : `\\${letter}`))
}
