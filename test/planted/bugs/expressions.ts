// Bugs of the expression language and of the judge: what would let a bad version through, or hold everything up.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { EXPRESSION } from '../rooms.ts'

export const EXPRESSION_BUGS: readonly Bug[] = [
  ...inFile('src/analysis/judge.ts', EXPRESSION, [
    {
      name: 'a measurement that fails is good when its success condition holds, too',
      find: "if (isBad === true) return 'Failed'",
      replace: "if (isBad === true && isGood !== true) return 'Failed'",
    },
    {
      name: 'a condition without data is evaluated as if it had some',
      find: '${isEmpty ? NO_DATA : wrong}',
      replace: '${isMissing ? NO_DATA : wrong}',
    },
  ]),
  ...inFile('src/lang/expression/go-integers.ts', EXPRESSION, [
    {
      name: 'a large sum is rounded',
      find: 'if (Number.isSafeInteger(sum)) return sum',
      replace: 'if (Number.isInteger(sum)) return sum',
    },
  ]),
  ...inFile('src/lang/expression/compile/walk.ts', EXPRESSION, [
    {
      name: 'loops in loops go on for ever',
      find: 'this.machine.spend(cost)',
      replace: 'this.machine.spend(0)',
    },
    {
      name: 'behind an inner predicate its element stays that of the outer one',
      find: 'this.machine.scope = this.scope.outer',
      replace: 'this.machine.scope = this.scope',
    },
  ]),
  ...inFile('src/lang/expression/budget.ts', EXPRESSION, [
    {
      name: 'a text may grow without end',
      find: 'if (text.length > TEXT_MAX)',
      replace: 'if (text.length < 0)',
    },
  ]),
  ...inFile('src/lang/expression/syntax/parser.ts', EXPRESSION, [
    {
      name: 'an expression of any size is read',
      find: 'if (this.nodes > NODES_MAX)',
      replace: 'if (this.nodes < 0)',
    },
  ]),
  ...inFile('src/lang/expression/run/fetch.ts', EXPRESSION, [
    {
      name: 'a result has what every JavaScript object has',
      find: 'return Object.hasOwn(of, name) ? (of[name] ?? null) : null',
      replace: 'return of[name] ?? null',
    },
  ]),
  ...inFile('src/lang/expression/check/checker.ts', EXPRESSION, [
    {
      name: 'what a function that nobody knows is given is looked at',
      find: 'if (isUnknown(callee)) return UNKNOWN',
      replace: 'if (isUnknown(callee)) for (const arg of node.args) yield this.visit(arg)',
    },
  ]),
  ...inFile('src/lang/expression/check/calls.ts', EXPRESSION, [
    {
      name: 'a mistake further on is told before the first',
      find: 'const type = (yield args.type(at)) as GoType',
      replace: 'const type = ((yield args.all()) as readonly GoType[])[at] ?? UNKNOWN',
    },
  ]),
  ...inFile('src/lang/expression/syntax/escapes.ts', EXPRESSION, [
    {
      name: 'bytes are given the bytes of a character by its number',
      find: 'bytes.push(isByte ? code : meaningless())',
      replace: 'bytes.push(...(isByte ? [code] : toBytes(character(code))))',
    },
  ]),
  ...inFile('src/lang/expression/run/power.ts', EXPRESSION, [
    {
      name: 'powers are reckoned as JavaScript does',
      find: 'if (special !== undefined) return special',
      replace: 'return special ?? base ** exponent',
    },
  ]),
  ...inFile('src/lang/expression/run/machine.ts', EXPRESSION, [
    {
      name: 'an element of a map is an empty map',
      find: 'return element === OF_A_MAP ?',
      replace: 'return element === undefined ?',
    },
  ]),
  ...inFile(
    'src/lang/json-path-results.ts',
    ['src/lang/json-path-results.test.ts'],
    [
      {
        name: 'a range without an end swallows what is left',
        find: 'i = end ?? i',
        replace: 'i = end ?? nodes.length',
      },
    ],
  ),
  ...inFile('src/lang/expression/compile/optimise.ts', EXPRESSION, [
    {
      name: 'what is no text is sought among texts',
      find: 'if (texts.includes(undefined)) return node',
      replace: 'if (texts.length > 0) return node',
    },
  ]),
]
