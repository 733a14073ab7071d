// Leader election in virtual time, over the model of an API server.
import { afterEach, describe, expect, test } from 'vitest'
import { SILENT } from '../doors/silent-log.ts'
import { seededRandom } from '../doors/random.ts'
import { KubeError } from '../kube/errors.ts'
import { LEASE } from '../kube/kinds.ts'
import { virtualClock } from '../sim/clock.ts'
import { campaign } from './leader.ts'
import type { Lease } from './leader.ts'
import { modelCluster } from './network/model-cluster.suite.ts'

describe('the lease', () => {
  const stops: AbortController[] = []
  afterEach(() => stops.splice(0).forEach(stop => stop.abort()))

  function start() {
    const cluster = modelCluster([LEASE])
    const time = virtualClock(Date.UTC(2026, 7, 1))
    const told: string[] = []
    /** One machine's clock, which somebody may set. */
    const aClock = () => {
      let aheadMs = 0
      return {
        now: () => time.now() + aheadMs,
        sleepUntil: (at: number, signal: AbortSignal) => time.sleepUntil(at - aheadMs, signal),
        set: (ms: number) => void (aheadMs = ms),
      }
    }
    const join = (identity: string, clock = aClock()) => {
      const stop = new AbortController()
      stops.push(stop)
      /** How long what it asks for is on its way. */
      const wayMs = { read: 0, write: 0 }
      const after = (ms: number) => (ms === 0 ? undefined : time.sleepUntil(time.now() + ms, stop.signal))
      const own = campaign({
        client: {
          ...cluster.client,
          async get(ref) {
            await after(wayMs.read)
            return cluster.client.get(ref)
          },
          async write(write, mayTry) {
            await after(wayMs.write)
            mayTry?.()
            return cluster.client.write(write)
          },
        },
        clock,
        stopwatch: time.now,
        random: seededRandom(identity.length),
        log: { ...SILENT, warn: (_, fields) => void told.push(String(fields?.['why'])) },
        identity,
        name: 'argo-rollouts-controller-lock',
        namespace: 'argo-rollouts',
        signal: stop.signal,
      })
      const state = {
        elected: false,
        lost: false,
        clock,
        wayMs,
        stop: () => stop.abort(),
        isHeld: own.isHeld,
      }
      void own.elected.then(() => (state.elected = true))
      void own.ended.then(lost => (state.lost = lost))
      return state
    }
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
    const lease = () => (cluster.list(LEASE)[0] as Lease | undefined)?.spec
    /** The process is stopped for a while: time has gone on when it wakes. */
    const sleepThrough = (ms: number) => time.advanceTo(time.now() + ms)
    return { cluster, join, pass, sleepThrough, lease, told }
  }

  test('one of two leads, and keeps it', async () => {
    const { join, pass, lease } = start()
    const [a, b] = [join('a'), join('bb')]
    await pass(120_000)
    expect([a.elected, b.elected]).toEqual([true, false])
    expect(lease()).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 })
    expect(lease()?.renewTime).toMatch(/^2026-08-01T00:0[12]:\d\d\.\d{6}Z$/)
  })

  test('who stops in order gives it back, and the next one leads within seconds', async () => {
    const { join, pass, lease } = start()
    const a = join('a')
    await pass(10_000)
    const b = join('bb')
    await pass(3000)
    a.stop()
    await pass(6000)
    expect(b.elected).toBe(true)
    expect(lease()).toMatchObject({ holderIdentity: 'bb', leaseTransitions: 1 })
  })

  test('who falls silent is followed after fifteen seconds, and knows that it has lost', async () => {
    const { cluster, join, pass } = start()
    const a = join('a')
    await pass(10_000)
    const b = join('bb')
    await pass(5000)
    cluster.refuse = write =>
      write.verb === 'patch' && JSON.stringify(write.patch).includes('"a"')
        ? new KubeError('Unreachable', 'no route')
        : undefined
    await pass(7000)
    expect([a.lost, b.elected]).toEqual([false, false])
    await pass(4000)
    expect(a.lost).toBe(true)
    await pass(10_000)
    expect(b.elected).toBe(true)
  })

  test('a leader that has slept through its renewals knows that it may be none', async () => {
    const { join, pass, sleepThrough } = start()
    const a = join('a')
    expect(a.isHeld()).toBe(false)
    await pass(10_000)
    expect(a.isHeld()).toBe(true)
    sleepThrough(16_000)
    expect(a.isHeld()).toBe(false)
  })

  test('a leader whose clock is set back gives up in time, and before another leads', async () => {
    const { cluster, join, pass } = start()
    const a = join('a')
    await pass(10_000)
    const b = join('bb')
    await pass(5000)
    a.clock.set(-3_600_000)
    cluster.refuse = write => (JSON.stringify(write).includes('"a"') ? new Promise(() => {}) : undefined)
    await pass(12_000)
    expect([a.lost, b.elected]).toEqual([true, false])
    await pass(8000)
    expect([a.isHeld(), b.elected]).toEqual([false, true])
  })

  test('who waits takes no lease because a clock is set forward', async () => {
    const { join, pass } = start()
    const [a, b] = [join('a'), join('bb')]
    await pass(10_000)
    b.clock.set(3_600_000)
    await pass(60_000)
    expect([a.isHeld(), b.elected]).toEqual([true, false])
  })

  test('a leader whose clock is set forward writes again after its next renewal', async () => {
    const { join, pass } = start()
    const a = join('a')
    await pass(10_000)
    a.clock.set(3_600_000)
    expect(a.isHeld()).toBe(false)
    await pass(3000)
    expect([a.isHeld(), a.lost]).toEqual([true, false])
  })

  test('who waits says why, once for each reason', async () => {
    const { cluster, join, pass, told } = start()
    cluster.refuse = () => new KubeError('NotFound', 'namespaces "argo-rollouts" not found')
    join('bb')
    await pass(20_000)
    expect(told).toEqual(['namespaces "argo-rollouts" not found'])
    cluster.refuse = write =>
      JSON.stringify(write).includes('"bb"') ? new KubeError('Unreachable', 'no route') : undefined
    join('a')
    await pass(60_000)
    expect(told.slice(1)).toContain('a leads')
    expect(told.filter(why => why === 'a leads')).toHaveLength(1)
  })

  test('a renewal that is put off for too long is not sent any more', async () => {
    const { join, pass, lease } = start()
    const a = join('a')
    await pass(10_000)
    a.wayMs.write = 12_000
    const before = lease()?.renewTime
    await pass(30_000)
    expect([a.lost, lease()?.renewTime]).toEqual([true, before])
  })

  test('who waits is not blind for as long as an answer hangs', async () => {
    const { join, pass } = start()
    const a = join('a')
    await pass(10_000)
    const b = join('bb')
    await pass(5000)
    a.wayMs.write = 3_600_000
    b.wayMs.read = 60_000
    await pass(5000)
    b.wayMs.read = 0
    await pass(40_000)
    expect([a.lost, b.elected]).toEqual([true, true])
  })

  test('a server that takes the renewal and never answers has its leader give up in time', async () => {
    const { cluster, join, pass } = start()
    const a = join('a')
    await pass(10_000)
    cluster.refuse = () => new Promise(() => {})
    await pass(8000)
    expect(a.lost).toBe(false)
    await pass(4000)
    expect(a.lost).toBe(true)
  })
})
