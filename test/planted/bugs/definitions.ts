// Bugs of what a definition may say: its schemas, their defaults, and the rules that it puts on objects.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { CEL } from '../rooms.ts'

const DEFINITION = 'src/cluster/schema/definition'

export const DEFINITION_BUGS: readonly Bug[] = [
  ...inFile(`${DEFINITION}/schema-validation.ts`, CEL, [
    {
      name: 'a type that JSON has not is stored',
      find: "if (type !== '' && !TYPES.includes(type))",
      replace: "if (type === 'null')",
    },
    {
      name: 'an object has fields and keys',
      find: 'Object.keys(properties).length > 0 && !isOpen',
      replace: 'Object.keys(properties).length > 0 && additionalProperties === false',
    },
  ]),
  ...inFile(`${DEFINITION}/defaults.ts`, CEL, [
    {
      name: 'the defaults of elements are not looked at',
      find: '...(schema.items ? ',
      replace: '...(schema.items?.items ? ',
    },
  ]),
  ...inFile(`${DEFINITION}/rule-expressions.ts`, CEL, [
    {
      name: 'a rule may answer with a number',
      find: "if (type.kind === 'dyn' || type.kind === wanted) return undefined",
      replace: "if (type.kind !== 'string' || type.kind === wanted) return undefined",
    },
  ]),
  ...inFile('src/cluster/schema/cel/type-check.ts', CEL, [
    {
      name: 'has() of a field that is not there is believed',
      find: "if (theirs === 'has' && first?.op === '.') {",
      replace: "if (theirs === 'has') {\n      return BOOL\n    }\n    if (first?.op === 'has') {",
    },
  ]),
  ...inFile('src/cluster/schema/cel/environment.ts', CEL, [
    {
      name: 'any two optional values are equal',
      find: 'isSame(a.value(), b.value()) : a.hasValue()',
      replace: 'true : a.hasValue()',
    },
  ]),
]
