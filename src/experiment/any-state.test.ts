// Laws of Experiments in any state, reachable or not: users keep their pods, and whatever is ended comes to rest.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnalysisPhase } from '../api/analysis.ts'
import type { Experiment, ExperimentStatus } from '../api/experiment.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Service } from '../kube/core.ts'
import { asJson, fromJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { applyMergePatch } from '../kube/patch.ts'
import type { Write } from '../kube/write.ts'
import { decide } from './decide.ts'
import { aRun, aService, aSnapshot, aTemplate, anExperiment, at, pods } from './experiment.suite.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

const maybe = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined })
const seconds = fc.integer({ min: -90, max: 90 })
const phase = fc.constantFrom<AnalysisPhase>(
  'Pending',
  'Running',
  'Successful',
  'Failed',
  'Error',
  'Inconclusive',
)
const word = fc.constantFrom('Progressing', 'Running', 'Successful', 'Failed', 'Error')
const held = fc.record({
  replicas: fc.nat({ max: 2 }),
  available: fc.nat({ max: 2 }),
  deadline: maybe(seconds.map(at)),
})

const states = fc.record({
  spec: fc.record({
    duration: fc.constantFrom('', '30s', '1h', 'soon'),
    terminate: fc.boolean(),
    scaleDownDelaySeconds: fc.constantFrom(0, 30),
    isServed: fc.boolean(),
    isRequired: maybe(fc.boolean()),
  }),
  status: maybe(
    fc.record({
      phase: maybe(phase),
      availableAt: maybe(seconds.map(at)),
      words: fc.tuple(maybe(word), maybe(word)),
      since: seconds.map(at),
      run: maybe(phase),
    }),
  ),
  /** The last of a template that is no longer asked for. */
  found: fc.tuple(maybe(held), maybe(held), maybe(held)),
  run: maybe(phase),
  services: fc.subarray(['a-service', 'b-service', 'old-service']),
  carrying: fc.subarray(['a-service', 'b-service', 'old-service']),
})
type State = typeof states extends fc.Arbitrary<infer Value> ? Value : never

function snapshotOf({ spec, status, found, run, services, carrying }: State): ExperimentSnapshot {
  const { isServed, isRequired, ...rest } = spec
  const service = (name: string) => (isServed ? { service: { name: `${name}-service` } } : {})
  const analyses =
    isRequired === undefined
      ? []
      : [{ name: 'check', templateName: 'check', requiredForCompletion: isRequired }]
  const templates = ['a', 'b'].map(name => aTemplate(name, service(name)))
  return aSnapshot(
    anExperiment({ ...rest, templates, analyses }, status === undefined ? undefined : statusOf(status)),
    {
      replicaSets: ['a', 'b', 'old'].flatMap((name, i) => {
        const { deadline, replicas = 0, available = 0 } = found[i] ?? {}
        const more = deadline === undefined ? {} : { deadline }
        return found[i] === undefined
          ? []
          : [pods(name, { replicas, available: Math.min(replicas, available), ...more })]
      }),
      services: services.map(name => aService(name, name.replace('-service', ''))),
      carrying,
      analysisRuns: run === undefined ? [] : [aRun('demo-check', { phase: run })],
    },
  )
}

function statusOf({ words, run, since, ...rest }: NonNullable<State['status']>): Partial<ExperimentStatus> {
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
  const templateStatuses = ['a', 'b'].flatMap((name, i) =>
    words[i] === undefined ? [] : [{ name, ...counts, status: words[i], lastTransitionTime: since }],
  )
  const analysisRuns = run === undefined ? [] : [{ name: 'check', analysisRun: 'demo-check', phase: run }]
  return { ...rest, templateStatuses, analysisRuns } as Partial<ExperimentStatus>
}

function writesOf(snapshot: ExperimentSnapshot): readonly Write[] {
  const { writes, trims = [] } = decide(snapshot)
  return [...writes, ...trims]
}

/** The world after a pass: pods come and go at once, a run that is ended has succeeded. */
function next(before: ExperimentSnapshot): ExperimentSnapshot {
  const { status, waits = [] } = decide(before)
  const writes = writesOf(before)
  const all = writes.reduce<readonly KubeObject[]>(written, [
    ...before.replicaSets,
    ...before.services,
    ...before.analysisRuns,
  ])
  const of = (kind: string) => all.filter(one => one.kind === kind)
  const until = Math.min(...waits.map(wait => wait.until ?? Infinity))
  const { experiment, ...rest } = before
  return aSnapshot({ ...experiment, status } as Experiment, {
    ...rest,
    now: writes.length === 0 && Number.isFinite(until) ? Math.max(before.now, until) : before.now,
    replicaSets: of('ReplicaSet').map(one => withPods(one as ReplicaSet)),
    services: of('Service') as unknown as Service[],
    analysisRuns: of('AnalysisRun').map(one => ended(one) as ExperimentSnapshot['analysisRuns'][number]),
  })
}

function written(objects: readonly KubeObject[], write: Write): readonly KubeObject[] {
  if (write.verb === 'create') return [...objects, write.object]
  if (write.verb === 'evict') return objects
  const { target } = write
  const is = (one: KubeObject) => one.metadata.name === target.name && one.kind === target.kind.kind
  if (write.verb === 'delete') return objects.filter(one => !is(one))
  return objects.map(one => (is(one) ? fromJson(applyMergePatch(asJson(one), write.patch)) : one))
}

function withPods(one: ReplicaSet): ReplicaSet {
  const { replicas = 1 } = one.spec
  return { ...one, status: { replicas, readyReplicas: replicas, availableReplicas: replicas } }
}

function ended(one: KubeObject): KubeObject {
  const isEnded = (one as unknown as { spec: { terminate?: boolean } }).spec.terminate === true
  return isEnded ? ({ ...one, status: { phase: 'Successful' } } as KubeObject) : one
}

test('no pass takes pods or a Service away that users are sent to; a copy of the snapshot is decided on alike', () => {
  fc.assert(
    fc.property(states, state => {
      const snapshot = snapshotOf(state)
      const writes = writesOf(snapshot)
      expect(decide(JSON.parse(JSON.stringify(snapshot)) as typeof snapshot)).toEqual(decide(snapshot))
      for (const write of writes) {
        if (write.verb === 'delete') expect(snapshot.carrying).not.toContain(write.target.name)
        if (write.verb !== 'patch' || !state.spec.isServed) continue
        const isScaledDown = asJson(write.patch as object) as { spec?: { replicas?: number } }
        const template = write.target.name.replace('demo-', '')
        const isKnown = template !== 'old' || state.services.includes('old-service')
        if (isScaledDown.spec?.replicas === 0 && isKnown)
          expect(snapshot.carrying).not.toContain(`${template}-service`)
      }
    }),
    { numRuns: 500 },
  )
})

test('what is ended, by a person or by its time, comes to rest without pods, Services or runs', () => {
  fc.assert(
    fc.property(states, state => {
      let world = snapshotOf({ ...state, spec: { ...state.spec, terminate: true }, carrying: [] })
      for (let pass = 0; pass < 30; pass++) world = next(world)
      expect(writesOf(world)).toEqual([])
      expect(world.experiment.status?.phase).toMatch(/Successful|Failed|Error|Inconclusive/)
      expect(world.replicaSets.filter(one => one.spec.replicas !== 0)).toEqual([])
      expect(world.services).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a final phase is never changed', () => {
  fc.assert(
    fc.property(
      states,
      fc.constantFrom<AnalysisPhase>('Successful', 'Failed', 'Error', 'Inconclusive'),
      (state, over) => {
        const snapshot = snapshotOf(state)
        const status = { ...snapshot.experiment.status, phase: over }
        expect(decide({ ...snapshot, experiment: { ...snapshot.experiment, status } }).status?.phase).toBe(
          over,
        )
      },
    ),
  )
})
