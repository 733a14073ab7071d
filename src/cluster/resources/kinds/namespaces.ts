// Namespaces: a label with their name, the finalizer that empties them, and a phase.
import type { JsonObject } from '../../../std/json.ts'
import { dns1123Label } from '../../../kube/names.ts'
import type { Hooks } from '../behaviour.ts'
import { metaOf, withMeta } from '../metadata.ts'
import { list, record, text, withFields } from '../../../std/json-parts.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'

function withNameLabel(namespace: JsonObject): JsonObject {
  const meta = metaOf(namespace)
  return withMeta(namespace, { labels: { ...record(meta['labels']), [NAME_LABEL]: text(meta['name']) } })
}

export const namespaces: Hooks = {
  validateName: dns1123Label,
  fields: namespace => ({ 'status.phase': text(record(namespace['status'])['phase']) }),
  prepareCreate(namespace) {
    const finalizers = list(record(namespace['spec'])['finalizers'])
    const all = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
    return withFields(withNameLabel(namespace), { spec: { finalizers: all }, status: { phase: 'Active' } })
  },
  prepareUpdate: (namespace, old) =>
    withFields(withNameLabel(namespace), { spec: old['spec'], status: old['status'] }),
}
