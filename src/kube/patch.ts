// Applying patches: merge patches (RFC 7386) and JSON patches (RFC 6902, by the library).
import { applyPatch, type Operation } from 'rfc6902'
import { isJsonObject, type Json } from '../std/json.ts'

/** The value after a merge patch: null removes, objects are merged, everything else is replaced. */
export function applyMergePatch(value: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const before = isJsonObject(value) ? value : {}
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

export type JsonPatched = { readonly value: Json } | { readonly problem: string }

/** As many operations as an API server takes. */
const MAX_OPERATIONS = 10_000
const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

/** The value after a JSON patch, or a sentence that says which operation does not work. Nothing is changed in place. */
export function applyJsonPatch(value: Json, patch: Json): JsonPatched {
  if (!Array.isArray(patch)) return { problem: 'a JSON patch is a list of operations' }
  if (patch.length > MAX_OPERATIONS) {
    return { problem: `the patch has ${patch.length} operations; at most ${MAX_OPERATIONS} are allowed` }
  }
  const malformed = patch.findIndex(one => !isOperation(one))
  if (malformed >= 0) return { problem: `operation ${malformed} of the patch is malformed` }
  const holder = { value: structuredClone(value) as unknown }
  const operations = patch.map(one => prefixed(structuredClone(one) as unknown as Operation))
  const failed = applyPatch(holder, operations).findIndex(error => error !== null)
  if (failed < 0) return { value: holder.value as Json }
  const { op, path } = patch[failed] as unknown as Operation
  return { problem: `operation ${failed} of the patch can not be done: ${op} ${path}` }
}

/** So that an operation on the whole document is one like any other. */
function prefixed(operation: Operation): Operation {
  const moved = { ...operation, path: `/value${operation.path}` }
  return 'from' in operation ? ({ ...moved, from: `/value${operation.from}` } as Operation) : moved
}

function isOperation(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  const { op, path } = value
  const needsFrom = op === 'move' || op === 'copy'
  const needsValue = op === 'add' || op === 'replace' || op === 'test'
  return (
    typeof op === 'string' &&
    OPERATIONS.has(op) &&
    isPointer(path) &&
    (!needsFrom || isPointer(value['from'])) &&
    (!needsValue || 'value' in value)
  )
}

function isPointer(path: Json | undefined): boolean {
  return typeof path === 'string' && (path === '' || path.startsWith('/'))
}
