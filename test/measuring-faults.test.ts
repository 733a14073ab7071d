// What goes wrong outside, and what people write by mistake: a run says in one sentence what it was, with bounded work,
// and goes on where it can.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnalysisRun } from '../src/api/analysis.ts'
import type { Metric } from '../src/api/metric.ts'
import { openOutside } from '../src/controller/outside.ts'
import { HttpError } from '../src/doors/http.ts'
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE, ROLLOUT } from '../src/kube/kinds.ts'
import type { Kind } from '../src/kube/object.ts'
import type { Json } from '../src/std/json.ts'
import type { ScriptedAnswer } from './golden-measurements/recorded-case.ts'
import { scriptedServer } from './golden-measurements/scripted-server.ts'
import { openStage } from './golden-measurements/stage.ts'
import type { Stage } from './golden-measurements/stage.ts'
import { wirePair } from './golden-measurements/wire-pair.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await import('../src/controller/measure.ts')
})
afterAll(() => stage.world.stop())

/** From now on this is the only server. */
function face(...answers: readonly ScriptedAnswer[]) {
  const server = scriptedServer({ answers, clock: stage.world.clock, fill: text => text })
  const connect = async ({ host }: { readonly host: string }) => {
    if (host === 'down')
      throw new HttpError('ECONNREFUSED', 'dial tcp 10.0.0.1:80: connect: connection refused')
    const { near, far } = wirePair()
    server.serve(far, 'direct')
    return near
  }
  const secure = () => Promise.reject(new HttpError('ETLS', 'no TLS here'))
  const outside = openOutside({ env: {}, version: 'test', connections: { connect, secure } })
  stage.face({ ...outside, sleeping: () => server.sleeping })
  return server
}

const at = (name: string) => ({ name, namespace: 'default' })
let n = 0

async function placed(metric: Partial<Metric>, spec: object = {}): Promise<string> {
  const name = `run-${n++}`
  const metrics = [{ name: 'm', consecutiveErrorLimit: 0, ...metric }]
  const problem = await stage.place({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: at(name),
    spec: { metrics, ...spec },
  })
  expect(problem).toBeUndefined()
  return name
}

async function runOf(name: string): Promise<AnalysisRun> {
  return (await stage.world.client.get({ kind: ANALYSIS_RUN, ...at(name) })) as AnalysisRun
}

const isOver = ({ status }: AnalysisRun) => status?.completedAt !== undefined || status?.phase === 'Error'

async function ended(name: string): Promise<AnalysisRun> {
  await stage.world.advanceUntil(async () => isOver(await runOf(name)), 120_000)
  return runOf(name)
}

const web = (more: object = {}): Metric['provider'] => ({ web: { url: 'http://shop/rate', ...more } })
const prometheus: Metric['provider'] = { prometheus: { address: 'http://shop', query: 'up' } }
const vector = (result: Json) => ({ json: { status: 'success', data: { resultType: 'vector', result } } })

const MEGABYTE = 1024 * 1024
const LARGE: ScriptedAnswer = {
  repeat: { prefix: '"', unit: 'x'.repeat(MEGABYTE), times: 100, suffix: '"' },
  gzip: true,
}

describe('a metric server that', () => {
  test.each<[what: string, provider: Metric['provider'], answer: ScriptedAnswer, says: string]>([
    [
      'is down',
      web({ url: 'http://down/' }),
      {},
      'Get "http://down/": dial tcp 10.0.0.1:80: connect: connection refused',
    ],
    [
      'never answers',
      web(),
      { delay: 3600 },
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ],
    [
      'stops in the middle',
      web(),
      { body: '[1,2]', chunks: 2, chunkDelay: 3600 },
      'Client.Timeout or context cancellation',
    ],
    ['hangs up', web(), { fault: 'close' }, 'Get "http://shop/rate": EOF'],
    ['cuts its answer', web(), { body: '[1,2,3,4,5,6]', fault: 'truncate' }, 'unexpected EOF'],
    ['speaks no HTTP', web(), { fault: 'garbage' }, 'malformed HTTP'],
    ['knows us not', web(), { status: 401 }, 'received non 2xx response code: 401'],
    ['has too much to do', web(), { status: 429, headers: { 'Retry-After': '7' } }, 'response code: 429'],
    ['is broken', web(), { status: 503 }, 'received non 2xx response code: 503'],
    ['says null', web(), { body: 'null' }, 'the answer is null: there is no value in it'],
    [
      'says JSON that is broken',
      web({ jsonPath: '{$.a}' }),
      { body: '{"a": 1' },
      'could not evaluate successCondition',
    ],
    [
      'says another type',
      web({ jsonPath: '{$.a}' }),
      { json: { a: 'much' } },
      'invalid operation: > (mismatched types string and int)',
    ],
    ['says a hundred megabytes', web(), LARGE, 'the answer is larger than 10485760 bytes'],
    [
      'leads round in circles',
      web(),
      { status: 302, headers: { Location: '/rate' } },
      'stopped after 10 redirects',
    ],
    [
      'is down, for PromQL',
      { prometheus: { address: 'http://down', query: 'up' } },
      {},
      'connect: connection refused',
    ],
    ['never answers, for PromQL', prometheus, { delay: 3600 }, 'context deadline exceeded'],
    ['knows us not, for PromQL', prometheus, { status: 401 }, 'client_error: client error: 401'],
    ['has too much to do, for PromQL', prometheus, { status: 429 }, 'client_error: client error: 429'],
    ['is broken, for PromQL', prometheus, { status: 500 }, 'server_error: server error: 500'],
    ['says null, for PromQL', prometheus, { body: 'null' }, 'error found in #0 byte'],
    ['says nothing, for PromQL', prometheus, vector([]), 'metric result is nil or empty'],
    ['says JSON that is broken, for PromQL', prometheus, { body: '{"status":' }, 'bad_response: '],
    ['says a hundred megabytes, for PromQL', prometheus, LARGE, 'the answer is larger than 10485760 bytes'],
    [
      'leads round in circles, for PromQL',
      prometheus,
      { status: 302, headers: { Location: '/' } },
      'stopped after 10 redirects',
    ],
  ])('%s is an error that says so', async (_, provider, answer, says) => {
    const server = face(answer)
    const condition = 'prometheus' in provider ? 'result[0] > 0' : 'result > 0'
    const { status } = await ended(await placed({ provider, successCondition: condition }))
    expect(status?.message).toContain(says)
    expect(status).toMatchObject({ phase: 'Error', metricResults: [{ error: 1 }] })
    expect(server.seen.length).toBeLessThanOrEqual(11)
  })

  test('is well again is asked again ten seconds later, and nothing of before counts but the error', async () => {
    face({ status: 429, headers: { 'Retry-After': '1' } }, { body: '1' })
    const name = await placed({ provider: web(), successCondition: 'result > 0', consecutiveErrorLimit: 1 })
    const { status } = await ended(name)
    expect(status).toMatchObject({
      phase: 'Successful',
      metricResults: [{ error: 1, successful: 1, count: 1 }],
    })
  })
})

describe('a condition', () => {
  test.each([
    [
      'of a megabyte',
      `result > 0 ${'or result > 0 '.repeat(75_000)}`,
      /compilation failed|maximum nodes|too long|larger/,
    ],
    ['that makes a thousand million numbers', 'len(1..1000000000) > 0', /memory budget exceeded/],
    [
      'that never ends',
      'all(1..900000, all(1..900000, # > 0))',
      /memory budget exceeded|more than \d+ steps/,
    ],
    ['with a pattern that grows', `"${'a'.repeat(40)}" matches "(a{1,100}){1,100}$"`, /error parsing regexp/],
  ])('%s is an error that says so', async (_, successCondition, says) => {
    face({ body: '1' })
    const { status } = await ended(await placed({ provider: web(), successCondition }))
    expect(status?.metricResults?.[0]?.measurements?.[0]?.message).toMatch(says)
    expect(status?.message?.length).toBeLessThan(20_000)
  })

  test('with a pattern that hangs elsewhere is judged', async () => {
    face({ body: `"${'a'.repeat(5000)}"` })
    const { status } = await ended(
      await placed({ provider: web(), successCondition: 'not (result matches "(a+)+$b")' }),
    )
    expect(status?.phase).toBe('Successful')
  })
})

describe('an interval of', () => {
  test('a millisecond asks five times a second at most', async () => {
    const server = face({ body: '1' })
    const name = await placed({ provider: web(), interval: '1ms', count: 1000 })
    for (let second = 0; second < 20; second++) await stage.world.advance(1000)
    expect(server.seen.length).toBeGreaterThan(20)
    expect(server.seen.length).toBeLessThanOrEqual(101)
    await terminate(name)
  })

  test('ten years is waited for', async () => {
    const server = face({ body: '1' })
    const name = await placed({ provider: web(), interval: '87600h', count: 2 })
    await stage.world.advance(3_600_000)
    expect(server.seen).toHaveLength(1)
    expect((await runOf(name)).status).toMatchObject({ phase: 'Running', metricResults: [{ count: 1 }] })
    await terminate(name)
  })
})

async function terminate(name: string): Promise<void> {
  const target = { kind: ANALYSIS_RUN, ...at(name) }
  await stage.world.client.write({
    verb: 'patch',
    why: 'a user',
    target,
    patch: { spec: { terminate: true } },
  })
  await ended(name)
}

test('a Secret without the key ends the run, whose message names both', async () => {
  face({ body: '1' })
  const data = { other: Buffer.from('x').toString('base64') }
  await stage.place({ apiVersion: 'v1', kind: 'Secret', metadata: at('keys'), data })
  const args = [{ name: 'key', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } }]
  const { status } = await ended(await placed({ provider: web() }, { args }))
  expect(status).toMatchObject({ phase: 'Error' })
  expect(status?.message).toContain("key 'api' does not exist in secret 'keys'")
})

test('a template that changes or vanishes in the middle leaves a run as it is', async () => {
  const server = face({ body: '1' })
  const provider = { web: { url: 'http://shop/rate' } }
  const metric = { name: 'm', interval: '5s', successCondition: 'result > 0', provider }
  const template = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: at('rate') }
  await stage.place({ ...template, spec: { metrics: [metric] } })
  await stage.place(aRollout())
  await until(async () => (await rolloutStatus()).includes('"phase":"Healthy"'))
  await write(ROLLOUT, 'demo', {
    spec: { template: { spec: { containers: [{ name: 'c', image: 'demo:2' }] } } },
  })
  await until(async () => server.seen.length >= 2)
  await write(ANALYSIS_TEMPLATE, 'rate', {
    spec: { metrics: [{ ...metric, successCondition: 'result > 5' }] },
  })
  const before = server.seen.length
  await until(async () => server.seen.length >= before + 2)
  await stage.world.client.write({
    verb: 'delete',
    why: 'a user',
    target: { kind: ANALYSIS_TEMPLATE, ...at('rate') },
  })
  const then = server.seen.length
  await until(async () => server.seen.length >= then + 2)
  expect(server.seen.length).toBeGreaterThanOrEqual(then + 2)
  const runs = (await stage.world.client.list(ANALYSIS_RUN, {})).items as readonly AnalysisRun[]
  const [run] = runs.filter(({ metadata }) => metadata.name.startsWith('demo-'))
  expect(run?.status).toMatchObject({ phase: 'Running', metricResults: [{ phase: 'Running' }] })
  expect(run?.status?.metricResults?.[0]).not.toHaveProperty('failed')
})

async function write(kind: Kind, name: string, patch: Json): Promise<void> {
  await stage.world.client.write({ verb: 'patch', why: 'a user', target: { kind, ...at(name) }, patch })
}

async function until(so: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < 120 && !(await so()); second++) await stage.world.advance(1000)
}

async function rolloutStatus(): Promise<string> {
  return JSON.stringify((await stage.world.client.get({ kind: ROLLOUT, ...at('demo') })) as object)
}

function aRollout() {
  const labels = { app: 'demo' }
  const analysis = { templates: [{ templateName: 'rate' }] }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: at('demo'),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'demo:1' }] } },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }], analysis } },
    },
  }
}
