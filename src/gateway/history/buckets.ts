// How long answers take, in buckets whose bounds grow by a fifth: whoever takes the geometric middle of a bucket
// for what is in it is wrong by less than a tenth.

const SHORTEST = 0.0001
const LONGEST = 60
const GROWTH = 1.2

/** Upper bounds in seconds, inclusive; what takes longer has the bucket behind the last. */
export const BOUNDS: readonly number[] = Array.from(
  { length: 1 + Math.ceil(Math.log(LONGEST / SHORTEST) / Math.log(GROWTH)) },
  (_, i) => Number((SHORTEST * GROWTH ** i).toPrecision(4)),
)

export const BUCKET_COUNT = BOUNDS.length + 1

/** The first bucket whose bound is not below. */
export function bucketOf(seconds: number): number {
  if (seconds <= SHORTEST) return 0
  const near = Math.min(BOUNDS.length, Math.ceil(Math.log(seconds / SHORTEST) / Math.log(GROWTH)))
  // Bounds are rounded: the logarithm may be one off.
  if (seconds <= (BOUNDS[near - 1] as number)) return near - 1
  return near < BOUNDS.length && seconds > (BOUNDS[near] as number) ? near + 1 : near
}
