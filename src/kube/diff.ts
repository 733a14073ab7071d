// The difference of two JSON values as a merge patch (RFC 7386): what `before` needs to become `after`.
// The law: applying it to `before` gives `after`; equal values give undefined.
import { equal } from '../std/equal.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import { own, setOwn } from '../std/own.ts'

/**
 * Undefined when nothing differs. A key that `after` lacks, or holds as undefined, becomes null in the patch.
 */
export function mergeDiff(before: Json | undefined, after: Json): Json | undefined {
  if (!isJsonObject(before) || !isJsonObject(after)) return equal(before, after) ? undefined : after
  const patch: Record<string, Json> = {}
  for (const name in before)
    if (before[name] !== undefined && own(after, name) === undefined) setOwn(patch, name, null)
  for (const name in after) {
    const value = after[name]
    if (value === undefined) continue
    const part = mergeDiff(own(before, name), value)
    if (part !== undefined) setOwn(patch, name, part)
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}
