// What two values of plain data have in common, kept once: parts that have not changed are the very same parts, and
// whatever is remembered on them is still known. A status that moves leaves the spec beside it as it was.
import { setOwn } from './own.ts'

type Part = Readonly<Record<string, unknown>>

/** `next`, made of parts of `before` wherever they print alike; `before` itself when nothing differs. */
export function sharing<T>(before: unknown, next: T): T {
  return shared(before, next) as T
}

function shared(before: unknown, next: unknown): unknown {
  if (before === next || typeof before !== 'object' || typeof next !== 'object') return next
  if (before === null || next === null || Array.isArray(before) !== Array.isArray(next)) return next
  return Array.isArray(next)
    ? sharedList(before as readonly unknown[], next)
    : sharedObject(before as Part, next as Part)
}

function sharedList(before: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const parts = next.map((part, i) => shared(before[i], part))
  return before.length === parts.length && parts.every((part, i) => part === before[i]) ? before : parts
}

/** Keys in another order print otherwise: that is another value here. */
function sharedObject(before: Part, next: Part): Part {
  const names = Object.keys(next)
  const known = Object.keys(before)
  let isSame = known.length === names.length
  let copy: Record<string, unknown> | undefined
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    const had = name === known[i] || Object.hasOwn(before, name) ? before[name] : undefined
    const part = shared(had, next[name])
    if (name !== known[i] || part !== had) isSame = false
    if (part === next[name]) continue
    copy ??= { ...next }
    setOwn(copy, name, part)
  }
  return isSame ? before : (copy ?? next)
}
