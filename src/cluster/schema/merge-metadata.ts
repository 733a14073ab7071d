// How the fields of built-in types merge: which lists are keyed, which are sets, what is one piece.
import { KUBERNETES_TYPES } from '../../kube/go-print.ts'
import table from '../describe/openapi/merge-metadata.json' with { type: 'json' }

interface MergeMetadata {
  /** Strategic merge: `merge`, `replace`, `retainKeys`, or two of them. */
  readonly patch?: string
  /** Strategic merge: the field by which elements of a list are the same. */
  readonly mergeKey?: string
  /** Server-side apply. */
  readonly listType?: string
  readonly keys?: readonly string[]
  readonly mapType?: string
}

export interface MergedField extends MergeMetadata {
  /** The type of the value, or of each element, when it is a struct. */
  readonly type: string | undefined
}

const metadata = table as Readonly<Record<string, MergeMetadata>>
const known = new Map<string, ReadonlyMap<string, MergedField>>()
const NOTHING: MergedField = { type: undefined }

/** How a field of a type merges. Fields that the type does not have are replaced as a whole. */
export function mergedField(type: string | undefined, field: string): MergedField {
  return type === undefined ? NOTHING : (fieldsOf(type).get(field) ?? NOTHING)
}

function fieldsOf(type: string): ReadonlyMap<string, MergedField> {
  const found = known.get(type)
  if (found) return found
  const fields = new Map<string, MergedField>()
  for (const [name, of, , flags] of KUBERNETES_TYPES[type] ?? []) {
    if (flags.includes('i')) for (const [inner, one] of fieldsOf(of)) fields.set(inner, one)
    else
      fields.set(name, {
        ...metadata[`${openApiName(type)}.${name}`],
        type: of in KUBERNETES_TYPES ? of : undefined,
      })
  }
  known.set(type, fields)
  return fields
}

function openApiName(type: string): string {
  return `io.k8s.${type.replace('apiextensions_apiserver', 'apiextensions-apiserver')}`
}
