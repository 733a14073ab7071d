// A pure function of a frozen object that remembers its answers, as long as the object lives. An object that is not
// frozen may change, so there the answer is made anew each time: whoever asks never sees the difference.
import { deepFreeze } from './freeze.ts'

type Scalar = string | number | boolean | undefined

/** Of one object so many second arguments are remembered; with one more, it begins anew. */
const MOST = 8

type Remembered<K, A, T> = undefined extends A ? (of: K, also?: A) => T : (of: K, also: A) => T

/** A second argument tells answers apart. What is remembered is frozen, since all who ask get the same. */
export function rememberedOn<K extends object, T, A extends Scalar = undefined>(
  make: (of: K, also: A) => T,
): Remembered<K, A, T> {
  const known = new WeakMap<K, Map<A, { readonly made: T }>>()
  const answer = (of: K, also: A): T => {
    if (!Object.isFrozen(of)) return make(of, also)
    const answers = known.get(of) ?? new Map<A, { readonly made: T }>()
    const found = answers.get(also)
    if (found !== undefined) return found.made
    const made = deepFreeze(make(of, also))
    if (answers.size >= MOST) answers.clear()
    known.set(of, answers.set(also, { made }))
    return made
  }
  return answer as Remembered<K, A, T>
}
