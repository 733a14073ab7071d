// Names, labels, annotations and the rest of metadata: what may stand there, and what a write may change of
// it.
import type { Json, JsonObject } from '../../std/json.ts'
import { list, record, text, withFields } from '../../std/json-parts.ts'
import { forbidden, invalid, required } from '../schema/field-errors.ts'
import type { FieldProblem } from '../schema/field-errors.ts'
import { dns1123Subdomain, labelValue, qualifiedName } from '../../kube/names.ts'
import type { Behaviour } from './behaviour.ts'

const ANNOTATIONS_MAX_BYTES = 256 * 1024

export function metaOf(object: JsonObject): JsonObject {
  const meta = object['metadata']
  return record(meta)
}

/** The object with some of its metadata replaced; `undefined` takes a field away. */
export function withMeta(
  object: JsonObject,
  changes: { readonly [field: string]: Json | undefined },
): JsonObject {
  return { ...object, metadata: withFields(metaOf(object), changes) }
}

export function validateMetadata(object: JsonObject, behaviour: Behaviour): readonly FieldProblem[] {
  const meta = metaOf(object)
  const validName = behaviour.hooks.validateName ?? dns1123Subdomain
  const name = text(meta['name'])
  const nameProblem = name === '' ? undefined : validName(name)
  const generateName = text(meta['generateName'])
  const generateProblem = generateName === '' ? undefined : validName(generateName.replace(/-$/, 'a'))
  return [
    ...(generateProblem === undefined
      ? []
      : [invalid('metadata.generateName', generateName, generateProblem)]),
    ...(name === '' ? [required('metadata.name', 'name or generateName is required')] : []),
    ...(nameProblem === undefined ? [] : [invalid('metadata.name', name, nameProblem)]),
    ...validateLabels(meta['labels'], 'metadata.labels'),
    ...validateAnnotations(meta['annotations'], 'metadata.annotations'),
    ...validateOwners(meta['ownerReferences']),
    ...validateFinalizers(meta['finalizers'], behaviour.kind.custom),
  ]
}

function validateLabels(labels: Json | undefined, path: string): readonly FieldProblem[] {
  return Object.entries(record(labels)).flatMap(([key, value]) => {
    const keyProblem = qualifiedName(key)
    const valueProblem = labelValue(text(value))
    return [
      ...(keyProblem === undefined ? [] : [invalid(path, key, keyProblem)]),
      ...(valueProblem === undefined ? [] : [invalid(path, text(value), valueProblem)]),
    ]
  })
}

function validateAnnotations(annotations: Json | undefined, path: string): readonly FieldProblem[] {
  const entries = Object.entries(record(annotations))
  const size = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(text(value)),
    0,
  )
  const keyProblems = entries.flatMap(([key]) => {
    const problem = qualifiedName(key.toLowerCase())
    return problem === undefined ? [] : [invalid(path, key, problem)]
  })
  if (size <= ANNOTATIONS_MAX_BYTES) return keyProblems
  const message = `Too long: may not be more than ${ANNOTATIONS_MAX_BYTES} bytes`
  return [...keyProblems, { type: 'TooLong', path, message }]
}

function validateOwners(owners: Json | undefined): readonly FieldProblem[] {
  const path = 'metadata.ownerReferences'
  const problems = list(owners).flatMap(one =>
    (['apiVersion', 'kind', 'name', 'uid'] as const).flatMap(field => {
      if (text(record(one)[field]) !== '') return []
      const detail = field === 'apiVersion' ? 'version must not be empty' : 'must not be empty'
      return [invalid(`${path}.${field}`, '', detail)]
    }),
  )
  const controllers = list(owners).filter(one => record(one)['controller'] === true)
  if (controllers.length < 2) return problems
  const [first, second] = controllers.map(one => `${text(record(one)['kind'])}/${text(record(one)['name'])}`)
  const detail =
    'Only one reference can have Controller set to true. ' +
    `Found "true" in references for ${first} and ${second}`
  return [...problems, invalid(path, owners, detail)]
}

const STANDARD_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

/** Built-in kinds take only finalizers that say whose they are. */
function validateFinalizers(finalizers: Json | undefined, isCustom: boolean): readonly FieldProblem[] {
  const names = list(finalizers).map(text)
  const problems = names.flatMap((name, i) => {
    const problem = qualifiedName(name)
    const isFree = isCustom || STANDARD_FINALIZERS.has(name) || name.includes('/')
    const detail = 'name is neither a standard finalizer name nor is it fully qualified'
    return [
      ...(problem === undefined ? [] : [invalid('metadata.finalizers', name, problem)]),
      ...(isFree ? [] : [invalid(`metadata.finalizers[${i}]`, name, detail)]),
    ]
  })
  if (!names.includes('orphan') || !names.includes('foregroundDeletion')) return problems
  const detail = 'finalizer orphan and foregroundDeletion cannot be both set'
  return [...problems, invalid('metadata.finalizers', names, detail)]
}

/** What an update may not do to metadata. */
export function validateMetadataUpdate(object: JsonObject, old: JsonObject): readonly FieldProblem[] {
  const before = metaOf(old)
  if (before['deletionTimestamp'] === undefined) return []
  const known = new Set(list(before['finalizers']))
  const added = list(metaOf(object)['finalizers']).filter(one => !known.has(one))
  if (added.length === 0) return []
  const names = added.map(one => JSON.stringify(one)).join(', ')
  const detail =
    'no new finalizers can be added if the object is being deleted, ' +
    `found new finalizers []string{${names}}`
  return [forbidden('metadata.finalizers', detail)]
}
