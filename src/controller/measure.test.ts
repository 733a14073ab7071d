// A measurement from the question to what is recorded: Secrets are read live and stand nowhere, what is too large is
// cut, and who asks many gets his answers in turn.
import { describe, expect, test } from 'vitest'
import type { FinishedMeasurement } from '../analysis/providers/asking.ts'
import type { Argument, Measurement } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import { HttpError } from '../doors/http.ts'
import type { Answered, Hop } from '../doors/outgoing/hop.ts'
import { KubeError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import { virtualClock } from '../sim/clock.ts'
import { measurer } from './measure.ts'

const START = Date.UTC(2026, 7, 1, 12)
const NEVER = new AbortController().signal
const SECRET = 'hush "1" /x'

const args: readonly Argument[] = [
  { name: 'key', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } },
  { name: 'host', value: 'shop' },
]

function aMetric(more: Partial<Metric> = {}): Metric {
  return { name: 'm', provider: { web: { url: 'http://{{args.host}}/?q={{args.key}}' } }, ...more }
}

/** A world whose servers are one function. */
function aWorld(
  answer: (hop: Hop) => string | Promise<string>,
  secrets: Readonly<Record<string, string>> = {},
) {
  const hops: Hop[] = []
  const measured: unknown[] = []
  const data = Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  )
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'shop' }, data }
  const client = {
    get: async ({ name }: { name: string }) => {
      if (name === 'keys') return object as KubeObject
      throw new KubeError('NotFound', `secrets "${name}" not found`, { details: { kind: 'secrets', name } })
    },
  } as unknown as Client
  const roundTrip = async (hop: Hop): Promise<Answered> => {
    hops.push(hop)
    const body = await answer(hop)
    return { status: 200, statusText: '200 OK', headers: {}, text: async () => body, discard: () => {} }
  }
  const outgoing = { transport: () => roundTrip, close: () => {} }
  const clock = virtualClock(START)
  const measure = measurer({
    client,
    clock,
    outgoing,
    env: {},
    onMeasured: one => measured.push(one),
  })
  const ask = (metric: Metric, given = args): Promise<FinishedMeasurement> =>
    measure({ namespace: 'shop', metric, args: given }, NEVER)
  return { hops, measured, ask }
}

function measurementOf(finished: FinishedMeasurement): Measurement {
  return 'measurement' in finished ? finished.measurement : { phase: 'Error', message: finished.runProblem }
}

describe('a measurement', () => {
  test('is finished: when it began and ended, what was measured and what that means', async () => {
    const world = aWorld(() => '0.97', { api: SECRET })
    const at = '2026-08-01T12:00:00Z'
    expect(await world.ask(aMetric({ successCondition: 'result >= 0.95' }))).toEqual({
      measurement: { phase: 'Successful', startedAt: at, finishedAt: at, value: '0.97' },
    })
    expect(world.measured).toEqual([{ provider: 'web', phase: 'Successful', seconds: 0 }])
  })

  test('shows a secret in no value, no message and no note, however it is quoted there', async () => {
    const echo = aWorld(({ url }) => JSON.stringify({ asked: url.query, plain: SECRET }), { api: SECRET })
    const said = JSON.stringify(await echo.ask(aMetric()))
    expect(echo.hops[0]?.url.query).toBe(`?q=${SECRET}`)
    expect(said).toContain('*****')
    expect(said).not.toContain('hush')
    const broken = aWorld(
      () => {
        throw new HttpError('EBROKEN', `cannot reach http://x/?q=${encodeURIComponent(SECRET)}`)
      },
      { api: SECRET },
    )
    expect(JSON.stringify(await broken.ask(aMetric()))).not.toContain('hush')
    const query = {
      name: 'm',
      provider: { prometheus: { address: 'http://p', query: 'up{k="{{args.key}}"}' } },
    }
    const noted = await echo.ask(query)
    expect(noted).toMatchObject({ metadata: { ResolvedPrometheusQuery: 'up{k="*****"}' } })
    expect(JSON.stringify(noted)).not.toContain('hush')
  })

  test('of 64 KiB is kept, and of what is more the beginning, with a word about it', async () => {
    const sized = async (size: number) =>
      measurementOf(await aWorld(() => 'ü'.repeat(size / 2), { api: SECRET }).ask(aMetric()))
    expect((await sized(64 * 1024)).message).toBeUndefined()
    const cut = await sized(5_000_000)
    expect(Buffer.byteLength(cut.value ?? '')).toBe(64 * 1024)
    expect(cut).toMatchObject({
      phase: 'Successful',
      message: 'the value is cut: it has more than 65536 bytes',
    })
  })

  test.each([
    [
      'a Secret that is not there',
      [{ name: 'x', valueFrom: { secretKeyRef: { name: 'none', key: 'a' } } }],
      'secrets "none" not found',
    ],
    [
      'a key that is not there',
      [{ name: 'x', valueFrom: { secretKeyRef: { name: 'keys', key: 'b' } } }],
      "key 'b' does not exist in secret 'keys'",
    ],
    [
      'a key by birth',
      [{ name: 'x', valueFrom: { secretKeyRef: { name: 'keys', key: 'constructor' } } }],
      "key 'constructor' does not exist in secret 'keys'",
    ],
  ])('needs %s: the whole run says so, and nobody is asked', async (_, given, problem) => {
    const world = aWorld(() => '1', { api: SECRET })
    const metric = { name: 'm', provider: { web: { url: 'http://shop' } } }
    expect(await world.ask(metric, given)).toEqual({
      runProblem: `Unable to resolve metric arguments: ${problem}`,
    })
    expect(world.hops).toEqual([])
  })

  test('waits for its turn when eight are under way at that address', async () => {
    const answers: ((body: string) => void)[] = []
    const world = aWorld(() => new Promise(resolve => answers.push(resolve)), { api: SECRET })
    const all = Array.from({ length: 10 }, () => world.ask(aMetric()))
    await new Promise(resolve => setImmediate(resolve))
    expect(world.hops).toHaveLength(8)
    answers.splice(0).forEach(answer => answer('1'))
    await new Promise(resolve => setImmediate(resolve))
    answers.splice(0).forEach(answer => answer('1'))
    expect((await Promise.all(all)).map(one => measurementOf(one).phase)).toEqual(
      Array(10).fill('Successful'),
    )
  })
})
