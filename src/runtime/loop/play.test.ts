// The whole runtime over a model of an API server, in virtual time: reflectors, store, loop, driver.
import { afterEach, describe, expect, test } from 'vitest'
import { SILENT } from '../../doors/silent-log.ts'
import { seededRandom } from '../../doors/random.ts'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP, EVENT, ROLLOUT } from '../../kube/kinds.ts'
import { fromJson, keyOf, parseKey } from '../../kube/object.ts'
import type { AnyObject, KubeObject } from '../../kube/object.ts'
import type { Decision, Reconciler } from '../../kube/reconciler.ts'
import type { Json } from '../../std/json.ts'
import { virtualClock } from '../../sim/clock.ts'
import { modelCluster } from '../network/model-cluster.suite.ts'
import { playReconcilers } from './play.ts'

interface Snapshot {
  readonly rollout: AnyObject
  readonly map: AnyObject | undefined
}

/** Keeps a ConfigMap of the Rollout's name with its `spec.say`, and reports what was said. */
const sayer: Reconciler<Snapshot> = {
  kind: ROLLOUT,
  indices: {},
  watches: [
    { kind: ROLLOUT, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
    { kind: CONFIG_MAP, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
  ],
  gather(key, cache) {
    const rollout = cache.get<AnyObject>({ kind: ROLLOUT, ...parseKey(key) })
    if (rollout === undefined) return undefined
    return { rollout, map: cache.get<AnyObject>({ kind: CONFIG_MAP, ...parseKey(key) }) }
  },
  decide({ rollout, map }): Decision {
    const { say } = rollout['spec'] as { say: string }
    const { name, namespace = '' } = rollout.metadata
    const data = map?.['data'] as { say?: string } | undefined
    const status = { ...(rollout['status'] as object | undefined), said: say } as Json
    if (map === undefined) {
      const object = fromJson({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace },
        data: { say },
      })
      const event = { type: 'Normal', reason: 'Created', message: `Created ConfigMap ${name}` } as const
      return { writes: [{ verb: 'create', why: `create ConfigMap ${name}`, object, event }], status }
    }
    if (data?.say === say) return { writes: [], status }
    const target = { kind: CONFIG_MAP, name, namespace }
    return { writes: [{ verb: 'patch', why: `say ${say}`, target, patch: { data: { say } } }], status }
  },
  announce: (object, what) => ({ type: 'Normal', reason: `Rollout${what}`, message: object.metadata.name }),
}

const aRollout = (name: string, say: string) =>
  fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'default' },
    spec: { say },
  })

describe('reconcilers at play', () => {
  const stops: AbortController[] = []
  afterEach(() => stops.splice(0).forEach(stop => stop.abort()))

  function start() {
    const stop = new AbortController()
    stops.push(stop)
    const cluster = modelCluster([ROLLOUT, CONFIG_MAP, EVENT])
    const time = virtualClock(Date.UTC(2026, 7, 1))
    const clock = {
      aheadMs: 0,
      now: () => time.now() + clock.aheadMs,
      sleepUntil: (at: number, signal: AbortSignal) => time.sleepUntil(at - clock.aheadMs, signal),
    }
    const played = playReconcilers({
      client: cluster.client,
      reconcilers: [sayer],
      component: 'rollouts-controller',
      clock,
      random: seededRandom(1),
      log: SILENT,
      signal: stop.signal,
    })
    /** Lets everything happen that happens within the time. */
    const pass = async (ms: number) => {
      const until = time.now() + ms
      for (;;) {
        for (let i = 0; i < 3; i++) await new Promise(setImmediate)
        const at = time.nextAt()
        if (at === undefined || at > until) break
        time.advanceTo(at)
      }
      time.advanceTo(until)
    }
    return { cluster, clock, played, pass }
  }
  const said = (cluster: ReturnType<typeof modelCluster>) =>
    cluster.list(CONFIG_MAP).map(map => ((map as AnyObject)['data'] as { say: string }).say)
  const writes = (cluster: ReturnType<typeof modelCluster>) =>
    cluster.requests.filter(request => !/^(watch|list|get)/.test(request))

  test('an object that appears gets its writes, then its status, then nothing more', async () => {
    const { cluster, pass } = start()
    await pass(100)
    cluster.put(ROLLOUT, aRollout('guestbook', 'hello'))
    await pass(60_000)
    expect(said(cluster)).toEqual(['hello'])
    expect((cluster.list(ROLLOUT)[0] as AnyObject)['status']).toEqual({ said: 'hello' })
    expect(writes(cluster)).toEqual([
      'create event Rolloutappeared: guestbook',
      'create create ConfigMap guestbook',
      'create event Created: Created ConfigMap guestbook',
      'patch report said',
    ])
  })

  test('a thousand objects that are there at the start are announced and served', async () => {
    const { cluster, pass } = start()
    for (let i = 0; i < 1000; i++) cluster.put(ROLLOUT, aRollout(`r${i}`, 'hello'))
    await pass(60_000)
    expect(said(cluster)).toHaveLength(1000)
    expect(cluster.list(EVENT)).toHaveLength(2000)
  })

  test('news are heard at once also when the clock was set forward while everything waits', async () => {
    const { cluster, clock, pass } = start()
    cluster.put(ROLLOUT, aRollout('broken', 'hello'))
    cluster.refuse = write => (write.verb === 'create' ? new KubeError('Internal', 'down') : undefined)
    await pass(60_000)
    cluster.refuse = () => undefined
    clock.aheadMs = 3_600_000
    cluster.put(ROLLOUT, aRollout('guestbook', 'hello'))
    await pass(100)
    expect(said(cluster)).toContain('hello')
  })

  test("a user's change between our look and our write is never overwritten", async () => {
    const { cluster, pass } = start()
    cluster.put(ROLLOUT, aRollout('guestbook', 'hello'))
    let raced = false
    cluster.refuse = write => {
      if (write.verb === 'patch' && write.subresource === 'status' && !raced) {
        raced = true
        const rollout = cluster.list(ROLLOUT)[0] as AnyObject
        cluster.put(ROLLOUT, { ...rollout, status: { abort: true } } as AnyObject)
      }
      return undefined
    }
    await pass(60_000)
    expect((cluster.list(ROLLOUT)[0] as AnyObject)['status']).toEqual({ abort: true, said: 'hello' })
  })

  test('a write that fails is tried again, ever less often', async () => {
    const { cluster, pass } = start()
    cluster.put(ROLLOUT, aRollout('guestbook', 'hello'))
    cluster.refuse = write =>
      write.verb === 'create' && write.object.kind === 'ConfigMap'
        ? new KubeError('Internal', 'down')
        : undefined
    await pass(60_000)
    const tries = writes(cluster).filter(request => request.includes('ConfigMap')).length
    expect(tries).toBeGreaterThan(10)
    expect(tries).toBeLessThan(25)
    cluster.refuse = () => undefined
    await pass(11_000)
    expect(said(cluster)).toEqual(['hello'])
  })
})
