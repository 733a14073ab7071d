// How an expression that cannot be read or evaluated is left: by a throw that only this file meets again.

class Refusal extends Error {}

/** Leaves the reading or the evaluation with a text for the user. */
export function refuse(message: string): never {
  throw new Refusal(message)
}

export type Attempt<T> = { readonly value: T } | { readonly problem: string }

export function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { problem: error.message }
  }
}
