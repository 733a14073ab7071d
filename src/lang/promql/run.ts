// One evaluation under way: its moment, what it has touched, what went wrong. Each part of the evaluator gets it.
import type { SeriesSource } from './source.ts'
import type { Labels } from './labels.ts'
import type { Moved, Node } from './ast.ts'
import type { Notes } from './notes.ts'

/** Instants in milliseconds. */
export type QueryTime =
  | { readonly at: number }
  | { readonly start: number; readonly end: number; readonly step: number }

export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** When a selector found it; of what was computed the moment of the evaluation. */
  readonly at?: number
}

export type Vector = readonly Sample[]

/** Work between two pauses: a few milliseconds. */
const PAUSE_EVERY = 20_000

export const TOO_MANY_SAMPLES = 'query processing would load too many samples into memory in query execution'

export class Run {
  readonly source: SeriesSource
  readonly notes: Notes
  readonly isRange: boolean
  readonly lookbackMs: number
  /** The first and the last moment that is asked for. */
  readonly startAt: number
  readonly endAt: number
  /** The moment that is looked at, in milliseconds. */
  at = 0
  problem: string | undefined
  private readonly samplesMax: number
  private spent = 0
  private pausedAt = 0
  private readonly remembered = new Map<Node, Map<Labels, Labels>>()
  private readonly sources = new Map<Node, Map<string, Labels>>()

  constructor(options: {
    readonly source: SeriesSource
    readonly notes: Notes
    readonly time: QueryTime
    readonly lookbackMs: number
    readonly samplesMax: number
  }) {
    this.source = options.source
    this.notes = options.notes
    const { time } = options
    this.isRange = 'step' in time
    this.startAt = 'step' in time ? time.start : time.at
    this.endAt = 'step' in time ? time.end : time.at
    this.lookbackMs = options.lookbackMs
    this.samplesMax = options.samplesMax
  }

  /** The moment that a part of the query looks at. */
  momentOf({ atMs, offsetMs = 0 }: Moved): number {
    const at = atMs === 'start' ? this.startAt : atMs === 'end' ? this.endAt : (atMs ?? this.at)
    return at - offsetMs
  }

  fail(problem: string): undefined {
    this.problem ??= problem
  }

  /** Counts samples that are touched. */
  spend(samples: number): void {
    this.spent += samples
    if (this.spent > this.samplesMax) this.fail(TOO_MANY_SAMPLES)
  }

  /** Whether it is time to let others work. */
  isDue(): boolean {
    if (this.spent - this.pausedAt < PAUSE_EVERY) return false
    this.pausedAt = this.spent
    return true
  }

  /** What a node makes of labels, made once: series keep theirs over all steps. */
  derived(node: Node, labels: Labels, make: (labels: Labels) => Labels): Labels {
    const known = remember(this.remembered, node, () => new Map<Labels, Labels>())
    return remember(known, labels, () => make(labels))
  }

  /** As `derived`, where two series must not become one, at this moment or at another. */
  distinct(node: Node, labels: Labels, make: (labels: Labels) => Labels): Labels {
    const made = this.derived(node, labels, make)
    const taken = remember(this.sources, node, () => new Map<string, Labels>())
    const owner = remember(taken, made.key, () => labels)
    if (owner !== labels && owner.key !== labels.key) this.fail(SAME_LABELS)
    return made
  }

  /** Vectors of which no two series may have the same labels. */
  checked(vector: Vector): Vector {
    if (vector.length > 1 && new Set(vector.map(one => one.labels.key)).size < vector.length)
      this.fail(SAME_LABELS)
    return vector
  }
}

const SAME_LABELS = 'vector cannot contain metrics with the same labelset'

function remember<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
