// A pure function of a frozen object that remembers its answers, as long as the object lives. An object that is not
// frozen may change, so there the answer is made anew each time: whoever asks never sees the difference.
import { freezeObjects } from './freeze.ts'

type Scalar = string | number | boolean | undefined

/** Of one object so many answers are remembered; with one more, it begins anew. */
const MOST = 8

type Further = readonly [Scalar?, Scalar?]

/** The answers of one object, the last one first: mostly there is one, and a list is less than a table. */
interface Answers<T> {
  readonly a: Scalar
  readonly b: Scalar
  readonly made: T
  readonly earlier: Answers<T> | undefined
  readonly count: number
}

/** Further arguments tell answers apart. What is remembered is frozen, since all who ask get the same. */
export function rememberedOn<K extends object, T, A extends Further>(
  make: (of: K, ...further: A) => T,
): (of: K, ...further: A) => T {
  const known = new WeakMap<K, Answers<T>>()
  const making = make as unknown as (of: K, a: Scalar, b: Scalar) => T
  const answer = (of: K, a?: Scalar, b?: Scalar): T => {
    const answers = known.get(of)
    for (let one = answers; one !== undefined; one = one.earlier)
      if (one.a === a && one.b === b) return one.made
    if (!Object.isFrozen(of)) return making(of, a, b)
    const made = freezeObjects(making(of, a, b))
    const earlier = answers !== undefined && answers.count < MOST ? answers : undefined
    known.set(of, { a, b, made, earlier, count: 1 + (earlier?.count ?? 0) })
    return made
  }
  // What else a caller passes, as `map` does, tells no answers apart.
  const alone = (of: K) => answer(of)
  return (make.length === 1 ? alone : answer) as unknown as (of: K, ...further: A) => T
}
