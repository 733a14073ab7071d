// Writes that were made, and made again alike: whoever needs them knows that somebody else undoes them. The loop takes
// note of each write that has succeeded; decisions read it as plain data.
import { fnv1a } from '../std/fnv.ts'
import type { Instant } from '../std/instant.ts'
import { stableJson } from '../std/json.ts'
import { asJson, refKey } from './object.ts'
import type { ObjectRef, RefKey } from './object.ts'
import type { Write } from './write.ts'

export interface Repeat {
  /** The last write of the object, as a hash. */
  readonly write: number
  /** How often it was made in a row. */
  readonly times: number
  readonly lastAt: Instant
}

export type Repeats = Readonly<Record<RefKey, Repeat>>

/** A write that is made again later than that was not undone: it is another occasion. */
export const IN_A_ROW_MS = 20_000
/** Of so many objects a key: whoever writes more forgets the first. */
const LIMIT = 64

export function writeHash(write: Write): number {
  const what = write.verb === 'create' ? asJson(write.object) : write.verb === 'patch' ? write.patch : null
  return fnv1a(new TextEncoder().encode(`${write.verb} ${stableJson(what)}`))
}

/** With a write of `ref` that has just been made. */
export function withWrite(
  known: Repeats,
  { ref, write }: { readonly ref: ObjectRef; readonly write: Write },
  now: Instant,
): Repeats {
  const key = refKey(ref)
  const hash = writeHash(write)
  const before = known[key]
  const isAgain = before?.write === hash && now < before.lastAt + IN_A_ROW_MS
  const recent = Object.keys(known).filter(
    one => one !== key && now < (known[one]?.lastAt ?? now) + IN_A_ROW_MS,
  )
  const next: Record<RefKey, Repeat> = {}
  for (const one of recent.slice(1 - LIMIT)) next[one] = known[one] as Repeat
  next[key] = { write: hash, times: isAgain ? before.times + 1 : 1, lastAt: now }
  return next
}
