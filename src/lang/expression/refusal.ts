// How an expression that cannot be read or evaluated is left: by a throw that only this file meets again.

/** No Error: the place where it was made says nothing, and finding it out takes long. */
class Refusal {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

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
