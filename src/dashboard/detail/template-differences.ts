// Where two pod templates differ, a line a field: lists whose entries have names are compared by name.
import { list, record, text } from '../../std/json-parts.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'

const LINES_MAX = 50
const VALUE_MAX = 200

/** `spec.containers[web].image: shop:v1 -> shop:v2`. */
export function templateDifferences(before: Json | undefined, after: Json | undefined): readonly string[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter(path => !path.endsWith(POD_TEMPLATE_HASH))
  const lines = paths
    .filter(path => old.get(path) !== now.get(path))
    .map(path => `${path}: ${shown(old.get(path))} -> ${shown(now.get(path))}`)
  const more = lines.length - LINES_MAX
  return more > 0 ? [...lines.slice(0, LINES_MAX), `and ${more} more`] : lines
}

function shown(value: string | undefined): string {
  if (value === undefined) return '(none)'
  return value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)} …` : value
}

/** Each leaf by its path. */
function fieldsOf(template: Json | undefined): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>()
  const pending: (readonly [path: string, value: Json])[] = [['', template ?? {}]]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const [path, value] = at
    if (isJsonObject(value))
      for (const [name, part] of Object.entries(record(value)))
        pending.push([path === '' ? name : `${path}.${name}`, part])
    else if (Array.isArray(value))
      for (const [i, part] of list(value).entries())
        pending.push([`${path}[${text(record(part)['name']) || i}]`, part])
    else leaves.set(path, String(value))
  }
  return new Map([...leaves].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
