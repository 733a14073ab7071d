// Applying merge patches (RFC 7386).
import { isJsonObject, type Json } from '../std/json.ts'
import { record } from '../std/json-parts.ts'

/** The value after a merge patch: null removes, objects are merged, everything else is replaced. */
export function applyMergePatch(value: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const before = record(value)
  const kept = Object.entries(before)
    .filter(([name]) => !Object.hasOwn(patch, name) || patch[name] !== null)
    .map(([name, old]) => [
      name,
      Object.hasOwn(patch, name) ? applyMergePatch(old, patch[name] as Json) : old,
    ])
  const added = Object.entries(patch)
    .filter(([name, part]) => part !== null && !Object.hasOwn(before, name))
    .map(([name, part]) => [name, applyMergePatch(undefined, part)])
  return Object.fromEntries([...kept, ...added])
}
