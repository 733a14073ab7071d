// What wakes each controller, and what it gives up when its object has gone.
import { expect, test } from 'vitest'
import { ANALYSIS_RUN, JOB, REPLICA_SET } from '../kube/kinds.ts'
import { fromJson, ownerReference } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { createLoop } from '../runtime/loop/loop.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { reconcilers } from './reconcilers.ts'

test.each([
  ['experiments', 'Experiment', REPLICA_SET],
  ['analysisruns', 'AnalysisRun', JOB],
  ['rollouts', 'Rollout', REPLICA_SET],
])('%s hear of an object that somebody takes from its owner', (plural, kind, made) => {
  const owner = fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name: 'x', namespace: 'd', uid: 'u' },
  })
  const bare = fromJson({ apiVersion: 'v1', kind: made.kind, metadata: { name: 'm', namespace: 'd' } })
  const owned = { ...bare, metadata: { ...bare.metadata, ownerReferences: [ownerReference(owner)] } }
  const watches = reconcilers()
    .filter(one => one.kind.plural === plural)
    .flatMap(one => one.watches)
  const heard = watches
    .filter(watch => watch.kind === made)
    .flatMap(watch => watch.keysFor(bare, owned, createStore()))
  expect(heard).toContain('d/x')
})

test('what was asked for an AnalysisRun is given up when somebody deletes it', () => {
  const ours = reconcilers().filter(one => one.kind === ANALYSIS_RUN)
  const store = createStore({ indices: ours.map(one => one.indices) })
  const loop = createLoop(ours, { cache: store, component: 'test' })
  const metrics = [{ name: 'rate', provider: { web: { url: 'http://slow', timeoutSeconds: 3600 } } }]
  const version = (resourceVersion: string): KubeObject =>
    fromJson({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'demo', namespace: 'shop', uid: 'run-1', resourceVersion },
      spec: { metrics },
      status: { phase: 'Running' },
    })
  const hear = (change: ReturnType<typeof store.put>) => {
    if (change !== undefined) loop.step({ type: 'seen', ...change }, 0)
    return loop.step({ type: 'tick' }, 0)
  }
  loop.step({ type: 'elected' }, 0)
  expect(hear(store.put(ANALYSIS_RUN, version('1')))).toContainEqual(expect.objectContaining({ type: 'ask' }))
  expect(hear(store.remove(ANALYSIS_RUN, version('2')))).toContainEqual(
    expect.objectContaining({ type: 'drop', question: 'measurement 1 of rate (run-1)' }),
  )
})
