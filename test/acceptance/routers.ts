// A canary behind each router that the gateway plays, all at once, typed against the built program: 30 % and 60 % of
// 10,000 requests, a header route that is exact, a mirror that arrives, and no failed request of 5,000 and more through
// an abort, a retry, a new image in the middle and a clean end. Prints a table; exits 1 when anything is not as told.
//   npm run script -- test/acceptance/routers.ts [ROUTER…]
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { apiOf, apply } from './api.ts'
import type { Api, Loose, Manifest } from './api.ts'
import { sendRequests, shares, startLoad } from './load.ts'
import { startProgram, temporaryHome, typed, until } from './program.ts'
import type { Program } from './program.ts'
import { manifestsOf, ROUTED_CANARIES } from './routed-canaries.ts'
import type { RoutedCanary } from './routed-canaries.ts'

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const REQUESTS = 10_000
const PER_SECOND = 50

interface Told {
  readonly router: string
  readonly at30: string
  readonly at60: string
  readonly header: string
  readonly mirror: string
  readonly requests: number
  readonly failed: number
}

interface Play {
  readonly program: Program
  readonly api: Api
  readonly canary: RoutedCanary
  readonly namespace: string
  readonly host: string
}

async function say({ program, namespace }: Play, line: string): Promise<void> {
  const { exit, stderr } = await typed(program, `kubectl-argo-rollouts ${line} -n ${namespace}`)
  assert.deepEqual([exit, stderr], [0, ''], line)
}

const setImage = (play: Play, tag: string) => say(play, `set image web web=${IMAGE}:${tag}`)

async function becomes({ api, namespace }: Play, wanted: RegExp): Promise<void> {
  const told = async () => {
    const { metadata, status = {} } = (
      await api('GET', `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/web`)
    ).body
    if (String(metadata.generation) !== status.observedGeneration) return 'not seen yet'
    const { weights } = status.canary ?? {}
    return `${status.phase} ${status.message ?? ''} at ${status.currentStepIndex} with ${weights?.canary?.weight ?? 0}`
  }
  await until(`${namespace}: ${wanted}`, told, text => wanted.test(text), 240)
}

/** Asks every pod that answers until the new table is in force: a write takes its milliseconds to the gateway. */
async function splits(play: Play, wanted: Readonly<Record<string, number>>): Promise<string> {
  await new Promise(resolve => setTimeout(resolve, 200))
  const seen = shares(await sendRequests(play.program.gateway, play.host, REQUESTS))
  for (const [version, percent] of Object.entries(wanted))
    assert.ok(Math.abs((seen[version] ?? 0) - percent) <= 1, `${play.namespace}: ${JSON.stringify(seen)}`)
  return `${(seen['v2.0'] ?? 0).toFixed(1)} %`
}

function asked(
  { program, host }: Play,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { headers: { ...headers, host, accept: 'application/json' } }
    get(program.gateway + path, options, answer => {
      let body = ''
      answer.on('data', chunk => (body += chunk))
      answer.on('end', () => resolve(`${answer.statusCode} ${body}`))
    }).on('error', reject)
  })
}

async function headerRoute(play: Play): Promise<string> {
  if (play.canary.hasHeaderRoute !== true) return '–'
  for (let i = 0; i < 200; i++)
    assert.match(await asked(play, '/', { 'x-tester': 'yes' }), /^200 .*"v2\.0"/, play.namespace)
  return '200 of 200'
}

/** Copies arrive at pods of the canary, beside the requests that it serves itself. */
async function mirror(play: Play): Promise<string> {
  if (play.canary.hasMirror !== true) return '–'
  const path = '/copied/here'
  let served = 0
  for (let i = 0; i < 100; i++) {
    const answer = await asked(play, path, {})
    assert.match(answer, /^200 /, play.namespace)
    if (answer.includes('"v2.0"')) served++
  }
  const { api, namespace } = play
  const arrived = async () => {
    const { items } = (await api('GET', `/api/v1/namespaces/${namespace}/pods`)).body
    const canaries = items.filter(({ spec }: Loose) => spec.containers[0].image.endsWith(':v2.0'))
    const logs = canaries.map(async ({ metadata }: Loose) => {
      const { stdout } = await typed(play.program, logsOf(play, metadata.name))
      return stdout.split('\n').filter(line => line.includes(path)).length
    })
    return (await Promise.all(logs)).reduce((sum, one) => sum + one, 0)
  }
  const count = await until(`${namespace}: 100 copies`, arrived, found => found - served >= 100)
  return `${count - served} of 100`
}

function logsOf({ namespace, program }: Play, pod: string): string {
  const kubeconfig = program.environment.KUBECONFIG as string
  return `kubectl --kubeconfig ${JSON.stringify(kubeconfig)} logs -n ${namespace} ${pod}`
}

async function tell(program: Program, api: Api, canary: RoutedCanary): Promise<Told> {
  const namespace = canary.router
  const play: Play = { program, api, canary, namespace, host: canary.host(namespace) }
  await apply(api, manifestsOf(canary, namespace) as readonly Manifest[], namespace)
  await becomes(play, /^Healthy/)
  const answers = () => sendRequests(program.gateway, play.host, 20)
  await until(`${namespace} answers`, answers, all => all.every(one => one.version === 'v1.0'))
  const load = startLoad(program.gateway, play.host, PER_SECOND)
  await setImage(play, 'v2.0')
  await becomes(play, /^Paused CanaryPauseStep .* with 30$/)
  const at30 = await splits(play, { 'v1.0': 70, 'v2.0': 30 })
  const [header, copied] = [await headerRoute(play), await mirror(play)]
  await say(play, 'promote web')
  await becomes(play, /^Paused CanaryPauseStep .* with 60$/)
  const at60 = await splits(play, { 'v1.0': 40, 'v2.0': 60 })
  await say(play, 'abort web')
  await becomes(play, /^Degraded RolloutAborted.* with 0$/)
  await splits(play, { 'v1.0': 100 })
  await say(play, 'retry rollout web')
  await becomes(play, /^Paused CanaryPauseStep .* with 30$/)
  await setImage(play, 'v3.0')
  await becomes(play, /^Paused CanaryPauseStep .* with 30$/)
  await say(play, 'promote web')
  await becomes(play, /^Paused CanaryPauseStep .* with 60$/)
  await say(play, 'promote web')
  await becomes(play, /^Healthy/)
  await until(
    `${namespace}: v3.0 alone`,
    async () => shares(await sendRequests(program.gateway, play.host, 200)),
    seen => seen['v3.0'] === 100,
  )
  while (load.answered.length < 5000) await new Promise(resolve => setTimeout(resolve, 100))
  const all = await load.stop()
  const failures = all.filter(one => one.failure !== undefined)
  for (const one of failures.slice(0, 5)) console.log(`${namespace} failed: ${one.failure}`)
  return {
    router: namespace,
    at30,
    at60,
    header,
    mirror: copied,
    requests: all.length,
    failed: failures.length,
  }
}

const wanted = process.argv.slice(2)
const canaries = ROUTED_CANARIES.filter(({ router }) => wanted.length === 0 || wanted.includes(router))
const home = temporaryHome()
const program = await startProgram(home.path, ['--no-demo'])
try {
  const api = apiOf(program.environment.KUBECONFIG as string)
  const told = await Promise.all(canaries.map(canary => tell(program, api, canary)))
  console.table(told)
  assert.ok(told.every(one => one.failed === 0))
  api.close()
  console.log('all routers: as told')
} finally {
  program.signal('SIGKILL')
  await program.ended
  home.remove()
}
