// A sub-query under way: what its inner part was worth at each moment of its range, worked out once a moment.
import type { SubqueryNode } from './ast.ts'
import { TOO_MANY_SAMPLES } from './run.ts'
import type { Run, Vector } from './run.ts'
import type { SampleWindow } from './source.ts'
import type { RangeSeries } from './values.ts'

/** Moments and samples that one sub-query may keep. */
const KEPT_MAX = 2_000_000

export class Subquery {
  private readonly node: SubqueryNode
  private readonly moments = new Map<number, Vector>()
  private kept = 0

  constructor(node: SubqueryNode) {
    this.node = node
  }

  /** Moments are multiples of the step, however the range lies. The run's own moment is not kept. */
  *series(
    run: Run,
    end: number,
    worth: () => Generator<undefined, Vector>,
  ): Generator<undefined, RangeSeries[]> {
    const { rangeMs, stepMs } = this.node
    const start = end - rangeMs
    this.forget(start)
    const found = new Map<string, Found>()
    for (let at = Math.floor(start / stepMs) * stepMs + stepMs; at <= end; at += stepMs) {
      run.at = at
      const known = this.moments.get(at)
      const vector = known ?? (yield* worth())
      if (known === undefined) this.keep(run, at, vector)
      if (run.problem !== undefined) return []
      run.spend(vector.length)
      for (const { labels, value } of vector) {
        const one = found.get(labels.key) ?? new Found(labels)
        one.times.push(at)
        one.values.push(value)
        found.set(labels.key, one)
      }
    }
    return [...found.values()]
  }

  private keep(run: Run, at: number, vector: Vector): void {
    this.moments.set(at, vector)
    this.kept += 1 + vector.length
    if (this.kept > KEPT_MAX) run.fail(TOO_MANY_SAMPLES)
  }

  /** Later ranges begin later. */
  private forget(until: number): void {
    for (const [at, vector] of this.moments) {
      if (at > until) continue
      this.moments.delete(at)
      this.kept -= 1 + vector.length
    }
  }
}

/** All of it lies in the range. */
class Found implements RangeSeries {
  readonly labels: RangeSeries['labels']
  readonly times: number[] = []
  readonly values: number[] = []

  constructor(labels: RangeSeries['labels']) {
    this.labels = labels
  }

  window(): SampleWindow {
    return this
  }
}
