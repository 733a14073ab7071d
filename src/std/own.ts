// Looking up a name that came from outside: `constructor` and `toString` are names like any other there.

/** What stands under the name in a table, and never what every object has by birth. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
