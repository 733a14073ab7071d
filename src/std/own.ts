// Looking up a name that came from outside: `constructor` and `toString` are names like any other there.

/** What stands under the name in a table, and never what every object has by birth. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Puts a value under the name, which may be `__proto__`: assigning to that would make it an ancestor. */
export function setOwn<T>(table: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') table[name] = value
  else Object.defineProperty(table, name, { value, enumerable: true, configurable: true, writable: true })
}
