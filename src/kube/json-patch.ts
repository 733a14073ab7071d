// Applying JSON patches (RFC 6902) as Kubernetes does. A path leads through an object's own members and a list's
// elements, through nothing else: `__proto__` and `constructor` are names like any other.
import { equal } from '../std/equal.ts'
import { isDeeperThan, isJsonObject, LEVELS_MAX, type Json } from '../std/json.ts'
import { own, setOwn } from '../std/own.ts'

export type JsonPatched = { readonly value: Json } | { readonly problem: string }

/** Copies of copies grow without bound; this much may be copied in all, as in Kubernetes. */
const COPIED_MAX_LENGTH = 3 * 1024 * 1024
/** Elements that make room for others or close up, in all: thousands of inserts at the head of a long list. */
const SHIFTED_MAX = 20_000_000

type Members = { [name: string]: Json }
type Container = Json[] | Members

interface Operation {
  readonly op: string
  readonly path: readonly string[]
  readonly from: readonly string[]
  readonly value: Json
}

/** The document stands in a holder, so that the whole of it can be the object of an operation, too. */
interface State {
  readonly holder: { document?: Json }
  copied: number
  shifted: number
}

const DOCUMENT = 'document'

/**
 * The value after a JSON patch, or a sentence that says which operation can not be done. Nothing is changed in
 * place. As in Kubernetes, `replace` adds a member that is missing, and an absent value is null.
 */
export function applyJsonPatch(value: Json, patch: readonly Json[]): JsonPatched {
  const state: State = { holder: { document: structuredClone(value) }, copied: 0, shifted: 0 }
  for (const [i, entry] of patch.entries()) {
    const operation = operationOf(entry)
    if (operation === undefined) return { problem: `operation ${i} of the patch is malformed` }
    const done = OPERATIONS[operation.op]?.(state, operation) === true
    const excess = excessOf(state)
    if (done && excess === undefined) continue
    const why = excess ?? `${operation.op} ${textOf(operation.path)}`
    return { problem: `operation ${i} of the patch can not be done: ${why}` }
  }
  const { document } = state.holder
  if (document === undefined || isDeeperThan(LEVELS_MAX, document)) {
    return { problem: document === undefined ? 'the patch leaves nothing' : 'the patch nests too deeply' }
  }
  return { value: document }
}

function excessOf({ copied, shifted }: State): string | undefined {
  if (copied > COPIED_MAX_LENGTH) return 'too much is copied'
  return shifted > SHIFTED_MAX ? 'too much is moved' : undefined
}

const OPERATIONS: Readonly<Record<string, (state: State, operation: Operation) => boolean>> = {
  add: (state, { path, value }) => put(state, path, structuredClone(value)),
  remove: (state, { path }) => taken(state, path) !== undefined,
  replace: (state, { path, value }) => replaced(state, path, structuredClone(value)),
  move(state, { from, path }) {
    const value = taken(state, from)
    return value !== undefined && put(state, path, value)
  },
  copy(state, { from, path }) {
    const value = copyOf(state, found(state, from))
    return value !== undefined && put(state, path, value)
  },
  test: (state, { path, value }) => {
    if (containerOf(state, path) === undefined) return false
    return equal(found(state, path) ?? null, value)
  },
}

function operationOf(entry: Json): Operation | undefined {
  if (!isJsonObject(entry)) return undefined
  const { op, path, from, value = null } = entry
  if (typeof op !== 'string' || !Object.hasOwn(OPERATIONS, op) || !isPointer(path)) return undefined
  const needsFrom = op === 'move' || op === 'copy'
  if (needsFrom && !isPointer(from)) return undefined
  return { op, path: tokensOf(path), from: needsFrom ? tokensOf(from as string) : [], value }
}

function isPointer(path: Json | undefined): path is string {
  return typeof path === 'string' && (path === '' || path.startsWith('/'))
}

function tokensOf(pointer: string): readonly string[] {
  const tokens = pointer.split('/').slice(1)
  return [DOCUMENT, ...tokens.map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))]
}

function textOf([, ...tokens]: readonly string[]): string {
  return tokens.map(token => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

const INDEX = /^(0|[1-9]\d*)$/

/** The index that a token means in a list of so many; undefined: none. */
function indexOf(token: string, length: number): number | undefined {
  return INDEX.test(token) && Number(token) < length ? Number(token) : undefined
}

function member(container: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(container)) {
    const index = indexOf(token, container.length)
    return index === undefined ? undefined : (container[index] as Json)
  }
  return isJsonObject(container) ? own(container, token) : undefined
}

function found({ holder }: State, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(member, holder as Members)
}

/** The object or list in which the last token of a path stands, or is to stand. */
function containerOf(state: State, path: readonly string[]): Container | undefined {
  const container = found(state, path.slice(0, -1))
  return typeof container === 'object' && container !== null ? (container as Container) : undefined
}

function put(state: State, path: readonly string[], value: Json): boolean {
  const container = containerOf(state, path)
  const token = path.at(-1) as string
  if (container === undefined) return false
  if (!Array.isArray(container)) {
    setOwn(container, token, value)
    return true
  }
  const index = token === '-' ? container.length : indexOf(token, container.length + 1)
  if (index === undefined) return false
  state.shifted += container.length - index
  container.splice(index, 0, value)
  return true
}

function replaced(state: State, path: readonly string[], value: Json): boolean {
  const container = containerOf(state, path)
  if (!Array.isArray(container)) return put(state, path, value)
  const index = indexOf(path.at(-1) as string, container.length)
  if (index === undefined) return false
  container[index] = value
  return true
}

/** What stood there and no longer does; undefined: nothing stood there. */
function taken(state: State, path: readonly string[]): Json | undefined {
  const container = containerOf(state, path)
  const token = path.at(-1) as string
  const value = member(container, token)
  if (container === undefined || value === undefined) return undefined
  if (Array.isArray(container)) {
    state.shifted += container.length - Number(token)
    container.splice(Number(token), 1)
  } else delete container[token]
  return value
}

function copyOf(state: State, value: Json | undefined): Json | undefined {
  if (value === undefined || isDeeperThan(LEVELS_MAX, value)) return undefined
  const text = JSON.stringify(value)
  state.copied += text.length
  return state.copied > COPIED_MAX_LENGTH ? undefined : (JSON.parse(text) as Json)
}
