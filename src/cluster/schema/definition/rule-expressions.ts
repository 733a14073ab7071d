// Whether the expressions of a schema's rules compile, as far as this server can tell: by their grammar, and by the
// types that the schema gives their values.
import type { Json } from '../../../std/json.ts'
import { celProblem, celTree } from '../cel/engine.ts'
import type { Expression } from '../cel/engine.ts'
import { placeInSource, withOurNames } from '../cel/names.ts'
import { sourceError } from '../cel/source-errors.ts'
import { typeOfSchema } from '../cel/static-types.ts'
import type { CelType } from '../cel/static-types.ts'
import { usesVariable } from '../cel/tree.ts'
import { checkTypes } from '../cel/type-check.ts'
import { invalid } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import type { Structural, ValidationRule } from '../structural.ts'

interface Place {
  readonly isRoot: boolean
  /** The schema within which an old value can not be told, if this one is there. */
  readonly uncorrelatable: string | undefined
}

export function expressionProblems(schema: Structural, path: string, place: Place): readonly FieldProblem[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  const self = typeOfSchema(schema, 'selfType', place.isRoot)
  return rules.flatMap((rule, i) =>
    problemsOf(rule, `${path}.x-kubernetes-validations[${i}]`, { self, ...place }),
  )
}

function problemsOf(
  rule: ValidationRule,
  at: string,
  { self, uncorrelatable }: Place & { self: CelType },
): readonly FieldProblem[] {
  const isOldSelfOptional = rule.optionalOldSelf === true
  const oldSelf: CelType = isOldSelfOptional ? { kind: 'optional', of: self } : self
  const variables = new Map([['self', self] as const, ['oldSelf', oldSelf] as const])
  const expression = { source: rule.rule, isOldSelfOptional }
  const wrong = wrongIn(expression, variables, 'bool')
  const tree = celTree(expression)
  const usesOldSelf = wrong === undefined && tree !== undefined && usesVariable(tree, 'oldSelf')
  const message = rule.messageExpression ?? ''
  const wrongMessage =
    wrong === undefined && message.trim() !== ''
      ? wrongIn({ source: message, isOldSelfOptional }, variables, 'string')
      : undefined
  return [
    ...(wrong === undefined ? [] : [invalid(`${at}.rule`, shown(rule), wrong)]),
    ...(wrongMessage === undefined
      ? []
      : [invalid(`${at}.messageExpression`, shown(rule), `messageExpression ${wrongMessage}`)]),
    ...(usesOldSelf && uncorrelatable !== undefined
      ? [invalid(`${at}.rule`, rule.rule, `${UNCORRELATABLE} ${uncorrelatable}`)]
      : []),
    ...(!usesOldSelf && tree !== undefined && rule.optionalOldSelf !== undefined
      ? [
          invalid(
            `${at}.optionalOldSelf`,
            rule.optionalOldSelf,
            'may not be set if oldSelf is not used in rule',
          ),
        ]
      : []),
  ]
}

const UNCORRELATABLE = 'oldSelf cannot be used on the uncorrelatable portion of the schema within'

function wrongIn(
  expression: Expression,
  variables: ReadonlyMap<string, CelType>,
  wanted: 'bool' | 'string',
): string | undefined {
  const { source } = expression
  const problem = celProblem(expression)
  if (problem?.kind === 'wrong') return `compilation failed: ${problem.said}`
  const tree = celTree(expression)
  if (!tree) return undefined
  const { type, problems } = checkTypes(tree, withOurNames(source), variables)
  if (problems.length > 0) {
    const told = problems.map(({ at, said }) => sourceError(source, placeInSource(source, at), said))
    return `compilation failed: ${told.join('\n')}`
  }
  if (type.kind === 'dyn' || type.kind === wanted) return undefined
  return wanted === 'bool' ? 'cel expression must evaluate to a bool' : 'must evaluate to a string'
}

/** A rule as Go prints it. */
function shown(rule: ValidationRule): Json {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  }
}
