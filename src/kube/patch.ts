// Applying merge patches (RFC 7386).
import { isJsonObject, type Json } from '../std/json.ts'
import { record } from '../std/json-parts.ts'
import { own, setOwn } from '../std/own.ts'

/** The value after a merge patch: null removes, objects are merged, everything else is replaced. */
export function applyMergePatch(value: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const before = record(value)
  const after: { [name: string]: Json } = {}
  for (const name in before) {
    const change = own(patch, name)
    if (change === undefined) setOwn(after, name, before[name] as Json)
    else if (change !== null) setOwn(after, name, applyMergePatch(before[name], change))
  }
  for (const name in patch) {
    const change = patch[name] as Json
    if (change !== null && !Object.hasOwn(before, name))
      setOwn(after, name, applyMergePatch(undefined, change))
  }
  return after
}
