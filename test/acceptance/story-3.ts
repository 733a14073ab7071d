// Story 3, typed literally against the built program, under 50 requests a second from outside, with the example of the
// README: a bad version goes back by itself at its first or second look, one with 1 % errors is promoted, and a bad one
// after it goes back again. No request fails but by a bad version's own answer. Exits 1 when anything is not as told.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { apiOf } from './api.ts'
import type { Api } from './api.ts'
import { startLoad } from './load.ts'
import type { Answered } from './load.ts'
import { startProgram, temporaryHome, typed, until } from './program.ts'
import type { Program } from './program.ts'

const HOST = 'shop.localhost'
const IMAGE = 'argoproj/rollouts-demo'
const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/shop'
const RUNS = '/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns'
const PATHS: Readonly<Record<string, string>> = {
  AnalysisTemplate: '/apis/argoproj.io/v1alpha1/namespaces/default/analysistemplates',
  Service: '/api/v1/namespaces/default/services',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
  Rollout: '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts',
}

interface Told {
  readonly phase: string
  readonly measurements: readonly { readonly value: string; readonly phase: string }[]
}

async function runOf(api: Api, revision: number): Promise<Told | undefined> {
  const { body } = await api('GET', RUNS)
  const run = body.items.find(
    (one: { metadata: { annotations: Record<string, string> } }) =>
      one.metadata.annotations['rollout.argoproj.io/revision'] === String(revision),
  )
  return run && { phase: run.status?.phase, measurements: run.status?.metricResults?.[0]?.measurements ?? [] }
}

async function setImage(program: Program, tag: string): Promise<void> {
  const { exit, stdout } = await typed(program, `kubectl-argo-rollouts set image shop shop=${IMAGE}:${tag}`)
  assert.deepEqual([exit, stdout], [0, 'rollout "shop" image updated\n'])
}

async function phaseBecomes(api: Api, wanted: RegExp): Promise<void> {
  const told = async () => {
    const { status } = (await api('GET', ROLLOUT)).body
    return `${status?.phase}: ${status?.message ?? ''}`
  }
  await until(`the rollout is ${wanted}`, told, text => wanted.test(text), 180)
}

async function goesBack(program: Program, api: Api, { tag, revision }: { tag: string; revision: number }) {
  await setImage(program, tag)
  await phaseBecomes(api, /^Degraded: RolloutAborted/)
  const run = await runOf(api, revision)
  assert.equal(run?.phase, 'Failed')
  const looks = run?.measurements.length ?? 0
  assert.ok(looks === 1 || looks === 2, `${looks} looks`)
  console.log(`${tag}: rolled back at look ${looks}: ${run?.measurements.map(one => one.value).join(', ')}`)
}

async function goesOn(program: Program, api: Api, { tag, revision }: { tag: string; revision: number }) {
  await setImage(program, tag)
  await phaseBecomes(api, /^Healthy/)
  const run = await runOf(api, revision)
  assert.equal(run?.phase, 'Successful')
  console.log(`${tag}: promoted: ${run?.measurements.map(one => one.value).join(', ')}`)
}

/** Errors of the 1 % are the version's own, too. */
const isOwn = ({ failure }: Answered) => /^500 .*this version errs in/s.test(failure ?? '')

const home = temporaryHome()
const program = await startProgram(home.path, ['--no-demo'])
try {
  const api = apiOf(program.environment.KUBECONFIG as string)
  for (const object of loadAll(readFileSync('examples/analysis/quick.yaml', 'utf8'))) {
    const { kind } = object as { kind: string }
    const { status, body } = await api('POST', PATHS[kind] as string, object)
    assert.equal(status, 201, JSON.stringify(body))
  }
  await phaseBecomes(api, /^Healthy/)
  await until(
    'it answers',
    async () => {
      const load = startLoad(program.gateway, HOST, 20)
      await new Promise(resolve => setTimeout(resolve, 500))
      return load.stop()
    },
    answers => answers.length > 0 && answers.every(one => one.failure === undefined),
  )
  const load = startLoad(program.gateway, HOST, 50)
  await goesBack(program, api, { tag: 'bad-red', revision: 2 })
  const env = [{ name: 'ERROR_RATE', value: '0.01' }]
  const containers = [
    { name: 'shop', image: `${IMAGE}:blue`, ports: [{ name: 'http', containerPort: 8080 }], env },
  ]
  await api('PATCH', ROLLOUT, { spec: { template: { spec: { containers } } } })
  await phaseBecomes(api, /^(Progressing|Paused)/)
  await goesOn(program, api, { tag: 'green', revision: 4 })
  const bad = [{ ...containers[0], image: `${IMAGE}:bad-red`, env: [] }]
  await api('PATCH', ROLLOUT, { spec: { template: { spec: { containers: bad } } } })
  await phaseBecomes(api, /^Degraded: RolloutAborted/)
  console.log('bad-red after green: rolled back')
  const answers = await load.stop()
  const failed = answers.filter(one => one.failure !== undefined && !isOwn(one))
  const own = answers.filter(isOwn).length
  console.log(`${answers.length} requests, ${own} errors of bad versions, ${failed.length} others failed`)
  for (const one of failed.slice(0, 10)) console.log(`  failed: ${one.failure}`)
  assert.equal(failed.length, 0)
  api.close()
  console.log('story 3 is told')
} finally {
  program.signal('SIGKILL')
  await program.ended
  home.remove()
}
