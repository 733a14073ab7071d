// Who has written an object last, by its managedFields: all that the local copy keeps of these.
import { list, record, text } from '../std/json-parts.ts'
import type { Json } from '../std/json.ts'
import { asJson, fromJson } from './object.ts'
import type { KubeObject } from './object.ts'

/** How API servers call this program: by its user agent. */
const OURS = 'crossfade'
const LIMIT = 16

function entriesOf(object: KubeObject): readonly Json[] {
  return list(record(asJson(object)['metadata'])['managedFields'])
}

/** Names and times only: the fields themselves are large. */
export function withNamesOfManagers(object: KubeObject): KubeObject {
  if (!('managedFields' in object.metadata)) return object
  const names = entriesOf(object)
    .slice(-LIMIT)
    .map(record)
    .map(one => ({ manager: text(one['manager']), time: text(one['time']) }))
  return fromJson({ ...asJson(object), metadata: { ...asJson(object.metadata), managedFields: names } })
}

/** The newest of the others who have written it. */
export function lastOther(object: KubeObject): string | undefined {
  const others = entriesOf(object)
    .map(record)
    .map(one => ({ manager: text(one['manager']), time: text(one['time']) }))
    .filter(({ manager }) => manager !== '' && manager !== OURS)
    .toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
  return others[0]?.manager
}
