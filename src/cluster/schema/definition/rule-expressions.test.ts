// Rules that a schema shows to be wrong before any object is asked.
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../std/json.ts'
import { validateSchema } from './schema-validation.ts'

const string = { type: 'string' }
const integer = { type: 'integer' }
const object = (properties: Json) => ({ type: 'object', properties }) as const

const SPEC = object({
  name: string,
  count: integer,
  share: { type: 'number' },
  on: { type: 'boolean' },
  at: { type: 'string', format: 'date-time' },
  wait: { type: 'string', format: 'duration' },
  port: { 'x-kubernetes-int-or-string': true },
  any: { 'x-kubernetes-preserve-unknown-fields': true },
  open: { ...object({ a: string }), 'x-kubernetes-preserve-unknown-fields': true },
  labels: { type: 'object', additionalProperties: string },
  texts: { type: 'array', items: string },
  parts: { type: 'array', items: object({ name: string, weight: integer }) },
  namespace: string,
  'dash-ed': string,
  inner: object({ name: string }),
})

function problems(rule: object, schema: object = SPEC): readonly string[] {
  const spec = { ...schema, 'x-kubernetes-validations': [rule] } as unknown as Json
  return validateSchema(object({ spec }) as JsonObject, 'schema').map(({ path, message }) =>
    `${path}: ${message}`.replace('schema.properties[spec].x-kubernetes-validations[0].', ''),
  )
}

/** What is said of a rule, without the rule as Go prints it. */
function said(rule: string, schema: object = SPEC): readonly string[] {
  return problems({ rule }, schema).map(one =>
    one.replace(/^rule: Invalid value: \{.*?"OptionalOldSelf":null\}: /, ''),
  )
}

const failed = (place: string, problem: string, rule: string) => {
  const dots = '.'.repeat(Number(place.split(':')[1]) - 1)
  return [`compilation failed: ERROR: <input>:${place}: ${problem}\n | ${rule}\n | ${dots}^`]
}

test('a field that is not there is told where it is selected, with the whole rule', () => {
  expect(problems({ rule: 'self.nope == 1', message: 'm', reason: 'FieldValueInvalid' })).toEqual([
    'rule: Invalid value: {"Rule":"self.nope == 1","Message":"m","MessageExpression":"",' +
      '"Reason":"FieldValueInvalid","FieldPath":"","OptionalOldSelf":null}: ' +
      "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope == 1\n | ....^",
  ])
})

test.each<[string, string, string]>([
  ['has(self.nope)', '1:4', "undefined field 'nope'"],
  ['!has(self.inner) || has(self.inner.nope)', '1:24', "undefined field 'nope'"],
  ['self.inner.nope.deeper == 1', '1:11', "undefined field 'nope'"],
  ['self == oldSelf || oldSelf.nope', '1:27', "undefined field 'nope'"],
  ['self.?nope.hasValue()', '1:5', "undefined field 'nope'"],
  ['self.parts[0].nope == 1', '1:14', "undefined field 'nope'"],
  ['self.parts.all(p, p.nope > 1)', '1:20', "undefined field 'nope'"],
  ['self.parts.filter(p, p.weight > 1).map(p, p.nope).size() > 1', '1:44', "undefined field 'nope'"],
  ['self.parts.exists(i, p, p.nope == i)', '1:26', "undefined field 'nope'"],
  ['cel.bind(p, self.inner, has(p.nope))', '1:28', "undefined field 'nope'"],
  ['self.texts.all(t, t.nope)', '1:20', "type 'string' does not support field selection"],
  ['self.texts.nope', '1:11', "type 'list(string)' does not support field selection"],
  ["self.count > 'a'", '1:12', "found no matching overload for '_>_' applied to '(int, string)'"],
  ['self.name == self.count', '1:11', "found no matching overload for '_==_' applied to '(string, int)'"],
  [
    'self.count + self.share > 1.0',
    '1:12',
    "found no matching overload for '_+_' applied to '(int, double)'",
  ],
  ['self.at < self.wait', '1:9', "found no matching overload for '_<_' applied to '(timestamp, duration)'"],
  [
    'self.count in self.texts',
    '1:12',
    "found no matching overload for '@in' applied to '(int, list(string))'",
  ],
  [
    "self.texts['a'] == 'b'",
    '1:11',
    "found no matching overload for '_[_]' applied to '(list(string), string)'",
  ],
  [
    'self.labels[1] == "b"',
    '1:12',
    "found no matching overload for '_[_]' applied to '(map(string, string), int)'",
  ],
  [
    'self.on ? self.count : self.name',
    '1:9',
    "found no matching overload for '_?_:_' applied to '(bool, int, string)'",
  ],
  ['!self.count', '1:1', "found no matching overload for '!_' applied to '(int)'"],
  ['self.on && self.name', '1:16', "expected type 'bool' but found 'string'"],
  [
    'self.count ? true : false',
    '1:12',
    "found no matching overload for '_?_:_' applied to '(int, bool, bool)'",
  ],
])('the schema shows that a rule is wrong: %s', (rule, place, problem) => {
  expect(said(rule)).toEqual(failed(place, problem, rule))
})

test('each problem is told, in the order of the text, on its own line', () => {
  expect(said('"é" == self.x || self.y')).toEqual([
    "compilation failed: ERROR: <input>:1:12: undefined field 'x'\n" +
      ' | "é" == self.x || self.y\n' +
      ' | .．.........^\n' +
      "ERROR: <input>:1:22: undefined field 'y'\n" +
      ' | "é" == self.x || self.y\n' +
      ' | .．...................^',
  ])
  const rule = 'self.on &&\n\tself.nope'
  expect(problems({ rule, message: 'm' })[0]).toContain(
    "ERROR: <input>:2:6: undefined field 'nope'\n |  self.nope\n | .....^",
  )
})

test.each([
  'self.any.what == 1',
  'self.open.what == 1',
  'self.port == 1 || self.port == "a"',
  'self.port > 1',
  'self.labels.what == "a" && has(self.labels.that)',
  'self.labels.all(k, k.startsWith("a") && self.labels[k] == "b")',
  'self.labels.all(k, v, k == v)',
  'self.namespace == self.__namespace__',
  'has(self.dash__dash__ed) && self.dash__dash__ed == "a"',
  'self.count < 1.5 && self.count == 1',
  'self.at + self.wait > self.at && self.at - self.at < self.wait',
  'self.parts.map(p, p.weight).sum() < 100',
  'self.name == null || self.texts == []',
  '[1, "a"].exists(x, x == self.name)',
  '(self.on ? 1 : self.any) == self.count',
  'self.texts + ["a"] != self.texts',
  'self.count - 1 > -self.count',
  'self.texts[self.count % 2].size() > 0',
  "self.?inner.?name.orValue('a') == self.name",
  "self.texts.exists(self, self == 'a')",
  "'a' in self.labels || 'a' in self.texts",
  'self == oldSelf',
])('what the schema bears out or does not tell stands: %s', rule => {
  expect(said(rule)).toEqual([])
})

test.each(['self.name', 'size(self.texts)', '"true"', 'self.texts.map(t, true)', '1', 'self.?on', 'null'])(
  'a rule answers yes or no: %s',
  rule => {
    expect(said(rule)).toEqual(['cel expression must evaluate to a bool'])
  },
)

test('so may one of which the schema does not tell', () => {
  expect(said('self.any')).toEqual([])
})

test('a resource has its head, and of its metadata the names', () => {
  const root = (rule: string) => {
    const schema = { ...object({}), 'x-kubernetes-validations': [{ rule }] }
    return validateSchema(schema as unknown as JsonObject, 'schema').map(({ message }) => message)
  }
  expect(root('self.metadata.name == self.kind && self.metadata.generateName == self.apiVersion')).toEqual([])
  expect(root('has(self.metadata.labels)')[0]).toMatch(/1:4: undefined field 'labels'/)
  expect(root('has(self.spec)')[0]).toMatch(/1:4: undefined field 'spec'/)
})

test('with optionalOldSelf what stood is an optional value of the same type', () => {
  const optional = (rule: string) => problems({ rule, optionalOldSelf: true })
  expect(optional('!oldSelf.hasValue() || oldSelf.value().name == self.name')).toEqual([])
  expect(optional('oldSelf.?count.orValue(self.count) <= self.count')).toEqual([])
  expect(optional('oldSelf.value().nope')[0]).toContain("1:16: undefined field 'nope'")
  expect(optional('oldSelf.?nope.hasValue()')[0]).toContain("1:8: undefined field 'nope'")
  expect(optional('oldSelf.orValue(self).name')[0]).toContain('cel expression must evaluate to a bool')
  expect(optional('self.on')).toEqual([
    'optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule',
  ])
})

test.each<[object, readonly string[]]>([
  [{ rule: 'true', messageExpression: "'at most ' + string(self.count)" }, []],
  [{ rule: 'true', messageExpression: 'self.count' }, ['must evaluate to a string']],
  [
    { rule: 'true', messageExpression: 'self.nope' },
    ["compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope\n | ....^"],
  ],
  [{ rule: 'true', messageExpression: "'a' +" }, ['compilation failed: Unexpected token: EOF']],
])('a message is made by an expression that answers with a text: %j', (rule, expected) => {
  const found = problems(rule).map(one => one.replace(/^messageExpression: Invalid value: \{.*?null\}: /, ''))
  expect(found).toEqual(expected.map(one => `messageExpression ${one}`))
})

test('a rule of what no old value can be found for does not ask for it', () => {
  const of = (schema: object, rule: string) => {
    const texts = { type: 'array', items: { ...string, 'x-kubernetes-validations': [{ rule }] }, ...schema }
    return validateSchema(object({ texts } as unknown as Json) as JsonObject, 'schema').map(
      one => one.message,
    )
  }
  expect(of({}, 'self == oldSelf')).toEqual([
    'Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema ' +
      'within schema.properties[texts]',
  ])
  expect(of({}, 'self != ""')).toEqual([])
  const part = { 'x-kubernetes-map-type': 'atomic', ...object({ a: string }) }
  const whole = { ...part, 'x-kubernetes-validations': [{ rule: 'self.a == oldSelf.a' }] }
  expect(validateSchema(object({ whole } as unknown as Json) as JsonObject, 'schema')).toEqual([])
})

test('a function that is not here does not refuse a rule', () => {
  expect(said('self.name.futureFunction() == 1')).toEqual([])
})

test.each<[object, readonly string[]]>([
  [{ rule: 'true', message: ' ' }, ['message: Invalid value: " ": must be non-empty if specified']],
  [{ rule: 'true', message: 'a\nb' }, ['message: Invalid value: "a\\nb": must not contain line breaks']],
  [
    { rule: 'true\n|| true' },
    ['message: Required value: message must be specified if rule contains line breaks'],
  ],
  [{ rule: ' ' }, ['rule: Required value: rule is not specified']],
  [
    { rule: 'true', messageExpression: ' ' },
    ['messageExpression: Required value: messageExpression must be non-empty if specified'],
  ],
  [
    { rule: 'true', reason: 'Wrong' },
    [
      'reason: Unsupported value: "Wrong": supported values: "FieldValueDuplicate", "FieldValueForbidden", ' +
        '"FieldValueInvalid", "FieldValueRequired"',
    ],
  ],
  ...['.nope', 'name', '.', '.name.', '.texts[0]', ".texts['a']", '.inner.nope', ".inner['nope']"].map(
    fieldPath =>
      [
        { rule: 'true', fieldPath },
        [`fieldPath: Invalid value: ${JSON.stringify(fieldPath)}: must be a valid path`],
      ] as [object, readonly string[]],
  ),
  ...['.name', '.inner.name', ".inner['name']", '.labels.a', ".labels['a.b']", '.dash-ed'].map(
    fieldPath => [{ rule: 'true', fieldPath }, []] as [object, readonly string[]],
  ),
])('what a rule says besides is checked: %j', (rule, expected) => {
  expect(problems(rule)).toEqual(expected)
})
