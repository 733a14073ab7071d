// Label and field selectors.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meetsFields, parseFieldSelector, parseSelector } from './selector-text.ts'
import { matches, meets, printRequirement, printSelector, type Labels, type Requirement } from './selector.ts'

function selects(text: string, labels: Labels): boolean {
  const parsed = parseSelector(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return meets(parsed, labels)
}

describe('a label selector as text', () => {
  const labels = { app: 'demo', tier: 'a', size: '7', empty: '' }
  test.each([
    ['', true],
    ['app=demo', true],
    ['app==demo,tier=b', false],
    ['app != other', true],
    ['missing!=x', true],
    ['tier in (a, b)', true],
    ['tier notin (a,b)', false],
    ['missing notin (a)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['size>6', true],
    ['size<6', false],
    ['empty=', true],
    ['empty in (,x)', true],
    ['in in (in)', false],
    ['a.example/in', false],
  ])('%j selects: %s', (text, expected) => expect(selects(text, labels)).toBe(expected))

  const shape =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
  // As a kube-apiserver 1.34 answers.
  test.each([
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b,', "unable to parse requirement: found '', expected: ',', or identifier"],
    ['a,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['-a', `unable to parse requirement: <nil>: Invalid value: "-a": name part ${shape}`],
    [
      'size>x',
      'unable to parse requirement: values[0]: Invalid value: "x": ' +
        "for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a===b', "unable to parse requirement: found '=', expected: identifier"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a ~ b', "unable to parse requirement: found '~', expected: in, notin, =, ==, !=, gt, lt"],
    ['A_b.c-d in (x),,b', "found ',', expected: identifier after ','"],
    ['a in (x) b', "found 'b', expected: ',' or 'end of string'"],
  ])('%j is refused as Kubernetes refuses it', (text, problem) =>
    expect(parseSelector(text)).toEqual({ problem }),
  )
  test.each(['a=-', 'a/b/c/=x', '/a', `${'a'.repeat(64)}`])('%j is refused', text =>
    expect(parseSelector(text)).toHaveProperty('problem'),
  )
  test.each(['a in ()', 'a notin(b)', 'a<3,b>2', 'a!='])('%j is understood', text =>
    expect(parseSelector(text)).not.toHaveProperty('problem'),
  )
})

describe('a label selector as an object', () => {
  test('selects what all its parts select; an empty one selects everything', () => {
    const selector = {
      matchLabels: { app: 'demo' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn' as const, values: ['b'] }],
    }
    expect(matches(selector, { app: 'demo' })).toBe(true)
    expect(matches(selector, { app: 'demo', tier: 'b' })).toBe(false)
    expect(matches(selector, undefined)).toBe(false)
    expect(matches({}, undefined)).toBe(true)
  })
  test('is printed with its keys in order', () => {
    const selector = {
      matchLabels: { b: '1', a: '2' },
      matchExpressions: [
        { key: 'c', operator: 'In' as const, values: ['y', 'x'] },
        { key: 'd', operator: 'DoesNotExist' as const },
      ],
    }
    expect(printSelector(selector)).toBe('a=2,b=1,c in (x,y),!d')
  })
})

const key = fc.constantFrom('app', 'tier', 'a.example/b')
const values = fc.uniqueArray(fc.constantFrom('x', 'y', 'z-1'), { minLength: 1, maxLength: 3 })
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
)

test('what is printed means the same when it is read again', () => {
  fc.assert(
    fc.property(
      fc.array(requirement, { maxLength: 4 }),
      fc.dictionary(key, fc.constantFrom('x', 'y', 'q'), { maxKeys: 3 }),
      (requirements, labels) => {
        const text = requirements.map(printRequirement).join(',')
        expect(selects(text, labels)).toBe(meets(requirements, labels))
      },
    ),
  )
})

describe('a field selector', () => {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': 'x',
    'status.phase': 'Running',
    odd: 'a,b',
  }
  test.each([
    ['', true],
    [',', true],
    ['metadata.name=x', true],
    ['metadata.name==y', false],
    ['metadata.name=x,status.phase!=Running', false],
    ['missing=', true],
    [String.raw`odd=a\,b`, true],
  ])('%j selects: %s', (text, expected) => {
    const parsed = parseFieldSelector(text)
    if ('problem' in parsed) throw new Error(parsed.problem)
    expect(meetsFields(parsed, field => fields[field] ?? '')).toBe(expected)
  })
  test.each([
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
    [String.raw`metadata.name=a\b`, String.raw`invalid field selector: invalid escape sequence: \b`],
  ])('%j is refused as Kubernetes refuses it', (text, problem) =>
    expect(parseFieldSelector(text)).toEqual({ problem }),
  )
})
