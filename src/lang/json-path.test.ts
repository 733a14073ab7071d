// kubectl's JSONPath as printer columns and the web metric use it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileJsonPath } from './json-path.ts'

const object = {
  metadata: { name: 'demo', labels: { 'app.kubernetes.io/name': 'x', 'a b': 'y' } },
  spec: { replicas: 3, paused: false, none: null },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', weight: 10 },
      { type: 'Available', status: 'False', weight: 20 },
    ],
    list: [1, 2, 3, 4, 5],
  },
}

test.each([
  ['.metadata.name', ['demo']],
  ['{.metadata.name}', ['demo']],
  ['{ $.metadata.name }', ['demo']],
  ['metadata.name', ['demo']],
  ['.spec.paused', [false]],
  ['.spec.none', [null]],
  ['.spec.missing', []],
  ['.metadata.name.deeper', []],
  [".metadata['name']", ['demo']],
  ['.metadata.labels["a b"]', ['y']],
  [String.raw`.metadata.labels.app\.kubernetes\.io/name`, ['x']],
  ['.status.list[0]', [1]],
  ['.status.list[-1]', [5]],
  ['.status.list[9]', []],
  ['.status.list[1:3]', [2, 3]],
  ['.status.list[-2:]', [4, 5]],
  ['.status.list[::2]', [1, 3, 5]],
  ['.status.list[0,2]', [1, 3]],
  ['.status.conditions[*].type', ['Ready', 'Available']],
  ['.status.conditions.*.type', ['Ready', 'Available']],
  ['..weight', [10, 20]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type == 'Ready')].status", ['True']],
  ['.status.conditions[?(@.weight>10)].type', ['Available']],
  ['.status.conditions[?(@.weight<=10)].type', ['Ready']],
  ['.status.conditions[?(@.type!="Ready")].type', ['Available']],
  ['.status.conditions[?(@.nothing)].type', []],
  ['.status.list[?(@ >= 4)]', [4, 5]],
  ["['spec','metadata'].name", ['demo']],
])('%s finds %j', (path, found) => {
  expect(compileJsonPath(path)?.find(object)).toEqual(found)
})

test.each(['', '{}', '.a[', '.a[?(@.b==)]', '.a[?(b)]', '.a]', '.a b', '.a[x y]', '..', '{.a}{.b}'])(
  '%j is no path',
  path => expect(compileJsonPath(path)).toBeUndefined(),
)

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[.[\]?(@)='a0:,*]{0,20}$/), text => {
      compileJsonPath(text)?.find(object)
    }),
  )
})
