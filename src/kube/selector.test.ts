// Label and field selectors.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  matches,
  meets,
  meetsFields,
  parseFieldSelector,
  parseSelector,
  printRequirement,
  printSelector,
  type Labels,
  type Requirement,
} from './selector.ts'

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

  test.each([
    '=x',
    'a=b=c',
    'a in b',
    'a in (b',
    'a,',
    ',a',
    'a b',
    '-a',
    'a=-',
    'a/b/c/=x',
    'size>x',
    '!',
    'a in (b c)',
  ])('%j is refused', text => expect(parseSelector(text)).toHaveProperty('problem'))
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
  const fields = { 'metadata.name': 'x', 'status.phase': 'Running', odd: 'a,b' }
  test.each([
    ['metadata.name=x', true],
    ['metadata.name==y', false],
    ['metadata.name=x,status.phase!=Running', false],
    ['missing=', true],
    [String.raw`odd=a\,b`, true],
  ])('%j selects: %s', (text, expected) => {
    const parsed = parseFieldSelector(text)
    if ('problem' in parsed) throw new Error(parsed.problem)
    expect(meetsFields(parsed, fields)).toBe(expected)
  })
  test('that says nothing of a value is refused', () =>
    expect(parseFieldSelector('metadata.name')).toHaveProperty('problem'))
})
