// Metadata of roles: what a role may say about labels.
import { describe, expect, test } from 'vitest'
import { fieldErrorText } from '../field-error.ts'
import type { RolloutSpec } from '../rollout.ts'
import { roleMetadataErrors } from './role-metadata.ts'

type Strategy = NonNullable<RolloutSpec['strategy']>

function told(strategy: Strategy, spec: Partial<RolloutSpec> = {}): readonly string[] {
  const labels = { app: 'demo', tier: 'web' }
  const errors = roleMetadataErrors({
    selector: {
      matchLabels: { app: 'demo' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['web', 'api'] },
        { key: 'batch', operator: 'DoesNotExist' },
      ],
    },
    template: { metadata: { labels }, spec: { containers: [] } },
    strategy,
    ...spec,
  } as RolloutSpec)
  return errors.map(error => `${fieldErrorText(error)}. ${error.cure}`)
}

const canary = (labels: Record<string, string>): Strategy => ({ canary: { canaryMetadata: { labels } } })

describe('metadata of a role', () => {
  test('may repeat what the selector selects by', () => {
    expect(told(canary({ app: 'demo', tier: 'web', role: 'canary' }))).toEqual([])
  })
  test('must not contradict it', () => {
    expect(told(canary({ app: 'canary' }))).toEqual([
      'spec.strategy.canary.canaryMetadata.labels[app]: Invalid value: "canary": `selector` selects by this label,' +
        ' so it must be "demo" as in the template. Take it away, or write "demo".',
    ])
    expect(told(canary({ batch: 'x' }))).toEqual([
      'spec.strategy.canary.canaryMetadata.labels[batch]: Invalid value: "x": `selector` selects by this label,' +
        ' so it must be absent as in the template. Take it away.',
    ])
  })
  test('must not change it to another value that the selector takes either', () => {
    expect(told(canary({ tier: 'api' }))[0]).toContain('labels[tier]: Invalid value: "api"')
  })
  test('leaves the hash alone', () => {
    expect(told(canary({ 'rollouts-pod-template-hash': 'abc' }))).toEqual([
      'spec.strategy.canary.canaryMetadata.labels[rollouts-pod-template-hash]: Invalid value: "abc":' +
        ' the controller gives this label to each revision. Take it away.',
    ])
  })
  test('is looked at in each role, and has labels and annotations that Kubernetes takes', () => {
    const bad = { labels: { app: 'x', role: 'not this' }, annotations: { 'no key': 'v' } }
    const roles = [
      ...told({ canary: { canaryMetadata: bad, stableMetadata: bad } }),
      ...told({ blueGreen: { activeService: 'a', previewMetadata: bad, activeMetadata: bad } }),
    ]
    expect(roles.map(text => text.split(': Invalid')[0])).toEqual(
      [
        'canary.canaryMetadata',
        'canary.stableMetadata',
        'blueGreen.previewMetadata',
        'blueGreen.activeMetadata',
      ].flatMap(role =>
        ['labels[app]', 'labels', 'annotations'].map(part => `spec.strategy.${role}.${part}`),
      ),
    )
  })
  test('may be null', () => {
    const empty = { labels: null, annotations: null }
    expect(told({ canary: { canaryMetadata: null, stableMetadata: empty } } as unknown as Strategy)).toEqual(
      [],
    )
  })
  test('is not judged by a template that is not known', () => {
    expect(
      told(canary({ app: 'other' }), { template: undefined } as unknown as Partial<RolloutSpec>),
    ).toEqual([])
  })
})
