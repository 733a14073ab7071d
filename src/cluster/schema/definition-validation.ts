// Whether a CustomResourceDefinition can be served: its name, its versions, and their schemas.
import { equal } from '../../std/equal.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { list, record, text } from '../../std/json-parts.ts'
import { invalid, notSupported, required } from './field-errors.ts'
import type { FieldProblem } from './field-errors.ts'
import { dns1035Label, dns1123Subdomain } from '../../kube/names.ts'
import { validateSchema } from './definition/schema-validation.ts'

const PROTECTED_GROUP = /(^|\.)(k8s|kubernetes)\.io$/
const APPROVED = 'api-approved.kubernetes.io'
const PROTECTED =
  `protected groups must have approval annotation "${APPROVED}", see ` +
  'https://github.com/kubernetes/enhancements/pull/1111'

export function validateDefinition(
  definition: JsonObject,
  old: JsonObject | undefined,
): readonly FieldProblem[] {
  const spec = record(definition['spec'])
  const metadata = record(definition['metadata'])
  const group = text(spec['group'])
  const plural = text(record(spec['names'])['plural'])
  const name = `${plural}.${group}`
  const isNameRight = text(metadata['name']) === name
  const needsApproval = PROTECTED_GROUP.test(group) && text(record(metadata['annotations'])[APPROVED]) === ''
  return [
    ...(isNameRight
      ? []
      : [invalid('metadata.name', metadata['name'], 'must be spec.names.plural+"."+spec.group')]),
    ...(needsApproval ? [required(`metadata.annotations[${APPROVED}]`, PROTECTED)] : []),
    ...validateGroup(group),
    ...validateScope(spec),
    ...validateNames(record(spec['names'])),
    ...validateVersions(list(spec['versions']), list(record(old?.['spec'])['versions'])),
    ...(old ? validateChange(spec, record(old['spec'])) : []),
  ]
}

function validateGroup(group: string): readonly FieldProblem[] {
  if (group === '') return [required('spec.group')]
  const problem = dns1123Subdomain(group)
  if (problem !== undefined) return [invalid('spec.group', group, problem)]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function validateScope(spec: JsonObject): readonly FieldProblem[] {
  const scope = text(spec['scope'])
  if (scope === '') return [required('spec.scope')]
  return scope === 'Cluster' || scope === 'Namespaced'
    ? []
    : [notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])]
}

function validateNames(names: JsonObject): readonly FieldProblem[] {
  const check = (field: string, value: string) => {
    if (value === '') return [required(`spec.names.${field}`)]
    const isKind = field === 'kind' || field === 'listKind'
    const problem = dns1035Label(isKind ? value.toLowerCase() : value)
    const detail = isKind ? `may have mixed case, but should otherwise match: ${problem}` : problem
    return problem === undefined ? [] : [invalid(`spec.names.${field}`, value, detail as string)]
  }
  const fields = ['plural', 'singular', 'kind', 'listKind'] as const
  const problems = fields.flatMap(field => check(field, text(names[field])))
  const isTwice = text(names['kind']) !== '' && text(names['kind']) === text(names['listKind'])
  return isTwice
    ? [
        ...problems,
        invalid('spec.names.listKind', names['listKind'], 'kind and listKind may not be the same'),
      ]
    : problems
}

function validateVersions(versions: readonly Json[], old: readonly Json[]): readonly FieldProblem[] {
  const stored = versions.filter(one => record(one)['storage'] === true).length
  const names = versions.map(one => text(record(one)['name']))
  const schemas = versions.map(one => JSON.stringify(record(one)['schema']))
  // Versions that share a schema are checked as one, under the name that it had before versions had their own.
  const isShared = new Set(schemas).size === 1
  const twice = new Set(names).size < names.length
  return [
    ...(stored === 1
      ? []
      : [invalid('spec.versions', versions, 'must have exactly one version marked as storage version')]),
    ...(twice ? [invalid('spec.versions', versions, 'must contain unique version names')] : []),
    ...versions.flatMap((one, i) => {
      const version = record(one)
      const path = `spec.versions[${i}]`
      const name = text(version['name'])
      const problem = dns1035Label(name)
      const schema = schemaOf(version)
      // What was accepted once is not held against a change of something else.
      const before = schemaOf(old.map(record).find(other => other['name'] === name) ?? {})
      const schemaPath = `${isShared ? 'spec.validation' : `${path}.schema`}.openAPIV3Schema`
      return [
        ...(problem === undefined ? [] : [invalid(`${path}.name`, name, problem)]),
        ...(schema === undefined
          ? [required(`${path}.schema.openAPIV3Schema`)]
          : equal(schema, before)
            ? []
            : validateSchema(record(schema), schemaPath)),
      ]
    }),
  ]
}

function schemaOf(version: JsonObject): Json | undefined {
  return record(version['schema'])['openAPIV3Schema']
}

function validateChange(spec: JsonObject, old: JsonObject): readonly FieldProblem[] {
  const kept = [
    ['spec.group', spec['group'], old['group']],
    ['spec.scope', spec['scope'], old['scope']],
    ['spec.names.plural', record(spec['names'])['plural'], record(old['names'])['plural']],
    ['spec.names.kind', record(spec['names'])['kind'], record(old['names'])['kind']],
  ] as const
  return kept
    .filter(([, now, before]) => now !== before)
    .map(([path, now]) => invalid(path, now, 'field is immutable'))
}
