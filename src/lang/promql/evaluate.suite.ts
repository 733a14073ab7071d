// An evaluation in one go: for tests, whose questions are short.
import type { Answer } from './answer.ts'
import { evaluation } from './evaluate.ts'
import type { Question } from './evaluate.ts'

export function evaluate(question: Question): Answer {
  const steps = evaluation(question)
  for (let next = steps.next(); ; next = steps.next()) if (next.done === true) return next.value
}
