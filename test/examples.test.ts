// The examples, played in virtual time: a metrics server that says what the story needs, and what becomes of it.
import { readFileSync } from 'node:fs'
import { load, loadAll } from 'js-yaml'
import { afterEach, expect, test } from 'vitest'
import { planOf } from '../src/analysis/plan.ts'
import type { AnalysisTemplate } from '../src/api/analysis.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Hop } from '../src/doors/outgoing/hop.ts'
import { createWorld } from '../src/sim/world.ts'
import type { SimulatedOutside, World } from '../src/sim/world.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

/** The manifests of a page, by name. */
function blocksIn(page: string): readonly (readonly [string, AnalysisTemplate])[] {
  const all = [...readFileSync(page, 'utf8').matchAll(/```yaml\n(.*?)```/gs)]
  const objects = all.map(([, text]) => load(text as string) as AnalysisTemplate)
  return objects
    .filter(({ kind }) => kind === 'AnalysisTemplate')
    .map(template => [template.metadata.name, template])
}

/** A Prometheus that gives one number to whatever it is asked. */
function saying(value: string): SimulatedOutside & { readonly asked: string[] } {
  const asked: string[] = []
  const data = { resultType: 'vector', result: [{ metric: {}, value: [0, value] }] }
  const text = () => Promise.resolve(JSON.stringify({ status: 'success', data }))
  const roundTrip = ({ url }: Hop) => {
    asked.push(url.host)
    const headers = { 'content-type': 'application/json' }
    return Promise.resolve({ status: 200, statusText: '200 OK', headers, text, discard: () => {} })
  }
  return { asked, env: {}, sleeping: () => 0, outgoing: { transport: () => roundTrip, close: () => {} } }
}

/** The example stands, then gets a new image; gives back its Rollout after five minutes. */
async function played(outside: SimulatedOutside): Promise<Rollout> {
  const world = await createWorld({ reconcilers: reconcilers(), outside })
  worlds.push(world)
  for (const object of loadAll(readFileSync('examples/analysis/quick.yaml', 'utf8'))) {
    const { metadata, ...rest } = object as { metadata: object }
    const placed = fromJson({ ...rest, metadata: { ...metadata, namespace: 'default' } } as never)
    await world.client.write({ verb: 'create', why: 'apply the example', object: placed })
  }
  const target = { kind: ROLLOUT, namespace: 'default', name: 'shop' }
  const shop = async () => (await world.client.get(target)) as Rollout
  expect(await world.advanceUntil(async () => (await shop()).status?.phase === 'Healthy', 60_000)).toBe(true)
  const containers = [{ name: 'shop', image: 'argoproj/rollouts-demo:green' }]
  const patch = { spec: { template: { spec: { containers } } } }
  await world.client.write({ verb: 'patch', why: 'a new version', target, patch })
  await world.advance(300_000)
  return shop()
}

test.each(blocksIn('docs/analysis.md'))('docs/analysis.md: template %s can be played', (_, { spec }) => {
  const args = (spec.args ?? []).map(one => (one.valueFrom === undefined ? { ...one, value: 'shop' } : one))
  expect(planOf({ metrics: spec.metrics ?? [], args })).toMatchObject({
    value: [{ name: expect.anything() }],
  })
})

test('quick.yaml goes on with a good version, after four looks at the cluster’s own metrics', async () => {
  const outside = saying('0.99')
  expect((await played(outside)).status).toMatchObject({ phase: 'Healthy' })
  expect(outside.asked).toEqual(Array(4).fill('crossfade-metrics.crossfade-system.svc.cluster.local'))
})

test('quick.yaml goes back with a bad one, at the first look', async () => {
  const outside = saying('0.7')
  const { status } = await played(outside)
  expect(status).toMatchObject({ phase: 'Degraded', abort: true })
  expect(outside.asked).toHaveLength(1)
})
