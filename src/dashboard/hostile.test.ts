// Objects as nobody should write them: each is shown as text or as far as it can be read, hides no other, and is acted
// on or refused with a reason.
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../doors/random.ts'
import { ANALYSIS_RUN, EVENT, EXPERIMENT, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../kube/kinds.ts'
import { apiVersionOf } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import { modelCluster } from '../runtime/network/model-cluster.suite.ts'
import { systemClock } from '../runtime/system.ts'
import { actAnswer } from './acting.ts'
import { json } from './answer.ts'
import { detailOf } from './detail/detail.ts'
import { DETAIL_INDICES, detailWatches } from './detail/watches.ts'
import { liveCopies } from './live.ts'
import { peerAnswer } from './peer/answer.ts'
import { rowsOf } from './rows.ts'
import { ACTS } from './wire.ts'

const stop = new AbortController()
afterAll(() => stop.abort())

const NOW = Date.parse('2026-08-01T12:10:00Z')
const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
}
const SPEC = {
  replicas: 1,
  selector: { matchLabels: { app: 'web' } },
  template: TEMPLATE,
  strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
}

const owned = (kind: string, name: string) => ({
  ownerReferences: [{ kind, name, uid: name, controller: true }],
})

function object(kind: Kind, name: string, { metadata, ...parts }: Record<string, unknown>): KubeObject {
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { namespace: 'shop', uid: name, generation: 1, name, ...(metadata as object) },
    ...parts,
  } as unknown as KubeObject
}

const KINDS = [ROLLOUT, REPLICA_SET, POD, SERVICE, ANALYSIS_RUN, EXPERIMENT, EVENT]

/** A cluster with these objects beside a Rollout that is as it should be. */
async function shown(objects: readonly (readonly [Kind, KubeObject])[]) {
  const cluster = modelCluster(KINDS)
  cluster.put(ROLLOUT, object(ROLLOUT, 'good', { spec: SPEC, status: { phase: 'Healthy' } }))
  for (const [kind, one] of objects) cluster.put(kind, one)
  const options = { client: cluster.client, clock: systemClock, random: seededRandom(1), signal: stop.signal }
  const details = liveCopies({ ...options, watches: detailWatches, indices: DETAIL_INDICES })
  const live = details.hold('shop', stop.signal)!
  await live.ready
  const detail = detailOf({ cache: live.cache, key: 'shop/web', now: NOW })
  const rows = rowsOf(live.cache, '')()
  const act = async (asked: object) => {
    const world = { client: cluster.client, details, now: NOW, signal: stop.signal }
    const body = JSON.stringify({
      namespace: 'shop',
      name: 'web',
      container: 'web',
      image: 'web:2',
      ...asked,
    })
    return actAnswer(world, body)
  }
  const peer = async (path: string) => {
    const watch = async () => json(500, {})
    const world = { client: cluster.client, clock: systemClock, namespace: 'shop', version: 'v1', watch }
    const query = new URLSearchParams()
    const answer = await peerAnswer(world, { method: 'GET', path, query, accept: undefined, body: '' })
    return answer.status
  }
  return { detail, rows, act, peer, text: JSON.stringify([detail, [...rows]]) }
}

const long = 'x'.repeat(100_000)
const condition = { type: 'Progressing', status: 'True', lastTransitionTime: '2026-08-01T12:00:00Z' }

const ROLLOUTS: Readonly<Record<string, Record<string, unknown>>> = {
  'no spec': { spec: undefined },
  'a spec that is a text': { spec: 'none' },
  'no strategy': { spec: { ...SPEC, strategy: undefined } },
  'both strategies': { spec: { ...SPEC, strategy: { canary: {}, blueGreen: { activeService: 'a' } } } },
  'a strategy that is a list': { spec: { ...SPEC, strategy: [1] } },
  'steps that are a text': { spec: { ...SPEC, strategy: { canary: { steps: 'all' } } } },
  'steps that are nothing, numbers, lists': {
    spec: { ...SPEC, strategy: { canary: { steps: [null, 7, [], {}, { setWeight: 'x' }] } } },
  },
  'a step of two kinds': {
    spec: { ...SPEC, strategy: { canary: { steps: [{ setWeight: 20, pause: {}, analysis: 'x' }] } } },
  },
  'negative replicas': { spec: { ...SPEC, replicas: -3 } },
  'replicas that are a text': { spec: { ...SPEC, replicas: 'many' } },
  'a template without containers': { spec: { ...SPEC, template: { spec: {} } } },
  'containers that are nothing': { spec: { ...SPEC, template: { spec: { containers: [null, 7, {}] } } } },
  'containers that are a text': { spec: { ...SPEC, template: { spec: { containers: 'web' } } } },
  'a status that is a list': { status: [] },
  'conditions that are a text': { status: { phase: 'Paused', conditions: 'Progressing' } },
  'conditions without fields': { status: { conditions: [null, {}, 7, condition] } },
  'a canary status that is a text': { status: { phase: 'Paused', canary: 'yes', blueGreen: 7 } },
  'pauses that are no list': { status: { phase: 'Paused', controllerPause: true, pauseConditions: 'x' } },
  'a step index that is a text': { status: { currentStepIndex: 'one', phase: 7, message: {} } },
  'a step index out of the list': { status: { currentStepIndex: -5, phase: 'Paused' } },
  'a step index of millions': { status: { currentStepIndex: 9_000_000, phase: 'Paused' } },
  'texts of 100 kB': {
    spec: { ...SPEC, template: { spec: { containers: [{ name: long, image: long }] } } },
    status: { phase: 'Degraded', message: long, conditions: [{ ...condition, message: long, reason: long }] },
  },
}

const REVISION = {
  metadata: { ...owned('Rollout', 'web'), annotations: { 'rollout.argoproj.io/revision': 'x' } },
}

const PARTS: Readonly<Record<string, readonly [Kind, Record<string, unknown>]>> = {
  'an analysis without a spec': [ANALYSIS_RUN, { status: { phase: 'Failed' } }],
  'an analysis without metrics': [ANALYSIS_RUN, { spec: {}, status: { metricResults: 'none' } }],
  'metrics that are no objects': [ANALYSIS_RUN, { spec: { metrics: [null, 7, 'x'] }, status: [] }],
  'measurements without fields': [
    ANALYSIS_RUN,
    {
      spec: { metrics: [{ name: 'm', successCondition: long }] },
      status: { metricResults: [{ name: 'm', measurements: [null, {}, { value: 7 }, { value: long }] }] },
    },
  ],
  'an experiment without anything': [EXPERIMENT, {}],
  'an experiment of texts': [EXPERIMENT, { spec: 'x', status: { message: 7, templateStatuses: 'x' } }],
  'a revision that is no number': [REPLICA_SET, { spec: { replicas: -1, template: TEMPLATE } }],
}

describe('of a Rollout', () => {
  test.each(Object.entries(ROLLOUTS))('with %s the rest is shown, and that it is there', async (_, parts) => {
    const bad = object(ROLLOUT, 'web', { spec: SPEC, status: { phase: 'Paused' }, ...parts })
    const { detail, rows, act, peer, text } = await shown([[ROLLOUT, bad]])
    expect([...rows.keys()]).toEqual(['shop/good', 'shop/web'])
    expect(detail).toMatchObject({ name: 'web', namespace: 'shop' })
    expect(text.length).toBeLessThan(20_000)
    expect([await peer('/rollouts/shop/info'), await peer('/rollouts/shop/web/info')]).toEqual([200, 200])
    for (const name of ACTS)
      for (const dryRun of [true, false])
        expect([200, 409], `${name}`).toContain((await act({ act: name, dryRun })).status)
  })

  test.each(Object.entries(PARTS))('with %s the rest is shown', async (_, [kind, parts]) => {
    const web = object(ROLLOUT, 'web', { spec: SPEC, status: { phase: 'Paused' } })
    const { detail, text, peer } = await shown([
      [ROLLOUT, web],
      [kind, object(kind, 'part', { ...REVISION, ...parts })],
    ])
    expect(detail).toMatchObject({ name: 'web', phase: 'Paused' })
    expect([await peer('/rollouts/shop/info'), await peer('/rollouts/shop/web/info')]).toEqual([200, 200])
    expect(text.length).toBeLessThan(20_000)
  })
})
