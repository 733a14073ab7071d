// What is wrong with how to reach a cluster, and who we are there, as a sentence: never a stack.
export class KubeconfigError extends Error {}

/** What anything inside throws, as a KubeconfigError that says first what could not be done. */
export function orKubeconfigError<T>(what: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    if (error instanceof KubeconfigError) throw error
    throw new KubeconfigError(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
