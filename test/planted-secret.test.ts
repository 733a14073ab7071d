// Secrets that measurements use, against servers that echo all that they are sent: they are looked for, in every form
// in which a text can quote them, in all that the controller writes, logs, counts, asks and decides on.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AnalysisRun } from '../src/api/analysis.ts'
import type { Metric } from '../src/api/metric.ts'
import { controllerNumbers } from '../src/controller/numbers.ts'
import { openOutside } from '../src/controller/outside.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { runController } from '../src/controller/run.ts'
import type { RunningController } from '../src/controller/run.ts'
import { HttpError } from '../src/doors/http.ts'
import { createLog } from '../src/doors/log.ts'
import { seededRandom } from '../src/doors/random.ts'
import { ANALYSIS_RUN, ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { Client } from '../src/runtime/network/client.ts'
import type { AnyReconciler } from '../src/runtime/mirror/watches.ts'
import { createWorld } from '../src/sim/world.ts'
import type { World } from '../src/sim/world.ts'
import { echoServer } from './echo-server.ts'

/** Ordinary; with all that texts escape; of several lines, as a file has them; of the kind that breaks a URL. */
const SECRETS = {
  plain: 'correcthorsebattery',
  odd: 'Zq"7<&\\xü Q9%w>',
  lines: 'firstLineOfIt\nsecondLineOfIt\n',
  slashed: 'abcdeFGHIJ/klmnoPQRST?u=v#wxyzAB',
}
const TOKEN = 'tokenOfTheTokenServer'

/** What of them nobody may find. */
const PIECES = [
  ...Object.values(SECRETS),
  TOKEN,
  'firstLineOfIt',
  'secondLineOfIt',
  'abcdeFGHIJ',
  'klmnoPQRST',
  'wxyzAB',
  'correcthorse',
  'horsebattery',
]

type Provider = Metric['provider']
type Web = NonNullable<Provider['web']>
type Prometheus = NonNullable<Provider['prometheus']>

const web = (more: Partial<Web>): Provider => ({ web: { url: 'http://echo/', ...more } })
const prometheus = (more: Partial<Prometheus>): Provider => ({
  prometheus: { address: 'http://echo', query: 'up', ...more },
})
const KEY = '{{args.key}}'

/** Each place in which a secret can stand. */
const PLACES: Readonly<Record<string, Partial<Metric> & { readonly provider: Provider }>> = {
  header: { provider: web({ headers: [{ key: 'Authorization', value: `Bearer ${KEY}` }] }) },
  'header of a refusal': {
    provider: web({ url: 'http://refuses/', headers: [{ key: 'X-Key', value: KEY }] }),
  },
  query: { provider: web({ url: `http://echo/?key=${KEY}` }) },
  path: { provider: web({ url: `http://echo/${KEY}/x` }) },
  login: { provider: web({ url: `http://me:${KEY}@echo/` }) },
  'login of a server that is down': { provider: web({ url: `http://me:${KEY}@down/?key=${KEY}` }) },
  'login of no URL': { provider: web({ url: `http://me:${KEY}@[echo/` }) },
  'login that goes in circles': { provider: web({ url: `http://me:${KEY}@circles/?key=${KEY}` }) },
  host: { provider: web({ url: `http://${KEY}/` }) },
  method: { provider: web({ method: KEY as 'GET' }) },
  body: { provider: web({ method: 'POST', body: `key=${KEY}` }) },
  'body of JSON': { provider: web({ method: 'POST', jsonBody: { key: KEY } }) },
  jsonPath: { provider: web({ jsonPath: `{$.headers${KEY}}` }) },
  'a text that is no JSON': { provider: web({ url: 'http://texts/', headers: [{ key: 'X', value: KEY }] }) },
  'a page': { provider: web({ url: 'http://pages/', headers: [{ key: 'X', value: KEY }] }) },
  condition: { provider: web({}), successCondition: `result == "${KEY}" &&` },
  'condition that says it': { provider: web({}), successCondition: `int("${KEY}") > 1` },
  'condition as a pattern': { provider: web({}), successCondition: `"x" matches "(${KEY}"` },
  oauth2: {
    provider: web({
      authentication: { oauth2: { tokenUrl: 'http://tokens/', clientId: 'me', clientSecret: KEY } },
    }),
  },
  'oauth2 that is refused': {
    provider: web({
      authentication: { oauth2: { tokenUrl: 'http://refuses/', clientId: 'me', clientSecret: KEY } },
    }),
  },
  'oauth2 that is misunderstood': {
    provider: web({
      authentication: { oauth2: { tokenUrl: 'http://echo/', clientId: 'me', clientSecret: KEY } },
    }),
  },
  'prometheus query': { provider: prometheus({ address: 'http://echo', query: `up{key="${KEY}"}` }) },
  'prometheus login': {
    provider: prometheus({ authentication: { basicAuth: { username: 'me', password: KEY } } }),
  },
  'prometheus login that is refused': {
    provider: prometheus({
      address: 'http://says-error',
      authentication: { basicAuth: { username: 'me', password: KEY } },
    }),
  },
  'prometheus that warns': {
    provider: prometheus({ address: 'http://warns', headers: [{ key: 'X-Key', value: KEY }] }),
  },
  'prometheus that answers a text': {
    provider: prometheus({ address: 'http://texts', headers: [{ key: 'X-Key', value: KEY }] }),
  },
  'prometheus address': { provider: prometheus({ address: `http://me:${KEY}@down` }) },
  'prometheus time': {
    provider: prometheus({ rangeQuery: { start: KEY, end: 'now()', step: '1m' } as never }),
  },
}

const told: string[] = []
const stop = new AbortController()
let world: World
let controller: RunningController
const { telemetry, page } = controllerNumbers('test')

beforeAll(async () => {
  await import('../src/controller/measure.ts')
  world = await createWorld({ reconcilers: [] })
  const { clock } = world
  const server = echoServer(TOKEN)
  const connect = async ({ host }: { readonly host: string }) => server.connect(host)
  const secure = () => Promise.reject(new HttpError('ETLS', 'no TLS here'))
  controller = runController({
    client: overheard(world.client),
    reconcilers: reconcilers().map(watched),
    clock,
    random: seededRandom(1),
    log: createLog({ level: 'debug', format: 'json', write: line => void told.push(line) }),
    signal: stop.signal,
    telemetry: {
      ...telemetry,
      onEffect(effect) {
        told.push(JSON.stringify(effect))
        telemetry.onEffect(effect)
      },
    },
    outside: openOutside({ env: {}, version: 'test', connections: { connect, secure } }),
  })
  await place(aSecret('keys', SECRETS))
})
afterAll(async () => {
  stop.abort()
  await controller.stopped
  await world.stop()
})

/** What is decided on. */
function watched(reconciler: AnyReconciler): AnyReconciler {
  return {
    ...reconciler,
    gather(...given) {
      const snapshot: unknown = reconciler.gather(...given)
      told.push(JSON.stringify(snapshot) ?? '')
      return snapshot as never
    },
  }
}

function overheard(client: Client): Client {
  return {
    ...client,
    async write(write) {
      told.push(JSON.stringify(write))
      return client.write(write)
    },
  }
}

const place = (object: object) =>
  world.client.write({ verb: 'create', why: 'a user', object: fromJson(object as never) })

const at = (name: string) => ({ name, namespace: 'default' })

function aSecret(name: string, values: Readonly<Record<string, string>>) {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
  return { apiVersion: 'v1', kind: 'Secret', metadata: at(name), data }
}

const specOf = (metric: object, key: string) => ({
  args: [{ name: 'key', valueFrom: { secretKeyRef: { name: 'keys', key } } }],
  metrics: [{ name: 'm', consecutiveErrorLimit: 0, ...metric }],
})

const rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: at('demo'),
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'demo' } },
    template: {
      metadata: { labels: { app: 'demo' } },
      spec: { containers: [{ name: 'c', image: 'demo:1' }] },
    },
    strategy: { canary: { steps: [{ analysis: { templates: [{ templateName: 'check' }] } }] } },
  },
}

async function until(so: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    if (await so()) return
    await world.advance(200)
  }
}

async function runsOf(): Promise<readonly AnalysisRun[]> {
  return (await world.client.list(ANALYSIS_RUN, {})).items as readonly AnalysisRun[]
}

const isOver = ({ status }: AnalysisRun) => status?.completedAt !== undefined

/** Where, and what of it. */
function foundIn(texts: readonly string[]): readonly string[] {
  const all = texts.flatMap(text => {
    const forms = [text, unescaped(text), ...decoded(text)]
    const piece = PIECES.find(one => forms.some(form => form.includes(one)))
    if (piece === undefined) return []
    const where = /"where":"[^"]*"|"name":"run-\d+"/.exec(text)?.[0]
    return [`${piece} in ${where}: ${text.slice(Math.max(0, text.indexOf('essage')), 400)}`]
  })
  return [...new Set(all)].slice(0, 20)
}

/** Without the escapes of JSON, of Go and of URLs, several levels deep. */
function unescaped(text: string): string {
  let plain = text
  for (let level = 0; level < 4; level++) {
    plain = plain
      .replaceAll(/\\u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
      .replaceAll(/(?:%[\da-f]{2})+/gi, bytes =>
        Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
      )
      .replaceAll('\\n', '\n')
      .replaceAll(/\\(["\\])/g, '$1')
  }
  return plain
}

function decoded(text: string): readonly string[] {
  const words = text.match(/[\w+/-]{8,}/g) ?? []
  return words.flatMap(word => {
    const plain = [0, 1, 2, 3].map(by => Buffer.from(word.slice(by), 'base64').toString('utf8'))
    return [...plain, ...plain.map(unescaped)]
  })
}

test('a secret that a measurement used is found nowhere', async () => {
  let n = 0
  for (const [where, metric] of Object.entries(PLACES)) {
    for (const key of Object.keys(SECRETS)) {
      const metadata = { ...at(`run-${n++}`), annotations: { where: `${where}: ${key}` } }
      await place({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisRun',
        metadata,
        spec: specOf(metric, key),
      })
    }
  }
  await until(async () => (await runsOf()).every(isOver))
  const runs = await runsOf()
  expect(runs.filter(run => !isOver(run)).map(({ metadata }) => metadata.annotations)).toEqual([])
  expect(foundIn(told)).toEqual([])
  const shown = runs.map(({ status }) => JSON.stringify(status))
  expect(shown.filter(text => text.includes('*****')).length).toBeGreaterThan(PLACES_THAT_ECHO)
})

/** So many statuses show that there was something to hide. */
const PLACES_THAT_ECHO = 60

test('nor in a Rollout whose analysis fails because of it, nor in numbers', async () => {
  const metric = { ...PLACES['condition that says it'], name: 'm' }
  await place({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: at('check'),
    spec: specOf(metric, 'odd'),
  })
  await place(rollout)
  const target = { kind: ROLLOUT, ...at('demo') }
  const shown = async () => JSON.stringify((await world.client.get(target)) as object)
  await until(async () => (await shown()).includes('"phase":"Healthy"'))
  const patch = { spec: { template: { spec: { containers: [{ name: 'c', image: 'demo:2' }] } } } }
  await world.client.write({ verb: 'patch', why: 'a user', target, patch })
  await until(async () => (await shown()).includes('RolloutAborted'))
  const found = await shown()
  expect(found).toContain('RolloutAborted')
  const numbers = await page(controller.cache)
  expect(numbers.text).toContain('analysis_measurement_duration_seconds_count')
  expect(foundIn([found, numbers.text, ...told])).toEqual([])
})
