// The best of many, and all by rank: samples that are worth the same stand as Go's heap and its sort leave them.
import type { Sample } from './run.ts'

type Worse = (a: number, b: number) => boolean

/** NaN is the worst either way. */
export const isWorse = {
  forLargest: (a: number, b: number) => Number.isNaN(a) || a < b,
  forSmallest: (a: number, b: number) => Number.isNaN(a) || a > b,
}

/** Up to here Go's sort inserts one after the other; beyond, which of two equals comes first is chance. */
const INSERTED_MAX = 12

/** The best first. */
export function ranked(samples: readonly Sample[], worse: Worse): readonly Sample[] {
  if (samples.length > INSERTED_MAX) return samples.toSorted((a, b) => compare(a.value, b.value, worse))
  const sorted = [...samples]
  for (let i = 1; i < sorted.length; i++)
    for (let j = i; j > 0 && worse(valueAt(sorted, j - 1), valueAt(sorted, j)); j--) swap(sorted, j, j - 1)
  return sorted
}

function compare(a: number, b: number, worse: Worse): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0
  if (worse(a, b)) return 1
  return worse(b, a) ? -1 : 0
}

/** The best `count`, the best first. The heap has the worst of them on top. */
export function best(samples: readonly Sample[], count: number, worse: Worse): readonly Sample[] {
  if (!(count > 0)) return []
  const heap: Sample[] = []
  for (const sample of samples) {
    const top = heap[0]
    if (heap.length < count) {
      heap.push(sample)
      rise(heap, worse)
    } else if (top !== undefined && isBetter(sample.value, top.value, worse)) {
      heap[0] = sample
      sink(heap, worse)
    }
  }
  return ranked(heap, worse)
}

function isBetter(value: number, than: number, worse: Worse): boolean {
  return !Number.isNaN(value) && worse(than, value)
}

function rise(heap: Sample[], worse: Worse): void {
  for (let at = heap.length - 1; at > 0;) {
    const parent = (at - 1) >> 1
    if (!worse(valueAt(heap, at), valueAt(heap, parent))) return
    swap(heap, at, parent)
    at = parent
  }
}

function sink(heap: Sample[], worse: Worse): void {
  for (let at = 0; 2 * at + 1 < heap.length;) {
    const left = 2 * at + 1
    const right = left + 1
    const next = right < heap.length && worse(valueAt(heap, right), valueAt(heap, left)) ? right : left
    if (!worse(valueAt(heap, next), valueAt(heap, at))) return
    swap(heap, at, next)
    at = next
  }
}

function valueAt(samples: readonly Sample[], index: number): number {
  return (samples[index] as Sample).value
}

function swap(samples: Sample[], a: number, b: number): void {
  const kept = samples[a] as Sample
  samples[a] = samples[b] as Sample
  samples[b] = kept
}
