// SMI: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TRAFFIC_SPLIT } from '../kube/kinds.ts'
import { asJson, fromJson, refKey } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { objects, record } from '../std/json-parts.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from './router.suite.ts'
import type { RouterMember, Scene } from './router.suite.ts'
import { smi } from './smi.ts'

const OWNER = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'guestbook',
  uid: 'uid-of-guestbook',
  controller: true,
  blockOwnerDeletion: true,
}

function aSplit(backends: Json, version = 'v1alpha1', owners: readonly JsonObject[] = [OWNER]): KubeObject {
  const metadata = { name: 'guestbook', namespace: NAMESPACE, labels: { mine: 'x' }, ownerReferences: owners }
  const spec = { service: 'else', backends }
  return fromJson({ apiVersion: `split.smi-spec.io/${version}`, kind: 'TrafficSplit', metadata, spec })
}

const backends = fc.constantFrom<Json>(
  [],
  [
    { service: 'canary', weight: '20' },
    { service: 'stable', weight: '80' },
  ],
  [
    { service: 'canary', weight: 20 },
    { service: 'stable', weight: 80 },
  ],
  [{ service: 'gone', weight: '500m' }],
)

const scenes: fc.Arbitrary<Scene> = fc
  .record({ backends, version: fc.constantFrom('v1alpha1', 'v1alpha2', 'v1alpha3'), isThere: fc.boolean() })
  .map(one => ({
    trafficRouting: { smi: {} },
    maxWeight: 100,
    objects: one.isThere ? [aSplit(one.backends, one.version)] : [],
  }))

const member: RouterMember<ReturnType<typeof smi.config> & object> = {
  router: smi,
  carriesOthers: true,
  scenes,
  withoutOurs(object: JsonObject) {
    const { service: _service, backends: _backends, ...spec } = record(object['spec'])
    return { ...object, spec }
  },
  isMade: true,
  meaning: spec => JSON.parse(JSON.stringify(spec).replaceAll(/"weight":(\d+)/g, '"weight":"$1"')) as Json,
}

routerLaws(member)
routerGoldens(member, new URL('testdata/smi/', import.meta.url))

describe('SMI', () => {
  const key = refKey({ kind: TRAFFIC_SPLIT, namespace: NAMESPACE, name: 'guestbook' })
  const main = bound(smi, { smi: {} })
  const route = (weight: number, split?: KubeObject) => {
    const found = split === undefined ? {} : foundIn(member, [split])
    return applied(smi.route(main, anIntent(weight), found), found)[key]
  }

  test('makes a TrafficSplit of the stable Service, weights as texts, and says so', () => {
    expect(smi.route(main, anIntent(20), {})).toMatchObject({
      placed: [{ event: { reason: 'TrafficSplitCreated', message: 'TrafficSplit `guestbook` created' } }],
    })
    expect(route(20)).toMatchObject({
      apiVersion: 'split.smi-spec.io/v1alpha1',
      spec: {
        service: 'stable',
        backends: [
          { service: 'canary', weight: '20' },
          { service: 'stable', weight: '80' },
        ],
      },
    })
  })
  test('writes numbers where numbers stand, and in the newer versions', () => {
    const numbers = [
      { service: 'canary', weight: 20 },
      { service: 'stable', weight: 80 },
    ]
    expect(route(20, aSplit([{ service: 'x', weight: 1 }]))).toHaveProperty('spec.backends', numbers)
    expect(route(20, aSplit([], 'v1alpha2'))).toHaveProperty('spec.backends', numbers)
  })
  test('is made in any version: texts in the oldest one, numbers since', () => {
    const made = route(20) as KubeObject
    const weightsIn = (version: string) => {
      const object = asJson(smi.inVersion?.(made, version) ?? made)
      return objects(record(object['spec'])['backends']).map(one => one['weight'])
    }
    expect(weightsIn('v1alpha3')).toEqual([20, 80])
    expect(weightsIn('v1alpha1')).toEqual(['20', '80'])
  })
  test('has a root Service and a name of its own, and experiments between the two', () => {
    const own = bound(smi, { smi: { rootService: 'root', trafficSplitName: 'split-it' } })
    const others = [{ service: 'e', podHash: 'x', weight: 15 }]
    const stable = { service: 'stable', podHash: 'old', weight: 65 }
    expect(smi.route(own, anIntent(20, { others, stable }), {})).toMatchObject({
      placed: [
        {
          ref: { name: 'split-it' },
          object: {
            spec: {
              service: 'root',
              backends: [{ weight: '20' }, { service: 'e', weight: '15' }, { weight: '65' }],
            },
          },
        },
      ],
    })
  })
  test('leaves a TrafficSplit alone that is not the Rollout’s', () => {
    const theirs = foundIn(member, [aSplit([], 'v1alpha1', [])])
    expect(smi.route(main, anIntent(20), theirs)).toHaveProperty(
      'problem.message',
      'Rollout does not own TrafficSplit `guestbook`',
    )
    expect(smi.leave(main, { now: 0 }, theirs)).toEqual({ placed: [] })
  })
  test('reads numbers, texts and thousandths; what is none of these is no weight', () => {
    const reads = (canary: Json, stable: Json) =>
      smi.read(
        main,
        foundIn(member, [
          aSplit([
            { service: 'canary', weight: canary },
            { service: 'stable', weight: stable },
          ]),
        ]),
      )?.canary
    expect(reads('1', 3)).toBe(25)
    expect(reads('500m', '1500m')).toBe(25)
    expect(reads('many', 1)).toBe(0)
    expect(reads(-4, 1)).toBe(0)
    expect(reads(1e300, 0)).toBe(100)
  })
})
