// Answers of two servers, made comparable: what each draws for itself (uids, versions, times, addresses) is
// replaced by words, versions by their rank, and what we leave out on purpose is left out of both.
import { isJsonObject, type Json, type JsonObject } from '../../src/std/json.ts'
import type { Answered } from './player.ts'

export interface Comparable {
  readonly status: number
  readonly contentType: string
  readonly warnings: readonly string[]
  readonly body: Json
}

export function normalise(answers: readonly Answered[]): Readonly<Record<string, Comparable>> {
  const bodies = answers.map(bodyOf)
  const ranks = ranksOf(bodies)
  const uids = new Map<string, string>()
  return Object.fromEntries(
    answers.map((answer, i) => [
      answer.step.name,
      {
        status: answer.status,
        contentType: answer.contentType,
        warnings: answer.warnings,
        body: replaced(bodies[i] as Json, { ranks, uids }),
      },
    ]),
  )
}

function bodyOf(answer: Answered): Json {
  if (!answer.contentType.startsWith('application/json')) return answer.text
  const lines = answer.text.split('\n').filter(line => line !== '')
  if (answer.step.path.includes('watch=')) return lines.map(line => JSON.parse(line) as Json)
  return answer.text.trim() === '' ? '' : (JSON.parse(answer.text) as Json)
}

interface Known {
  readonly ranks: ReadonlyMap<string, string>
  readonly uids: Map<string, string>
}

function ranksOf(bodies: readonly Json[]): ReadonlyMap<string, string> {
  const versions = new Set<string>()
  const collect = (value: Json) => {
    if (Array.isArray(value)) return value.forEach(collect)
    if (!isJsonObject(value)) return
    if (isSnapshot(value)) return Object.values({ ...value, metadata: {} }).forEach(collect)
    for (const [name, one] of Object.entries(value)) {
      if (name === 'resourceVersion' && typeof one === 'string' && /^\d+$/.test(one)) versions.add(one)
      else collect(one as Json)
    }
  }
  bodies.forEach(collect)
  const sorted = [...versions].toSorted((a, b) => Number(a) - Number(b))
  return new Map(sorted.map((version, i) => [version, `version ${i + 1}`]))
}

/** Lists, tables and bookmarks carry the version of the whole server, which others move as well. */
function isSnapshot(value: JsonObject): boolean {
  if (!isJsonObject(value['metadata'])) return false
  const kind = typeof value['kind'] === 'string' ? value['kind'] : ''
  const isNameless = value['metadata']['name'] === undefined
  return kind.endsWith('List') || kind === 'Table' || (isNameless && kind !== '')
}

/** Items of lists may say their kind again, or not. */
function asSnapshot(value: JsonObject): JsonObject {
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {}
  const version = 'resourceVersion' in metadata ? { resourceVersion: 'of the whole server' } : {}
  const items = Array.isArray(value['items']) ? { items: value['items'].map(withoutKind) } : {}
  return { ...value, ...items, metadata: { ...metadata, ...version } }
}

function withoutKind(item: Json): Json {
  if (!isJsonObject(item) || item['kind'] === 'PartialObjectMetadata') return item
  const { kind: _, apiVersion: __, ...rest } = item
  return rest
}

/** Left out of both: who manages which field, links that are gone, texts that describe columns. */
const LEFT_OUT = new Set(['managedFields', 'selfLink', 'storageVersionHash'])
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const AGE = /^(\d+(ms|s|m|h|d|y))+$/
const ADDRESS = /\b10\.\d+\.\d+\.\d+\b/g

function replaced(value: Json, known: Known, name = ''): Json {
  if (Array.isArray(value)) return value.map(one => replaced(one as Json, known, name))
  if (isJsonObject(value)) {
    const isColumn = 'priority' in value && 'format' in value && 'description' in value
    return Object.fromEntries(
      Object.entries(isSnapshot(value) ? asSnapshot(value) : value)
        .filter(([field]) => !LEFT_OUT.has(field) && !(isColumn && field === 'description'))
        .map(([field, one]) => [field, replaced(one as Json, known, field)]),
    )
  }
  return typeof value === 'string' ? word(value, known, name) : value
}

function word(text: string, { ranks, uids }: Known, name: string): string {
  if (name === 'resourceVersion') return ranks.get(text) ?? text
  if (name === 'uid') {
    if (!uids.has(text)) uids.set(text, `uid ${uids.size + 1}`)
    return uids.get(text) as string
  }
  if (name === 'continue') return text === '' ? '' : 'a token'
  if (TIME.test(text)) return 'a time'
  if (AGE.test(text)) return 'an age'
  return text
    .replaceAll(ADDRESS, 'an address')
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'a uid')
    .replaceAll(/\b(gen-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1suffix')
    .replaceAll(/(current: |version: |in record \()\d+/g, '$1a version')
    .replaceAll(/resourceVersion\\+":\\+"\d+/g, 'resourceVersion')
}
