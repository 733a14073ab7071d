// Malformed objects: what remains of them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../std/json.ts'
import { fieldErrorText } from './field-error.ts'
import type { Rollout } from './rollout.ts'
import { sanitise } from './sanitise.ts'

const rollout = (spec: unknown): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'demo' },
  spec: spec as Rollout['spec'],
})

const pods = (more: object, container: object = {}) => ({
  replicas: 2,
  template: {
    metadata: { labels: { app: 'demo' } },
    spec: { containers: [{ name: 'app', ...container }], ...more },
  },
})

test('a well-formed spec is the very same object', () => {
  const given = rollout({ ...pods({ volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }] }), strange: 1 })
  expect(sanitise(given)).toEqual({ spec: given.spec, problems: [] })
  expect(sanitise(given).spec).toBe(given.spec)
})

describe('what is wrong goes, what is right stays', () => {
  test('a map of amounts with one that is none goes as a whole', () => {
    const resources = { requests: { cpu: 'lots', memory: '1Gi' }, limits: { cpu: '1' } }
    const { spec, problems } = sanitise(rollout(pods({}, { resources })))
    expect(spec).toEqual(pods({}, { resources: { limits: { cpu: '1' } } }))
    expect(problems.map(fieldErrorText)).toEqual([
      'spec.template.spec.containers[0].resources.requests[cpu]: Invalid value: "lots": ' +
        'must be an amount such as 500m or 1Gi',
    ])
  })
  test('ephemeral containers go together', () => {
    const bad = [{ name: 'a', resources: { requests: { cpu: 'x' } } }, { name: 'b' }]
    expect(sanitise(rollout(pods({ ephemeralContainers: bad }))).spec).toEqual(pods({}))
  })
  test('a number in text, a fraction, a text for a list: each is left out where it stands', () => {
    const steps = [{ setWeight: 'ten' }, { setWeight: 12.5 }, { setWeight: 20, pause: {} }, 'x']
    const { spec, problems } = sanitise(
      rollout({ replicas: 'two', strategy: { canary: { steps } }, workloadRef: [] }),
    )
    expect(spec).toEqual({ strategy: { canary: { steps: [{}, {}, { setWeight: 20, pause: {} }, {}] } } })
    expect(problems.map(problem => problem.path)).toEqual([
      'spec.replicas',
      'spec.strategy.canary.steps[0].setWeight',
      'spec.strategy.canary.steps[1].setWeight',
      'spec.strategy.canary.steps[3]',
      'spec.workloadRef',
    ])
  })
  test('volumes are looked into although the schema does not', () => {
    const { spec } = sanitise(
      rollout(pods({ volumes: [{ name: 'v', configMap: { name: 1, optional: true } }] })),
    )
    expect(spec).toEqual(pods({ volumes: [{ name: 'v', configMap: { optional: true } }] }))
    expect(sanitise(rollout(pods({ volumes: 'none' }))).spec).toEqual(pods({}))
  })
})

test('whatever is given, what remains is well-formed', () => {
  const anything = fc.letrec<{ value: Json }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>('x', 1, 1.5, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'replicas',
          'strategy',
          'canary',
          'steps',
          'setWeight',
          'template',
          'spec',
          'containers',
          'resources',
          'requests',
          'metadata',
          'labels',
          'paused',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value
  fc.assert(
    fc.property(anything, given => {
      const once = sanitise(rollout(given)).spec
      expect(sanitise(rollout(once)).problems).toEqual([])
    }),
    { numRuns: 500 },
  )
})
