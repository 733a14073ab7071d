// Whether a schema takes its own defaults: one that it does not take would refuse every object later.
import { record } from '../../../std/json-parts.ts'
import { invalid } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { validateRules } from '../rules.ts'
import { unknownFields } from '../structural.ts'
import type { Structural } from '../structural.ts'
import { validateStructural } from '../structural-validation.ts'

const HEAD: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/** `isResource`: the fields that every object has are its own, and are not looked at here. */
export function defaultProblems(
  schema: Structural,
  path: string,
  isResource: boolean,
): readonly FieldProblem[] {
  const properties = Object.entries(record(schema.properties) as NonNullable<Structural['properties']>)
  return [
    ...ownProblems(schema, `${path}.default`),
    ...(schema.items ? defaultProblems(schema.items, `${path}.items`, isEmbedded(schema.items)) : []),
    ...properties
      .filter(([field]) => !(isResource && HEAD.has(field)))
      .flatMap(([field, one]) => defaultProblems(one, `${path}.properties[${field}]`, isEmbedded(one))),
  ]
}

function isEmbedded(schema: Structural): boolean {
  return schema['x-kubernetes-embedded-resource'] === true
}

function ownProblems(schema: Structural, path: string): readonly FieldProblem[] {
  const value = schema.default
  if (value === undefined || value === null) return []
  const unknown = unknownFields(schema, value)
  // Kubernetes leaves the way to a default out of the messages, and puts it before the paths.
  const shape = validateStructural(schema, value, { path: '' }).map(problem => ({
    ...problem,
    path: problem.path === '' || problem.path === '<nil>' ? path : `${path}.${problem.path}`,
  }))
  return [
    ...(unknown.length > 0 ? [invalid(path, value, 'must not have unknown fields')] : []),
    ...(shape.length > 0 ? shape : validateRules(schema, value, { path, old: undefined, earlier: [] })),
  ]
}
