// Samples of one series that will not change any more: packed runs, one behind the other in as few objects as possible,
// since what an object costs is more than what its samples cost.
import { pack, unpack } from './packing.ts'
import type { Run, Samples } from './packing.ts'

/** Samples of a run; so many are packed at a time, with those of the last run that has room for them. */
const RUN_SAMPLES = 120
export const PACKED_AT_A_TIME = 30

/** What the object and its lists cost, and what each run costs besides its bytes. */
const OWN_BYTES = 800
const RUN_BYTES = 48

const NONE = new Uint8Array()

/** What was read last, of whatever series: an evaluation looks at one after the other. */
const samples: Samples = {
  count: 0,
  times: new Float64Array(RUN_SAMPLES),
  values: new Float64Array(RUN_SAMPLES),
}

export class PackedSamples {
  private data = NONE
  /** Where each run begins. */
  private offsets: number[] = []
  private firsts: number[] = []
  private lasts: number[] = []
  private counts: number[] = []

  get bytes(): number {
    return this.offsets.length === 0 ? 0 : OWN_BYTES + this.data.length + this.offsets.length * RUN_BYTES
  }

  get runs(): number {
    return this.offsets.length
  }

  /** The first and the last time of a run. */
  firstAt(run: number): number | undefined {
    return this.firsts[run]
  }

  lastAt(run: number): number | undefined {
    return this.lasts[run]
  }

  /** Later than all that are there. */
  append(added: Run): void {
    const run = this.withLast(added)
    const packed = pack(run)
    const data = new Uint8Array(this.data.length + packed.length)
    data.set(this.data)
    data.set(packed, this.data.length)
    // Lists without room to grow: there are very many.
    this.offsets = [...this.offsets, this.data.length]
    this.firsts = [...this.firsts, run.times[0] as number]
    this.lasts = [...this.lasts, run.times.at(-1) as number]
    this.counts = [...this.counts, run.times.length]
    this.data = data
  }

  /** With the samples of the last run in front, which is taken out, when there is room for both in one. */
  private withLast(added: Run): Run {
    const last = this.runs - 1
    if (last < 0 || (this.counts[last] ?? 0) + added.times.length > RUN_SAMPLES) return added
    const { times, values, count } = this.read(last)
    this.data = this.data.slice(0, this.offsets[last])
    for (const list of [this.offsets, this.firsts, this.lasts, this.counts]) list.pop()
    return {
      times: [...times.subarray(0, count), ...added.times],
      values: [...values.subarray(0, count), ...added.values],
    }
  }

  /** Forgets runs that have ended by then. */
  forget(until: number): void {
    const gone = this.lasts.findIndex(last => last > until)
    const count = gone < 0 ? this.runs : gone
    if (count === 0) return
    const from = this.offsets[count] ?? this.data.length
    this.data = this.data.slice(from)
    this.offsets = this.offsets.slice(count).map(offset => offset - from)
    this.firsts = this.firsts.slice(count)
    this.lasts = this.lasts.slice(count)
    this.counts = this.counts.slice(count)
  }

  /** Until the next run is read, of whatever series. */
  read(run: number): Samples {
    samples.count = this.counts[run] ?? 0
    unpack(this.data, this.offsets[run] ?? 0, samples)
    return samples
  }
}
