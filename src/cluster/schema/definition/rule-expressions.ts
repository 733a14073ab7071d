// Whether the expressions of a schema's rules compile.
import { celProblem } from '../cel/engine.ts'
import { invalid, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import type { Structural } from '../structural.ts'

export function expressionProblems(schema: Structural, path: string): readonly FieldProblem[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    if (rule.rule.trim() === '')
      return [required(`${path}.x-kubernetes-validations[${i}].rule`, 'rule is not specified')]
    const problem = celProblem({ source: rule.rule, isOldSelfOptional: rule.optionalOldSelf === true })
    if (problem?.kind !== 'wrong') return []
    const at = `${path}.x-kubernetes-validations[${i}].rule`
    return [invalid(at, rule.rule, `compilation failed: ${problem.said}`)]
  })
}
