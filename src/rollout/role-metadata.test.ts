// Metadata of roles through whole lives: roles change, images change, people promote, abort and go back, pods are born
// and pods die. After every pass what is selected stays selected; without roles all that the templates had is there.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RolloutSpec } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { LabelSelector } from '../kube/core.ts'
import { POD } from '../kube/kinds.ts'
import type { KubeObject } from '../kube/object.ts'
import { refOf } from '../kube/object.ts'
import { matches } from '../kube/selector.ts'
import { podHash } from '../workload/pod-hash.ts'
import { podHashOf } from '../workload/replica-set.ts'
import { aModel, aPod, aRollout, aService } from './model.suite.ts'
import type { Model } from './model.suite.ts'

type Maps = Readonly<Record<string, string>>

const value = fc.constantFrom('1', '2')
const someLabels = fc.record({ role: value, tier: value }, { requiredKeys: [] })
const someNotes = fc.record({ note: value }, { requiredKeys: [] })
/** Some roles repeat the selector's own label. */
const role = fc.option(
  fc.record({
    labels: fc.oneof(
      someLabels,
      someLabels.map(one => ({ ...one, app: 'demo' })),
    ),
    annotations: someNotes,
  }),
  { nil: undefined },
)
const happening = fc.oneof(
  fc.record({ newcomer: role, settled: role }),
  fc.record({ image: fc.nat(2) }),
  fc.constantFrom('promote', 'abort', 'a pod dies', 'half a minute'),
)
type Role = { readonly labels: Maps; readonly annotations: Maps } | undefined
type Happening = { newcomer: Role; settled: Role } | { image: number } | string

const scene = fc.record({
  isBlueGreen: fc.boolean(),
  selector: fc.constantFrom<LabelSelector>(
    { matchLabels: { app: 'demo' } },
    { matchLabels: { app: 'demo' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['2'] }] },
  ),
  own: fc.tuple(
    ...[0, 1, 2].map(() =>
      fc.record({
        labels: fc.record({ role: value }, { requiredKeys: [] }),
        annotations: someNotes,
      }),
    ),
  ),
  begin: fc.record({ newcomer: role, settled: role }),
  happenings: fc.array(happening, { maxLength: 8 }),
})
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never

function templatesOf({ own }: Scene) {
  return own.map((metadata, i) => ({
    metadata: { labels: { app: 'demo', ...metadata.labels }, annotations: metadata.annotations },
    spec: { containers: [{ name: 'app', image: `v${i}` }] },
  }))
}

function strategy(isBlueGreen: boolean, newcomer: Role, settled: Role): RolloutSpec['strategy'] {
  const of = (name: string, one: Role) => (one === undefined ? {} : { [name]: one })
  if (!isBlueGreen) {
    const steps = [{ setWeight: 50 }, { pause: {} }]
    return { canary: { steps, ...of('canaryMetadata', newcomer), ...of('stableMetadata', settled) } }
  }
  const active = { activeService: 'active', autoPromotionEnabled: false, scaleDownDelaySeconds: 1 }
  return { blueGreen: { ...active, ...of('previewMetadata', newcomer), ...of('activeMetadata', settled) } }
}

/** Every ReplicaSet gets the pods that it asks for, from its template as it then is. */
function bearPods(model: Model): boolean {
  let changed = false
  for (const one of model.replicaSets()) {
    const pods = podsOf(model, one)
    const names = pods.map(pod => pod.metadata.name)
    const wanted = Array.from({ length: one.spec.replicas ?? 1 }, (_, i) => `${one.metadata.name}-${i}`)
    const { labels = {}, annotations = {} } = one.spec.template.metadata ?? {}
    for (const name of wanted.filter(each => !names.includes(each))) {
      const bare = aPod(name, { of: one, ready: true })
      model.put({ ...bare, metadata: { ...bare.metadata, labels, annotations } })
      changed = true
    }
    for (const pod of pods.filter(each => !wanted.includes(each.metadata.name))) {
      model.remove(refOf(POD, pod))
      changed = true
    }
  }
  return changed
}

function podsOf(model: Model, { metadata: { uid } }: ReplicaSet) {
  return model.allPods().filter(pod => pod.metadata.ownerReferences?.[0]?.uid === uid)
}

/** What an API server asks for, and no revision that no template stands for. */
function expectSelected(model: Model, hashes: readonly string[]): void {
  for (const one of model.replicaSets()) {
    expect(hashes).toContain(podHashOf(one))
    for (const { metadata } of [one.spec.template, ...podsOf(model, one)]) {
      expect(matches(one.spec.selector, metadata?.labels), one.metadata.name).toBe(true)
    }
  }
}

const MOST_PASSES = 40

function settle(model: Model, hashes: readonly string[]): void {
  const check = () => expectSelected(model, hashes)
  for (let passes = 0; ; passes++) {
    expect(passes, 'it comes to rest').toBeLessThan(MOST_PASSES)
    const moved = model.pass(check)
    check()
    const [counted, born] = [model.pods(), bearPods(model)]
    if (!moved && !counted && !born) return
  }
}

function happen(model: Model, played: Scene, what: Happening): void {
  const rollout = model.rollout()
  const edit = (spec: Partial<RolloutSpec>) => {
    const generation = (rollout.metadata.generation ?? 1) + 1
    const metadata = { ...rollout.metadata, generation }
    model.put({ ...rollout, metadata, spec: { ...rollout.spec, ...spec } } as KubeObject)
  }
  const say = (status: object) =>
    model.put({ ...rollout, status: { ...rollout.status, ...status } } as KubeObject)
  if (what === 'promote') return say({ promoteFull: true })
  if (what === 'abort') return say({ abort: true })
  if (what === 'half a minute') return void (model.now += 30_000)
  if (typeof what === 'string')
    return model
      .allPods()
      .slice(0, 1)
      .forEach(pod => model.remove(refOf(POD, pod)))
  if ('image' in what) return edit({ template: templatesOf(played)[what.image] } as Partial<RolloutSpec>)
  edit({ strategy: strategy(played.isBlueGreen, what.newcomer, what.settled) } as Partial<RolloutSpec>)
}

test('whatever happens: what is selected stays selected, and all that templates had comes back', () => {
  fc.assert(
    fc.property(scene, played => {
      const templates = templatesOf(played)
      const own = new Map(templates.map(one => [podHash(one), one.metadata]))
      const { isBlueGreen, selector, begin } = played
      const spec = {
        template: templates[0],
        selector,
        strategy: strategy(isBlueGreen, begin.newcomer, begin.settled),
      }
      const model = aModel([aRollout('v0', spec as Partial<RolloutSpec>), aService('active')])
      const nothing = { newcomer: undefined, settled: undefined }
      for (const what of [undefined, ...played.happenings, nothing, 'half a minute']) {
        if (what !== undefined) happen(model, played, what)
        settle(model, [...own.keys()])
      }
      expect(model.replicaSets().length).toBeGreaterThan(0)
      for (const one of model.replicaSets()) {
        const hash = podHashOf(one)
        const { labels: before, annotations: notes } = own.get(hash) ?? { labels: {}, annotations: {} }
        for (const { metadata } of [one.spec.template, ...podsOf(model, one)]) {
          expect(metadata?.labels).toEqual({ ...before, 'rollouts-pod-template-hash': hash })
          expect(metadata?.annotations ?? {}).toEqual(notes)
        }
        expect(Object.keys(one.metadata.annotations ?? {}).filter(key => key.endsWith('-metadata'))).toEqual(
          [],
        )
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 100) },
  )
})
