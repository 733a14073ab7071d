// The analyses of a rollout: each metric as a chart of what was measured, its limits drawn in, and the verdict.
import { useState } from 'preact/hooks'
import type { Detail, MeasuredMetric, MeasuredValue, RunDetail } from '../wire.ts'
import { PhaseMark } from './marks.tsx'
import { since } from './ticking.ts'
import { word } from './words/words.ts'

const RUNS_OPEN = 3

export function Runs({ detail }: { readonly detail: Detail }) {
  const runs = Object.values(detail.runs).toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  if (runs.length === 0 && detail.experiments.length === 0) return null
  return (
    <>
      {runs.length === 0 ? null : (
        <section>
          <h2>{word('runs')}</h2>
          {runs.map((run, i) => (
            <Run key={run.name} run={run} isOpen={i < RUNS_OPEN} />
          ))}
        </section>
      )}
      {detail.experiments.length === 0 ? null : (
        <section>
          <h2>{word('experiments')}</h2>
          <ul class="plain">
            {detail.experiments.map(({ name, phase, message }) => (
              <li key={name}>
                <PhaseMark phase={phase} /> <strong>{name}</strong> {phase} <small>{message}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Run({ run, isOpen }: { readonly run: RunDetail; readonly isOpen: boolean }) {
  const [shown, setShown] = useState(isOpen)
  return (
    <details class="run" open={shown} onToggle={event => setShown(event.currentTarget.open)}>
      <summary>
        <PhaseMark phase={run.phase} /> <strong>{run.name}</strong> {run.phase}{' '}
        <small>{since(run.startedAt)}</small>
      </summary>
      {run.message === '' ? null : <p>{run.message}</p>}
      {shown ? (
        <div class="metrics">
          {run.metrics.map(metric => (
            <Metric key={metric.name} metric={metric} />
          ))}
        </div>
      ) : null}
    </details>
  )
}

function Metric({ metric }: { readonly metric: MeasuredMetric }) {
  const { name, phase, message, conditions, measurements } = metric
  const latest = measurements.at(-1)
  return (
    <div class="metric">
      <h3>
        <PhaseMark phase={phase} /> {name} <small>{phase}</small>
      </h3>
      <MetricChart metric={metric} />
      <small>
        {word('measurements', { count: measurements.length })}
        {latest === undefined || latest.value === '' ? '' : ` · ${word('latest', { value: latest.value })}`}
      </small>
      {conditions.map(one => (
        <code key={one}>{one}</code>
      ))}
      {message === '' ? null : <p>{message}</p>}
      {latest === undefined || latest.message === '' ? null : <p>{latest.message}</p>}
    </div>
  )
}

const WIDTH = 240
const HEIGHT = 64
const PAD = 6

/** Values that are no numbers are marks on the base line: what they were is in their titles. */
function MetricChart({ metric }: { readonly metric: MeasuredMetric }) {
  const { name, measurements, limits } = metric
  if (measurements.length === 0) return null
  const values = measurements.map(({ value }) => numberIn(value))
  const numbers = [...values.filter(value => value !== undefined), ...limits]
  const [low, high] = [Math.min(...numbers, 0), Math.max(...numbers, low0(numbers))]
  const x = (i: number) => PAD + (i * (WIDTH - 2 * PAD)) / Math.max(1, measurements.length - 1)
  const y = (value: number) => HEIGHT - PAD - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * PAD)
  const points = values.flatMap((value, i) => (value === undefined ? [] : [`${x(i)},${y(value)}`]))
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      class="measured"
      role="img"
      aria-label={chartText(name, measurements)}
    >
      {limits.map(limit => (
        <line key={limit} class="limit" x1={0} x2={WIDTH} y1={y(limit)} y2={y(limit)} />
      ))}
      <polyline class="value" points={points.join(' ')} />
      {measurements.map((one, i) => (
        <circle key={i} class={one.phase.toLowerCase()} cx={x(i)} cy={y(values[i] ?? low)} r={3}>
          <title>{`${one.at} ${one.value} ${one.phase} ${one.message}`}</title>
        </circle>
      ))}
    </svg>
  )
}

function low0(numbers: readonly number[]): number {
  return numbers.length === 0 ? 1 : Number.NEGATIVE_INFINITY
}

function chartText(name: string, measurements: readonly MeasuredValue[]): string {
  return `${name}: ${measurements
    .slice(-10)
    .map(({ value, phase }) => `${value} ${phase}`)
    .join(', ')}`
}

/** Of `0.97` and `[0.97]`. */
function numberIn(value: string): number | undefined {
  const found = /^\s*\[?\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(value)
  const number = Number(found?.[1])
  return found === null || !Number.isFinite(number) ? undefined : number
}
