// Programmer errors: they stop the pass that met them, never the process.

/** Throws when a condition that the code relies on does not hold. Not for user input: that gets a FieldError. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}

/** Closes a switch over a union: fails to compile when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
