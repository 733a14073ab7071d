// A function of texts or numbers that remembers its answers: patterns, rules, instants, of which few are met again and
// again.

/** Forgets everything when it would hold more than `most`, so that nobody can make it grow. */
export function remembered<T, K extends string | number = string>(
  most: number,
  make: (key: K) => T,
): (key: K) => T {
  const known = new Map<K, { readonly made: T }>()
  return key => {
    const found = known.get(key)
    if (found !== undefined) return found.made
    const made = make(key)
    if (known.size >= most) known.clear()
    known.set(key, { made })
    return made
  }
}
