// What becomes of an Experiment when one of its writes is refused, or its answer is lost.
import { describe, expect, test } from 'vitest'
import type { ExperimentStatus } from '../api/experiment.ts'
import { KubeError } from '../kube/errors.ts'
import { CLUSTER_ANALYSIS_TEMPLATE, EXPERIMENT } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { decide } from './decide.ts'
import { aRun, aSnapshot, anExperiment, at, NOW, pods, RUNNING, words } from './experiment.suite.ts'
import { experimentReconciler } from './reconciler.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

const reconciler = experimentReconciler({ ours: {}, theirs: {}, routed: () => [] })
const denied = new KubeError('Forbidden', 'not signed')
const taken = new KubeError('AlreadyExists', 'it is there')
const PENDING: Partial<ExperimentStatus> = { phase: 'Pending', ...words('Progressing') }
const CHECK = { name: 'check', templateName: 'check' }
const BOTH = [pods('a'), pods('b')]

const writeOf = (snapshot: ExperimentSnapshot, why: string) =>
  decide(snapshot).writes.find(one => one.why === why) as Write

test('of templates that may not be read an Experiment waits, and says which right is missing', () => {
  const store = createStore({ indices: [reconciler.indices ?? {}] })
  store.forbid(CLUSTER_ANALYSIS_TEMPLATE)
  let version = 0
  const decided = (analysis: object, analysisRuns: NonNullable<ExperimentStatus['analysisRuns']> = []) => {
    const check = { ...CHECK, ...analysis }
    const experiment = anExperiment({ analyses: [check] }, { ...RUNNING, analysisRuns })
    const resourceVersion = String((version += 1))
    store.put(EXPERIMENT, { ...experiment, metadata: { ...experiment.metadata, resourceVersion } })
    const snapshot = reconciler.gather('shop/demo', store, NOW, {})
    const { writes = [], status = {} } = snapshot === undefined ? {} : reconciler.decide(snapshot)
    return { writes, phase: status.phase, said: JSON.stringify(status.conditions ?? []) }
  }
  const waiting = decided({ clusterScope: true })
  expect(waiting).toMatchObject({ writes: [], phase: 'Running' })
  expect(waiting.said).toContain('this controller may not read clusteranalysistemplates.argoproj.io')
  expect(decided({}).phase).toBe('Error')
  const passed = { name: 'check', analysisRun: 'demo-check', phase: 'Successful' } as const
  expect(decided({ clusterScope: true }, [passed]).said).not.toContain('may not read')
})

test('an Experiment whose template may not be read ends with its time', () => {
  const check = { ...CHECK, clusterScope: true }
  const ends = (seconds: number) => {
    const experiment = anExperiment(
      { analyses: [check], duration: '1m' },
      { ...RUNNING, availableAt: at(-seconds), analysisRuns: [] },
    )
    const unread = [refOf(CLUSTER_ANALYSIS_TEMPLATE, { metadata: { name: 'check' } } as KubeObject)]
    return decide(aSnapshot(experiment, { replicaSets: BOTH, named: {}, unread }))
  }
  expect(ends(30)).toMatchObject({
    writes: [],
    status: { phase: 'Running' },
    waits: [{ until: NOW + 30_000 }],
  })
  expect(ends(60).status).toMatchObject({
    phase: 'Error',
    analysisRuns: [{ message: expect.stringContaining('may not be read') as string }],
  })
})

describe('a create that was done, and whose answer was lost', () => {
  test.each([
    ['create ReplicaSet demo-a for template a', aSnapshot(anExperiment({}, PENDING))],
    [
      'create AnalysisRun demo-check',
      aSnapshot(anExperiment({ analyses: [CHECK] }, RUNNING), { replicaSets: BOTH }),
    ],
  ])('is tried again while nobody can tell whose the name is: %s', (why, snapshot) => {
    const recover = (found?: ReturnType<typeof aRun>) =>
      reconciler.recover?.(snapshot, writeOf(snapshot, why), taken, found)
    expect(recover()).toBeUndefined()
    expect(recover(aRun('demo-check'))).toBeUndefined()
  })
})

describe('a write that is refused for good', () => {
  test('to a ReplicaSet that is to get its pods is an Error of its template, which is told before all else', () => {
    const found = [pods('a', { replicas: 0 }), pods('b', { replicas: 0 })]
    const snapshot = aSnapshot(anExperiment({}, PENDING), { replicaSets: found })
    const grow = writeOf(snapshot, 'scale ReplicaSet demo-b from 0 to 1')
    const { writes, status } = reconciler.recover?.(snapshot, grow, denied, undefined) ?? {}
    expect(writes).toEqual([])
    expect(status).toMatchObject({ phase: 'Error', message: 'not signed' })
    expect(reconciler.recover?.(snapshot, grow, new KubeError('Internal', 'down'), undefined)).toBeUndefined()
  })

  test('that only tidies up stands in a condition until it is made, beside what is so', () => {
    const refusal = {
      reason: 'Forbidden',
      message: 'scale ReplicaSet demo-a from 1 to 0: not signed',
    } as const
    const over = { duration: '60s', scaleDownDelaySeconds: 0 }
    const snapshot = aSnapshot(anExperiment(over, RUNNING), { replicaSets: BOTH })
    const [trim] = decide(snapshot).trims ?? []
    expect(reconciler.recover?.(snapshot, trim as Write, denied, undefined)).toBeUndefined()
    const told = reconciler.refused?.(snapshot, refusal)
    const condition = { type: 'WriteRefused', status: 'True', ...refusal, lastUpdateTime: at(0) }
    expect(told?.status).toMatchObject({ phase: 'Successful', conditions: [{}, condition] })
    expect(told?.events?.at(-1)).toEqual({
      type: 'Warning',
      reason: 'WriteRefused',
      message: refusal.message,
    })

    const next = (replicaSets: typeof BOTH) =>
      aSnapshot(anExperiment(over, told?.status as ExperimentStatus), { replicaSets })
    expect(decide(next(BOTH)).status?.conditions).toContainEqual(expect.objectContaining(condition))
    expect(reconciler.refused?.(next(BOTH), refusal)).toEqual({
      status: next(BOTH).experiment.status,
      events: [],
    })
    const gone = [pods('a', { replicas: 0 }), pods('b', { replicas: 0 })]
    expect(decide(next(gone)).status?.conditions).toMatchObject([{ type: 'Progressing' }])
  })
})
