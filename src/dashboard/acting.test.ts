// The page's buttons: what is done, what is only foretold, and what comes too late.
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../doors/random.ts'
import { ROLLOUT, POD, REPLICA_SET, SERVICE } from '../kube/kinds.ts'
import type { KubeObject } from '../kube/object.ts'
import { modelCluster } from '../runtime/network/model-cluster.suite.ts'
import { systemClock } from '../runtime/system.ts'
import { actAnswer } from './acting.ts'
import { DETAIL_INDICES, detailWatches } from './detail/watches.ts'
import { liveCopies } from './live.ts'

const stop = new AbortController()
afterAll(() => stop.abort())

const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-08-01T12:00:00Z' }]
const PAUSED = { phase: 'Paused', currentPodHash: 'b', stableRS: 'a', currentStepIndex: 1, pauseConditions }
const SEEN = { hash: 'b', step: 1, phase: 'Paused' }

function aWorld() {
  const cluster = modelCluster([ROLLOUT, REPLICA_SET, POD, SERVICE])
  cluster.put(ROLLOUT, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop', uid: 'u', generation: 1 },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }] } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      },
    },
    status: PAUSED,
  } as KubeObject)
  const details = liveCopies({
    client: cluster.client,
    clock: systemClock,
    random: seededRandom(1),
    signal: stop.signal,
    watches: detailWatches,
    indices: DETAIL_INDICES,
  })
  const act = async (asked: object) => {
    const world = {
      client: cluster.client,
      details,
      now: Date.parse('2026-08-01T12:10:00Z'),
      signal: stop.signal,
    }
    const { status, body } = await actAnswer(
      world,
      JSON.stringify({ namespace: 'shop', name: 'web', ...asked }),
    )
    return {
      status,
      ...(JSON.parse(body) as { will?: string[]; differences?: string[]; message?: string; text?: string }),
    }
  }
  const rollout = () =>
    cluster.list(ROLLOUT)[0] as KubeObject & { status: object; spec: { paused?: boolean } }
  const writes = () => cluster.requests.filter(one => /^(patch|create|update|delete)/.test(one))
  return { act, rollout, writes }
}

describe('an action', () => {
  test('is done when the rollout still stands as the page showed it', async () => {
    const { act, rollout } = aWorld()
    expect(await act({ act: 'promote', seen: SEEN })).toMatchObject({
      status: 200,
      text: "rollout 'web' promoted",
    })
    expect(rollout().status).not.toHaveProperty('pauseConditions')
  })

  test.each([
    [{ ...SEEN, hash: 'c' }, 'another update has begun'],
    [{ ...SEEN, step: 0 }, 'step 2 is reached'],
    [{ ...SEEN, phase: 'Progressing' }, 'the rollout is Paused'],
  ])('that comes too late is not done, and says so', async (seen, why) => {
    const { act, writes } = aWorld()
    const answer = await act({ act: 'promote', seen })
    expect(answer.status).toBe(409)
    expect(answer.message).toContain(why)
    expect(writes()).toEqual([])
  })

  test('an image is set whatever has happened meanwhile', async () => {
    const { act } = aWorld()
    const seen = { hash: 'other', step: 0, phase: 'Healthy' }
    expect((await act({ act: 'set-image', container: 'web', image: 'web:2', seen })).status).toBe(200)
  })

  test('an abort is never too late', async () => {
    const { act, rollout } = aWorld()
    expect((await act({ act: 'abort', seen: { hash: 'other', step: 0, phase: 'Healthy' } })).status).toBe(200)
    expect(rollout().status).toHaveProperty('abort', true)
  })

  test('that is only foretold says what the controller would do, and writes nothing', async () => {
    const { act, writes } = aWorld()
    const {
      status,
      will = [],
      differences,
    } = await act({
      act: 'set-image',
      container: 'web',
      image: 'web:2',
      dryRun: true,
    })
    expect(status).toBe(200)
    expect(will.some(line => line.startsWith('create ReplicaSet'))).toBe(true)
    expect(differences).toEqual(['spec.containers[web].image: web:1 -> web:2'])
    expect(writes()).toEqual([])
  })

  test('pause and resume', async () => {
    const { act, rollout } = aWorld()
    await act({ act: 'pause' })
    expect(rollout().spec.paused).toBe(true)
    await act({ act: 'resume' })
    expect(rollout().spec.paused).toBe(false)
  })

  test.each([
    [{ act: 'delete' }, 400, 'not an action'],
    [{ act: 'promote', name: 7 }, 400, 'not an action'],
    [{ act: 'promote', name: 'none' }, 409, 'not found'],
    [{ act: 'set-image', container: 'none', image: 'x' }, 409, 'unable to find container named "none"'],
    [{ act: 'undo', revision: 'x' }, 400, 'not an action'],
    [{ act: 'undo', revision: 9 }, 409, 'unable to find specified revision 9'],
  ])('%j is refused with its reason', async (asked, code, why) => {
    const { act, writes } = aWorld()
    const { status, message } = await act(asked)
    expect([status, message]).toEqual([code, expect.stringContaining(why)])
    expect(writes()).toEqual([])
  })
})
