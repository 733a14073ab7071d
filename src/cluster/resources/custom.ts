// How the objects of a CustomResourceDefinition behave: one behaviour for each version that it serves.
import { asJson, fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { FieldProblem } from '../schema/field-errors.ts'
import { validateRules } from '../schema/rules.ts'
import { duplicateElements, validateStructural } from '../schema/structural-validation.ts'
import { readCustomResource } from '../schema/structural.ts'
import type { Structural } from '../schema/structural.ts'
import type { Behaviour, Hooks } from './behaviour.ts'
import { list, record, text, withFields } from '../../std/json-parts.ts'
import type { PrinterColumn, ServedKind } from './resources.ts'
import { replicasProblems, valueAt } from './scale-paths.ts'
import type { ScalePaths } from './scale-paths.ts'

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** The versions that a definition serves, the stored one first. */
export function customBehaviours(definition: JsonObject): readonly Behaviour[] {
  const versions = list(record(definition['spec'])['versions']).map(record)
  const stored = versions.find(one => one['storage'] === true)
  const storedVersion = `${text(record(definition['spec'])['group'])}/${text(stored?.['name'])}`
  return versions
    .filter(one => one['served'] === true)
    .toSorted((a, b) => Number(b['storage'] === true) - Number(a['storage'] === true))
    .map(one => behaviourOf(definition, one, storedVersion))
}

function behaviourOf(definition: JsonObject, version: JsonObject, storedVersion: string): Behaviour {
  const storedIn = storedVersion.slice(storedVersion.indexOf('/') + 1)
  const kind = { ...servedKind(definition, version), storedIn }
  const schema = schemaOf(version)
  const apiVersion = `${kind.group}/${kind.version}`
  return {
    kind,
    resource: `${kind.group}/${kind.plural}`,
    decode: body => readCustomResource(schema, body),
    show: object => withApiVersion(object, apiVersion),
    keep: object =>
      object['apiVersion'] === storedVersion ? object : { ...object, apiVersion: storedVersion },
    hooks: hooksOf(kind, version, schema),
  }
}

const shown = new WeakMap<KubeObject, Map<string, KubeObject>>()

/** Versions differ in name only; each view of an object is made once, so that its bytes are too. */
function withApiVersion(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object
  const views = shown.get(object) ?? new Map<string, KubeObject>()
  shown.set(object, views)
  const known = views.get(apiVersion)
  if (known) return known
  const made = { ...object, apiVersion }
  views.set(apiVersion, made)
  return made
}

function schemaOf(version: JsonObject): Structural | undefined {
  const schema = record(version['schema'])['openAPIV3Schema']
  return isJsonObject(schema) ? (schema as unknown as Structural) : undefined
}

function servedKind(definition: JsonObject, version: JsonObject): ServedKind {
  const spec = record(definition['spec'])
  const names = record(record(definition['status'])['acceptedNames'])
  const given = record(spec['names'])
  const group = text(spec['group'])
  const name = text(version['name'])
  const kind = text(names['kind']) || text(given['kind'])
  const subresources = record(version['subresources'])
  const own = { group, version: name, kind }
  const verbs = ['get', 'patch', 'update']
  return {
    ...own,
    plural: text(given['plural']),
    singular: text(names['singular']) || text(given['singular']),
    listKind: text(names['listKind']) || `${kind}List`,
    namespaced: spec['scope'] === 'Namespaced',
    statusSubresource: subresources['status'] !== undefined,
    shortNames: list(names['shortNames'] ?? given['shortNames']).map(text),
    categories: list(names['categories'] ?? given['categories']).map(text),
    verbs: VERBS,
    subresources: [
      ...(subresources['status'] === undefined ? [] : [{ name: 'status', responseKind: own, verbs }]),
      ...(subresources['scale'] === undefined
        ? []
        : [{ name: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs }]),
    ],
    ...(Array.isArray(version['additionalPrinterColumns'])
      ? { columns: version['additionalPrinterColumns'] as unknown as readonly PrinterColumn[] }
      : {}),
    schema: (record(version['schema'])['openAPIV3Schema'] ?? null) as Json,
    custom: true,
  }
}

function hooksOf(kind: ServedKind, version: JsonObject, schema: Structural | undefined): Hooks {
  const scale = record(version['subresources'])['scale']
  const paths = isJsonObject(scale) ? (scale as unknown as ScalePaths) : undefined
  const fields = list(version['selectableFields']).map(one => text(record(one)['jsonPath']))
  return {
    needsVersion: true,
    bumpsGeneration: (object, old) => !equal(wantedPart(kind, object), wantedPart(kind, old)),
    prepareStatus: (object, old) => withFields(old, { status: object['status'] }),
    validate: (object, old, subresource) => validate(schema, paths, { object, old, subresource }),
    ...(paths ? { scale: paths } : {}),
    ...(fields.length > 0
      ? {
          fields: (object: JsonObject) =>
            Object.fromEntries(fields.map(path => [path.replace(/^\./, ''), printed(valueAt(object, path))])),
        }
      : {}),
  }
}

/** What users ask for: all but metadata, and but status where it has a place of its own. */
function wantedPart(kind: ServedKind, object: JsonObject): JsonObject {
  return withFields(object, {
    metadata: undefined,
    ...(kind.statusSubresource ? { status: undefined } : {}),
  })
}

function printed(value: Json | undefined): string {
  return value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
}

function validate(
  schema: Structural | undefined,
  scale: ScalePaths | undefined,
  { object, old, subresource }: { object: JsonObject; old: JsonObject | undefined; subresource: string },
): readonly FieldProblem[] {
  const body = withFields(object, { metadata: undefined })
  const before = old && withFields(old, { metadata: undefined })
  const shape = schema ? validateStructural(withoutHead(schema), body, { path: '', old: before }) : []
  const counts = scale ? replicasProblems(scale, object, subresource) : []
  const twice = schema && !(before && equal(body, before)) ? duplicateElements(schema, body, '') : []
  const earlier = [...shape, ...counts, ...twice]
  const rules = schema ? validateRules(schema, asJson(fromJson(object)), { old, earlier: shape }) : []
  return [...earlier, ...rules]
}

const headless = new WeakMap<Structural, Structural>()

/** `metadata` is checked as metadata, not by what a definition says of it. */
function withoutHead(schema: Structural): Structural {
  const known = headless.get(schema)
  if (known) return known
  const { metadata: _, ...properties } = schema.properties ?? {}
  const required = schema.required?.filter(name => name !== 'metadata')
  const made: Structural = { ...schema, properties, ...(required ? { required } : {}) }
  headless.set(schema, made)
  return made
}
