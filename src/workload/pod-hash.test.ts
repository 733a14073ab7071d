// The hash that names a revision: vectors, 300 recorded templates, and what does not make another revision.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { PodTemplateSpec } from '../kube/core.ts'
import { withAntiAffinity } from './anti-affinity.ts'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import { podHash, sameTemplate } from './pod-hash.ts'
import { stepsHash } from './steps-hash.ts'

interface Recorded {
  readonly template: PodTemplateSpec
  readonly defaulted: PodTemplateSpec
  readonly hash: string
  readonly rollout: { readonly template: PodTemplateSpec; readonly hash: string }
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/golden/pod-templates.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

const demo: PodTemplateSpec = {
  metadata: { labels: { app: 'demo' } },
  spec: {
    containers: [
      { name: 'app', image: 'demo:v1', ports: [{ containerPort: 8080, protocol: 'TCP' }], resources: {} },
    ],
  },
}

describe('300 recorded templates', () => {
  test('have the hash that they have in the real programs', () => {
    expect(recorded.map(one => podHash(one.template))).toEqual(recorded.map(one => one.hash))
  })
  test('have the recorded hash as they are stored in a Rollout', () => {
    expect(recorded.map(one => podHash(one.rollout.template))).toEqual(recorded.map(one => one.rollout.hash))
  })
  test('are the same revision once an API server has filled them in', () => {
    expect(recorded.filter(one => !sameTemplate(one.template, one.defaulted))).toEqual([])
  })
})

describe('the pod template hash', () => {
  test('is that of known templates', () => {
    expect(podHash(demo)).toBe('684df9f9cc')
    const container = {
      name: 'dynamic-stable-scale',
      image: 'nginx:1.19-alpine',
      ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
      resources: { requests: { memory: '16Mi', cpu: '5m' } },
    }
    const template = {
      metadata: { labels: { app: 'dynamic-stable-scale' } },
      spec: {
        containers: [container],
        readinessGates: [{ conditionType: 'argoproj.io/e2e-readiness' }],
      },
    }
    expect(podHash(template)).toBe('6b56c8cdb4')
  })
  test('is another one for each collision', () => {
    const hashes = [undefined, 0, 1, 2, 256].map(count => podHash(demo, count))
    expect(new Set(hashes).size).toBe(5)
  })
})

describe('the steps hash', () => {
  test.each([
    [undefined, '5ffbfbbd64'],
    [[{ setWeight: 20 }, { pause: {} }], '54649b9f5c'],
    [[{ setWeight: 10 }, { pause: { duration: '1h' } }], '75886757bf'],
    [[{ pause: {} }], '6b9b86fbd5'],
    [[{ pause: {} }, { pause: {} }], '79c9b9f6bf'],
    [
      [{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'check' }] } }, { pause: {} }],
      '5f44dbf958',
    ],
  ])('of %j is %s', (steps, hash) => {
    expect(stepsHash(steps)).toBe(hash)
  })
})

describe('two templates are the same revision', () => {
  const labelled: PodTemplateSpec = {
    ...demo,
    metadata: { labels: { app: 'demo', 'rollouts-pod-template-hash': 'x' } },
  }
  test('when only the hash label differs, and not when another one does', () => {
    expect(sameTemplate(demo, labelled)).toBe(true)
    const metadata = { labels: { ...labelled.metadata?.labels, role: 'canary' } }
    expect(sameTemplate(demo, { ...labelled, metadata })).toBe(false)
  })
  test('when only injected anti-affinity differs, and not when the user wrote the rule', () => {
    const target = { hashLabel: 'rollouts-pod-template-hash', stableHash: 'abc', namespace: 'default' }
    const rule = { requiredDuringSchedulingIgnoredDuringExecution: {} }
    const injected = { ...demo, spec: withAntiAffinity(demo.spec, rule, target) }
    expect(sameTemplate(demo, injected)).toBe(true)
    expect(
      sameTemplate(demo, {
        ...demo,
        spec: withAntiAffinity(demo.spec, rule, { ...target, hashLabel: 'app' }),
      }),
    ).toBe(false)
  })
  test('when only the deprecated serviceAccount differs', () => {
    const a = { ...demo, spec: { ...demo.spec, serviceAccountName: 'x' } }
    expect(sameTemplate(a, { ...a, spec: { ...a.spec, serviceAccount: 'x' } })).toBe(true)
  })
  test('and not when the image differs', () => {
    expect(sameTemplate(demo, { ...demo, spec: { containers: [{ name: 'app', image: 'demo:v2' }] } })).toBe(
      false,
    )
  })
})

describe('what is remembered on a frozen template', () => {
  const frozen = recorded.map(one => deepFreeze(structuredClone(one)))
  const twice = <T>(ask: () => T): readonly T[] => [ask(), ask()]
  const both = <T>(made: T): readonly T[] => [made, made]

  test('its hash is that of one that is not frozen, for each collision', () => {
    for (const [i, one] of recorded.entries())
      for (const count of [undefined, 0, 1]) {
        const { template = one.template } = frozen[i] ?? {}
        expect(twice(() => podHash(template, count))).toEqual(both(podHash(one.template, count)))
      }
  })
  test('it is the same revision as another when one that is not frozen is', () => {
    for (const [i, one] of frozen.entries())
      for (const other of frozen.slice(i, i + 3)) {
        const plain = sameTemplate(structuredClone(one.template), structuredClone(other.defaulted))
        expect(twice(() => sameTemplate(one.template, other.defaulted))).toEqual(both(plain))
      }
  })
  test('another image is another revision, and so is a template without containers', () => {
    for (const { template, defaulted } of recorded) {
      const containers = template.spec.containers.map(one => ({ ...one, image: `${one.image}-other` }))
      expect(sameTemplate({ ...template, spec: { ...template.spec, containers } }, defaulted)).toBe(false)
      expect(sameTemplate({} as PodTemplateSpec, defaulted)).toBe(false)
    }
  })
  test('a template that can change is looked at each time', () => {
    const template = structuredClone(demo) as {
      metadata: { labels: Record<string, string> }
    } & PodTemplateSpec
    const before = podHash(template)
    template.metadata.labels['app'] = 'other'
    expect(podHash(template)).not.toBe(before)
  })
  test('steps have the same hash frozen and not', () => {
    const all = [[], [{ setWeight: 20 }, { pause: {} }], [{ setWeight: 20 }], [{ pause: { duration: '1m' } }]]
    for (const steps of all) {
      const still = deepFreeze(structuredClone(steps))
      expect(twice(() => stepsHash(still))).toEqual(both(stepsHash(steps)))
    }
  })
})
