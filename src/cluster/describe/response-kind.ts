// The kind with which a subresource answers; tables leave group and version empty where they are the resource's own.
import type { ServedKind } from '../resources/resources.ts'

type Part = ServedKind['subresources'][number]

export function responseKindOf(kind: ServedKind, { responseKind }: Part): Part['responseKind'] {
  const { group, version } = responseKind.version === '' ? kind : responseKind
  return { group, version, kind: responseKind.kind }
}
