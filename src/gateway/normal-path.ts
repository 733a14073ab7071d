// A path as every server reads it, before any route is asked: what is matched is what is forwarded. Percent-encoding
// that is not needed is undone, dot segments are walked (RFC 3986 6.2.2); what servers read differently has no such
// form.

const UNRESERVED = /[a-z0-9._~-]/i
/** A segment that some servers take for a step upwards: behind an encoded slash, or with a parameter. */
const HIDDEN_STEP = /(^|\/)\.\.?(;[^/]*)?(\/|$)/

/** Undefined: two servers could read it differently, or there is a fragment in it. */
export function normalPath(path: string): string | undefined {
  if (path.includes('#')) return undefined
  const text = /[%\\]/.test(path) ? decoded(path) : path
  // A stray `%` before an escape: whoever decodes once more reads another path.
  if (text !== path && decoded(text) !== text) return undefined
  const plain = /\/\.|\.\//.test(text) ? walked(text) : text
  const isHidden = HIDDEN_STEP.test(plain.replaceAll(/%2f|%5c/gi, '/'))
  return isHidden ? undefined : plain
}

function decoded(path: string): string {
  return path.replaceAll('\\', '%5C').replaceAll(/%[0-9a-f]{2}/gi, code => {
    const char = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return UNRESERVED.test(char) ? char : code.toUpperCase()
  })
}

function walked(path: string): string {
  const segments: string[] = []
  const parts = path.split('/').slice(1)
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1
    if (part === '..') segments.pop()
    if (part !== '.' && part !== '..') segments.push(part)
    else if (isLast) segments.push('')
  }
  return `/${segments.join('/')}`
}
