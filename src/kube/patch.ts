// Applying patches: merge patches (RFC 7386) and JSON patches (RFC 6902, by the library).
import { applyPatch, Pointer, type Operation } from 'rfc6902'
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

export type JsonPatched = { readonly value: Json } | { readonly problem: string }

/** Copies of copies grow without bound; this much may be copied in all, as in Kubernetes. */
const COPIED_MAX_LENGTH = 3 * 1024 * 1024

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

/**
 * The value after a JSON patch, or a sentence that says which operation can not be done. Nothing is changed
 * in place. As in Kubernetes, `replace` adds a member that is missing, and an absent value is null.
 */
export function applyJsonPatch(value: Json, patch: readonly Json[]): JsonPatched {
  const holder = { value: structuredClone(value) as unknown }
  let copied = 0
  for (const [i, entry] of patch.entries()) {
    const operation = operationOf(entry)
    if (operation === undefined) return { problem: `operation ${i} of the patch is malformed` }
    copied += copiedLength(holder, operation)
    if (copied > COPIED_MAX_LENGTH) {
      return { problem: `operation ${i} of the patch can not be done: too much is copied` }
    }
    if (!isDone(holder, operation)) {
      return {
        problem: `operation ${i} of the patch can not be done: ${operation.op} ${entryPath(operation)}`,
      }
    }
  }
  return { value: holder.value as Json }
}

function isDone(holder: object, operation: Operation): boolean {
  if (applyPatch(holder, [operation])[0] === null) return true
  if (operation.op !== 'replace') return false
  const { parent } = Pointer.fromJSON(operation.path).evaluate(holder)
  return isJsonObject(parent) && applyPatch(holder, [{ ...operation, op: 'add' }])[0] === null
}

function copiedLength(holder: object, operation: Operation): number {
  if (operation.op !== 'copy') return 0
  const { value } = Pointer.fromJSON(operation.from).evaluate(holder)
  return value === undefined ? 0 : JSON.stringify(value).length
}

/** The operation on a holder of the document, so that the whole document can be its object, too. */
function operationOf(entry: Json): Operation | undefined {
  if (!isJsonObject(entry)) return undefined
  const { op, path, from, value = null } = structuredClone(entry)
  if (typeof op !== 'string' || !OPERATIONS.has(op) || !isPointer(path)) return undefined
  const needsFrom = op === 'move' || op === 'copy'
  if (needsFrom && !isPointer(from)) return undefined
  const source = needsFrom ? { from: `/value${from as string}` } : {}
  return { op, path: `/value${path}`, value, ...source } as unknown as Operation
}

function entryPath(operation: Operation): string {
  return operation.path.slice('/value'.length)
}

function isPointer(path: Json | undefined): path is string {
  return typeof path === 'string' && (path === '' || path.startsWith('/'))
}
