// Whether a CustomResourceDefinition can be served: its name, its versions, and that every schema is
// structural.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { list, record, text } from '../../std/json-parts.ts'
import { patternProblem } from '../../std/regex.ts'
import { forbidden, invalid, notSupported, required } from './field-errors.ts'
import type { FieldProblem } from './field-errors.ts'
import { dns1035Label, dns1123Subdomain } from '../../kube/names.ts'
import { celProblem } from './cel/engine.ts'
import { subschemas } from './subschemas.ts'

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
    ...validateVersions(list(spec['versions'])),
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

function validateVersions(versions: readonly Json[]): readonly FieldProblem[] {
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
      const schema = record(version['schema'])['openAPIV3Schema']
      const schemaPath = `${isShared ? 'spec.validation' : `${path}.schema`}.openAPIV3Schema`
      return [
        ...(problem === undefined ? [] : [invalid(`${path}.name`, name, problem)]),
        ...(schema === undefined
          ? [required(`${path}.schema.openAPIV3Schema`)]
          : validateSchema(record(schema), schemaPath, true)),
      ]
    }),
  ]
}

const FORBIDDEN = [
  'definitions',
  'dependencies',
  'deprecated',
  'discriminator',
  'id',
  'patternProperties',
  '$ref',
]

/** Every node has a type (or may be anything on purpose), and says one thing only. */
function validateSchema(schema: JsonObject, path: string, isRoot = false): readonly FieldProblem[] {
  const isAnything =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true
  const type = text(schema['type'])
  const { properties, additionalProperties, items } = schema
  return [
    ...(type === '' && !isAnything
      ? [
          required(
            `${path}.type`,
            isRoot ? 'must not be empty at the root' : 'must not be empty for specified object fields',
          ),
        ]
      : []),
    ...(isRoot && type !== '' && type !== 'object'
      ? [invalid(`${path}.type`, type, 'must be object at the root')]
      : []),
    ...FORBIDDEN.filter(field => schema[field] !== undefined).map(field =>
      forbidden(`${path}.${field}`, `${field} is not supported`),
    ),
    ...(schema['uniqueItems'] === true
      ? [
          forbidden(
            `${path}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(properties !== undefined && isJsonObject(additionalProperties)
      ? [
          forbidden(
            `${path}.additionalProperties`,
            'additionalProperties and properties are mutual exclusive',
          ),
        ]
      : []),
    ...(type === 'array' && items === undefined ? [required(`${path}.items`, 'must be specified')] : []),
    ...validatePattern(schema, path),
    ...validateListMarks(schema, path),
    ...validateRuleTexts(schema, path),
    ...subschemas(schema, path).flatMap(([one, at]) => validateSchema(one, at)),
  ]
}

function validatePattern(schema: JsonObject, path: string): readonly FieldProblem[] {
  const pattern = schema['pattern']
  if (typeof pattern !== 'string') return []
  const problem = patternProblem(pattern)
  if (problem === undefined) return []
  return [invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${problem}`)]
}

function validateListMarks(schema: JsonObject, path: string): readonly FieldProblem[] {
  const listType = schema['x-kubernetes-list-type']
  const keys = list(schema['x-kubernetes-list-map-keys'])
  if (listType === undefined) return []
  if (!['atomic', 'set', 'map'].includes(text(listType))) {
    return [notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map'])]
  }
  if (schema['type'] !== 'array') {
    return [invalid(`${path}.type`, text(schema['type']), 'must be array if x-kubernetes-list-type is set')]
  }
  if (listType !== 'map') return []
  if (keys.length === 0)
    return [
      required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'),
    ]
  const item = record(schema['items'])
  const needed = list(item['required'])
  return keys.flatMap((key, i) => {
    const property = record(record(item['properties'])[text(key)])
    if (needed.includes(key) || property['default'] !== undefined) return []
    const detail =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
    return [required(`${path}.items.properties[${text(keys[i])}].default`, detail)]
  })
}

function validateRuleTexts(schema: JsonObject, path: string): readonly FieldProblem[] {
  return list(schema['x-kubernetes-validations']).flatMap((one, i) => {
    const rule = text(record(one)['rule'])
    const at = `${path}.x-kubernetes-validations[${i}].rule`
    if (rule.trim() === '') return [required(at, 'rule is not specified')]
    const problem = celProblem({
      source: rule,
      isOldSelfOptional: record(one)['optionalOldSelf'] === true,
    })
    return problem?.kind === 'wrong' ? [invalid(at, rule, `compilation failed: ${problem.said}`)] : []
  })
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
