// Rules of a definition that this server's CEL engine does not compile: named by a warning when the definition
// is stored, and not asked of its objects.
import type { JsonObject } from '../../std/json.ts'
import { list, record, text } from '../../std/json-parts.ts'
import { celProblem } from './cel/engine.ts'
import type { Expression } from './cel/engine.ts'
import { subschemas } from './subschemas.ts'

/** As many as a client is told one by one. */
const TOLD_MAX = 10

export function lackingRules(definition: JsonObject): readonly string[] {
  const found = list(record(definition['spec'])['versions']).flatMap((version, i) =>
    lackingIn(
      record(record(record(version)['schema'])['openAPIV3Schema']),
      `spec.versions[${i}].schema.openAPIV3Schema`,
    ),
  )
  if (found.length <= TOLD_MAX) return found
  return [
    ...found.slice(0, TOLD_MAX),
    `and ${found.length - TOLD_MAX} more rules are not checked by this server`,
  ]
}

function lackingIn(schema: JsonObject, path: string): readonly string[] {
  return [
    ...list(schema['x-kubernetes-validations']).flatMap((rule, i) =>
      ['rule', 'messageExpression'].flatMap(field =>
        said(`${path}.x-kubernetes-validations[${i}].${field}`, {
          source: text(record(rule)[field]),
          isOldSelfOptional: record(rule)['optionalOldSelf'] === true,
        }),
      ),
    ),
    ...subschemas(schema, path).flatMap(([one, at]) => lackingIn(one, at)),
  ]
}

function said(path: string, expression: Expression): readonly string[] {
  const problem = expression.source.trim() === '' ? undefined : celProblem(expression)
  return problem?.kind === 'lacking'
    ? [`${path}: not checked, since this server's CEL engine does not compile it: ${problem.said}`]
    : []
}
