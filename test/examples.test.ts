// The examples, played in virtual time: a metrics server that says what the story needs, and what becomes of it.
import { readFileSync } from 'node:fs'
import { load, loadAll } from 'js-yaml'
import { afterEach, expect, test } from 'vitest'
import { planOf } from '../src/analysis/plan.ts'
import type { AnalysisTemplate } from '../src/api/analysis.ts'
import type { Experiment } from '../src/api/experiment.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { EXPERIMENT, ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import { routeDefinitions } from '../src/main/route-definitions.ts'
import { parseQuery } from '../src/lang/promql/parse.ts'
import { createWorld } from '../src/sim/world.ts'
import type { SimulatedOutside, World } from '../src/sim/world.ts'
import { scriptedOutside } from './tools/scripted-outside.ts'

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
  const outside = scriptedOutside(url => {
    asked.push(url.host)
    return JSON.stringify({ status: 'success', data })
  })
  return { ...outside, asked }
}

interface Played {
  /** Below `examples`. */
  readonly files: readonly string[]
  readonly rollout: string
  readonly container: string
  readonly outside: SimulatedOutside
}

const QUICK = { files: ['analysis/quick'], rollout: 'shop', container: 'shop' }
const STORY_3 = {
  files: ['analysis/story-3', 'analysis/canary-with-analysis'],
  rollout: 'canary-with-analysis',
  container: 'webserver-simple',
}

/** The example stands, then gets a new image; gives back its Rollout after five minutes. */
async function played({ files, rollout: name, container, outside }: Played): Promise<Rollout> {
  const world = await createWorld({ reconcilers: reconcilers(), outside, definitions: routeDefinitions() })
  worlds.push(world)
  const texts = files.map(file => readFileSync(`examples/${file}.yaml`, 'utf8'))
  for (const object of texts.flatMap(text => loadAll(text))) {
    const { metadata, ...rest } = object as { metadata: object }
    const placed = fromJson({ ...rest, metadata: { ...metadata, namespace: 'default' } } as never)
    await world.client.write({ verb: 'create', why: 'apply the example', object: placed })
  }
  const target = { kind: ROLLOUT, namespace: 'default', name }
  const shop = async () => (await world.client.get(target)) as Rollout
  expect(await world.advanceUntil(async () => (await shop()).status?.phase === 'Healthy', 60_000)).toBe(true)
  const ports = [{ name: 'http', containerPort: 8080 }]
  const containers = [{ name: container, image: 'argoproj/rollouts-demo:green', ports }]
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
  expect((await played({ ...QUICK, outside })).status).toMatchObject({ phase: 'Healthy' })
  expect(outside.asked).toEqual(Array(4).fill('crossfade-metrics.crossfade-system.svc.cluster.local'))
})

test('story-3.yaml decides over canary-with-analysis.yaml, in two looks', async () => {
  const outside = saying('0.95')
  expect((await played({ ...STORY_3, outside })).status).toMatchObject({ phase: 'Healthy' })
  expect(outside.asked).toEqual(Array(2).fill('prom-release-prometheus-server.prom.svc.cluster.local:80'))
})

test.each([QUICK, STORY_3])('$rollout goes back with a bad one, at the first look', async example => {
  const outside = saying('0.7')
  const { status } = await played({ ...example, outside })
  expect(status).toMatchObject({ phase: 'Degraded', abort: true })
  expect(outside.asked).toHaveLength(1)
})

const AB_TESTS = ['ab-test', 'ab-test-nginx'].map(file => {
  return { files: [file], rollout: 'shop', container: 'shop' }
})

test.each(AB_TESTS)('$files.0 waits for somebody when B is as good as A', async example => {
  const outside = saying('-0.01')
  const { status } = await played({ ...example, outside })
  expect(status).toMatchObject({ phase: 'Paused', currentStepIndex: 2, pauseConditions: [{}] })
  expect(outside.asked).toHaveLength(4)
})

test.each(AB_TESTS)('$files.0 goes back when B is worse', async example => {
  const { status } = await played({ ...example, outside: saying('-0.3') })
  expect(status).toMatchObject({ phase: 'Degraded', abort: true })
  expect(status?.message).toContain('Experiment analysis phase is error/failed')
})

test('docs/experiments.md: the Experiment alone runs for its duration, and ends well', async () => {
  const world = await createWorld({ reconcilers: reconcilers() })
  worlds.push(world)
  const blocks = [...readFileSync('docs/experiments.md', 'utf8').matchAll(/```yaml\n(.*?)```/gs)]
  const all = blocks.map(([, text]) => load(text as string) as Experiment)
  const { metadata, ...rest } = all.find(({ kind }) => kind === EXPERIMENT.kind) as Experiment
  const object = fromJson({ ...rest, metadata: { ...metadata, namespace: 'default' } } as never)
  await world.client.write({ verb: 'create', why: 'apply the page', object })
  const target = { kind: EXPERIMENT, namespace: 'default', name: metadata.name }
  const phase = async () => ((await world.client.get(target)) as Experiment).status?.phase
  expect(await world.advanceUntil(async () => (await phase()) === 'Running', 60_000)).toBe(true)
  await world.advance(290_000)
  expect(await phase()).toBe('Running')
  await world.advance(15_000)
  expect(await phase()).toBe('Successful')
})

test('docs/experiments.md shows the steps of ab-test.yaml', () => {
  const page = readFileSync('docs/experiments.md', 'utf8')
  const [, block] = /```yaml\n(steps:.*?)```/s.exec(page) ?? []
  const objects = loadAll(readFileSync('examples/ab-test.yaml', 'utf8')) as Rollout[]
  const { spec } = objects.find(one => one.kind === ROLLOUT.kind) as Rollout
  expect(load(block as string)).toEqual({ steps: spec.strategy?.canary?.steps })
})

test('story-3-broken.yaml fails with its first mistake, story-3.yaml reads well', () => {
  const read = (file: string) => {
    const { spec } = load(readFileSync(`examples/analysis/${file}.yaml`, 'utf8')) as AnalysisTemplate
    const query = spec.metrics?.[0]?.provider.prometheus?.query ?? ''
    const reading = parseQuery(query.replaceAll('{{args.service-name}}', 'shop'))
    for (;;) {
      const { done, value } = reading.next()
      if (done === true) return value
    }
  }
  expect(read('story-3-broken')).toMatchObject({ problem: 'unclosed left parenthesis' })
  expect(read('story-3')).toMatchObject({ root: { kind: 'binary' } })
})
