// Deep freezing: what is in a store or a snapshot can be shared and never copied.

/** Freezes plain data in place and gives it back. An already frozen part is taken to be frozen all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key in value) deepFreeze(value[key])
  return value
}
