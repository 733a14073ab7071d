// Definitions that users store: schemas with patterns and CEL rules, and objects that try them.
import fc from 'fast-check'
import { startCluster } from '../cluster.ts'
import type { Door } from '../door.ts'
import { json, text } from '../texts.ts'
import type { Json } from '../texts.ts'

interface Defined {
  readonly field: Json
  readonly rule: string
  readonly value: Json
}

const RULES = [
  'self.a == self.b',
  "self.s.matches('^(a+)+$')",
  'self.l.all(x, self.l.all(y, self.l.all(z, x == y)))',
  'self.l.map(x, self.l).size() > 0',
  'has(self.l[0].a)',
  "self.s.replace('b', '$&$&') == 'x'",
  "self.s.split('').size() < 5",
  'oldSelf.l == self.l',
  'self.l.filter(x, x == self.l[0]).size() < 2',
  "quantity('1').isGreaterThan(quantity(self.s))",
  'url(self.s).getHost() != ""',
  'size(self.s + self.s + self.s) < 100',
  'self.i / 0 == 1',
  '1',
  'true ||',
] as const

const rule = fc.oneof(
  fc.constantFrom(...RULES),
  fc
    .tuple(fc.constantFrom(...RULES), fc.constantFrom('&&', '||', '==', '?', '+'), fc.constantFrom(...RULES))
    .map(parts => parts.join(' ')),
  fc
    .constantFrom('(', '!', '-', '[', '{')
    .chain(sign => fc.constantFrom(10, 1000, 20_000).map(n => sign.repeat(n) + '1')),
  text,
)

const field: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    { type: 'string', pattern: '^(a+)+$' },
    { type: 'string', pattern: '(.?){0,999}' },
    { type: 'string', pattern: '[', format: 'x' },
    { type: 'string', maxLength: 3, enum: ['a'] },
    { type: 'integer', multipleOf: 0 },
    { 'x-kubernetes-preserve-unknown-fields': true },
    { 'x-kubernetes-int-or-string': true },
    { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    { type: 'object', additionalProperties: { type: 'object' } },
    { anyOf: [{ type: 'string' }, { not: {} }] },
  ),
  json,
)

const defined: fc.Arbitrary<Defined> = fc.record({
  field,
  rule,
  value: fc.oneof(
    json,
    fc.constantFrom<Json>(
      'a'.repeat(29) + 'b',
      'a'.repeat(5000),
      Array.from({ length: 300 }, (_, i) => i),
    ),
  ),
})

const GROUP = 'fuzz.test'

function definitionOf(plural: string, { field: f, rule: r }: Defined): Json {
  const s = { type: 'string' }
  const l = { type: 'array', items: { 'x-kubernetes-preserve-unknown-fields': true } }
  const spec = {
    type: 'object',
    properties: { f, s, l, a: s, b: s, i: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: r, message: 'no' }],
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: {
        plural,
        singular: plural,
        kind: plural[0]!.toUpperCase() + plural.slice(1),
        listKind: `${plural}List`,
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  }
}

export const crdRules: Door<Defined> = {
  name: 'crd-rules',
  inputs: 500,
  input: defined,
  async open() {
    const cluster = await startCluster()
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    let count = 0
    const post = (path: string, object: Json) =>
      cluster.send('POST', path, { type: 'application/json', bytes: Buffer.from(JSON.stringify(object)) })
    return {
      ...cluster,
      async send(one) {
        const plural = `thing${++count}`
        const made = await post(definitions, definitionOf(plural, one))
        const spec = { f: one.value, s: 'a'.repeat(29) + 'b', l: [1, 2, 3], a: 'x', b: 'x', i: 1 }
        const kind = plural[0]!.toUpperCase() + plural.slice(1)
        const object = { apiVersion: `${GROUP}/v1`, kind, metadata: { name: 'x' }, spec }
        const stored = await post(`/apis/${GROUP}/v1/namespaces/default/${plural}`, object)
        await cluster.send('DELETE', `${definitions}/${plural}.${GROUP}`)
        for (const answer of [made, stored])
          if (answer !== undefined && answer.status >= 500)
            throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 500)}`)
      },
    }
  },
}
