// A function of texts that remembers its answers: patterns, rules, headers, of which few are met again and again.

/** Forgets everything when it would hold more than `most`, so that nobody can make it grow. */
export function remembered<T>(most: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly made: T }>()
  return text => {
    const found = known.get(text)
    if (found !== undefined) return found.made
    const made = make(text)
    if (known.size >= most) known.clear()
    known.set(text, { made })
    return made
  }
}
