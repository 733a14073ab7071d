// Recursion without the stack: a step yields the steps that it needs done first and gets back what they returned. So
// neither a deeply nested expression nor a deeply nested value can exhaust anything but the memory for its levels.

export type Steps<T> = Generator<Steps<unknown>, T, unknown>

/** Yielded by a step that has done much work: others may work now. */
export const PAUSE: Steps<undefined> = (function* (): Steps<undefined> {})()

export function runSteps<T>(first: Steps<T>): T {
  const bits = stepsInBits(first)
  for (;;) {
    const { done, value } = bits.next()
    if (done === true) return value
  }
}

/** The same, bit by bit: each ends where a step pauses. */
export function* stepsInBits<T>(first: Steps<T>): Generator<undefined, T> {
  const waiting: Steps<unknown>[] = []
  let current: Steps<unknown> = first
  let answer: unknown
  for (;;) {
    const { done, value } = current.next(answer)
    if (value === PAUSE) {
      answer = undefined
      yield
      continue
    }
    if (done !== true) {
      waiting.push(current)
      current = value
      answer = undefined
      continue
    }
    const next = waiting.pop()
    if (next === undefined) return value as T
    current = next
    answer = value
  }
}
