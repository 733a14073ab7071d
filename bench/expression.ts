// How many conditions are judged in a second: a compiled one alone, and a measurement's whole verdict.
//   npm run script -- bench/expression.ts
import { judge } from '../src/analysis/judge.suite.ts'
import { conditionEnvironment } from '../src/lang/expression/environment.ts'
import { readExpression } from '../src/lang/expression/expression.ts'
import { FLOATS } from '../src/lang/expression/go-types.ts'
import { floats } from '../src/lang/expression/typed.ts'

const NEED = 1_000_000
const TIMES = 2_000_000
const ROUNDS = 5

function best(work: () => void): number {
  let most = 0
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now()
    for (let time = 0; time < TIMES; time++) work()
    most = Math.max(most, TIMES / ((performance.now() - from) / 1000))
  }
  return Math.round(most)
}

const CONDITION = 'result[0] >= 0.95'
const result = floats([0.97, 0.2])
const read = readExpression(CONDITION, conditionEnvironment(FLOATS))
if ('problem' in read) throw new Error(read.problem)
const expression = read.value

const evaluations = best(() => void expression.evaluate(result.value, 0))
const verdicts = best(() => void judge({ successCondition: CONDITION }, result, 0))
const [got, wanted] = [evaluations, NEED].map(value => value.toLocaleString('en'))
console.log(`${CONDITION}: ${got} evaluations a second, at least ${wanted} wanted`)
console.log(`the verdict on a measurement: ${verdicts.toLocaleString('en')} a second`)
if (evaluations < NEED) process.exitCode = 1
