// `kill -9` of the whole program in the middle of rollouts, at random moments, again and again: after each restart
// nothing acknowledged is lost, no revision has come twice, and the rollout goes on to Healthy. Says how long a start
// took until it was ready, and until it had decided something.
import assert from 'node:assert/strict'
import { seededRandom } from '../../src/doors/random.ts'
import { type Api, apiOf, type Loose } from './api.ts'
import { type Program, startProgram, temporaryHome, until } from './program.ts'

const KILLS = Number(process.argv[2] ?? 50)
const SEED = Number(process.argv[3] ?? Date.now() % 100_000)
const NAMESPACE = '/api/v1/namespaces/default'
const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/simple-rollout'
const REPLICA_SETS = '/apis/apps/v1/namespaces/default/replicasets'
const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'

const random = seededRandom(SEED)
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** What the server has acknowledged, and what it may not forget. */
const promised = { configMaps: new Map<string, number>(), image: '', tried: '', revision: 0, version: 0 }

/** Writes ConfigMaps one after the other until the server goes away; only acknowledged ones count. */
async function writeUntilKilled(api: Api, life: number): Promise<void> {
  for (let i = 0; ; i++) {
    const name = `life-${life}-${i}`
    const answer = await api('POST', `${NAMESPACE}/configmaps`, {
      metadata: { name },
      data: { i: String(i) },
    }).catch(() => undefined)
    if (answer === undefined) return
    assert.equal(answer.status, 201)
    promised.configMaps.set(name, Number(answer.body.metadata.resourceVersion))
    promised.version = Math.max(promised.version, Number(answer.body.metadata.resourceVersion))
  }
}

async function setImage(api: Api, image: string): Promise<void> {
  const containers = [
    { name: 'webserver-simple', image, ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] },
  ]
  promised.tried = image
  const answer = await api('PATCH', ROLLOUT, { spec: { template: { spec: { containers } } } }).catch(
    () => undefined,
  )
  if (answer === undefined) return
  assert.equal(answer.status, 200)
  promised.image = image
}

async function checkNothingLost(api: Api): Promise<void> {
  const { body } = await api('GET', `${NAMESPACE}/configmaps`)
  const found = new Map<string, number>(
    body.items.map((one: Loose) => [one.metadata.name, Number(one.metadata.resourceVersion)]),
  )
  for (const [name, version] of promised.configMaps)
    assert.equal(found.get(name), version, `${name} was acknowledged`)
  assert.ok(Number(body.metadata.resourceVersion) >= promised.version, 'resource versions never go back')
  const rollout = await api('GET', ROLLOUT)
  const { image } = rollout.body.spec.template.spec.containers[0]
  // What was not acknowledged may have been taken or not.
  if (image !== promised.tried && promised.image !== '') assert.equal(image, promised.image)
  promised.image = image
}

async function checkRevisions(api: Api): Promise<void> {
  const { body } = await api('GET', `${REPLICA_SETS}?labelSelector=app%3Dsimple-rollout`)
  const revisions = body.items.map((one: Loose) =>
    Number(one.metadata.annotations['rollout.argoproj.io/revision']),
  )
  assert.equal(new Set(revisions).size, revisions.length, `revisions repeat: ${revisions}`)
  const newest = Math.max(...revisions)
  assert.ok(newest >= promised.revision, 'revisions never go back')
  promised.revision = newest
}

/** Promotes when it waits; true when the wanted image serves and nothing more is to do. */
async function goOn(api: Api): Promise<string> {
  const { status, metadata } = (await api('GET', ROLLOUT)).body
  if (String(status?.observedGeneration) !== String(metadata.generation)) return 'unobserved'
  if (status?.pauseConditions?.length > 0) {
    await api('PATCH', `${ROLLOUT}/status`, { status: { pauseConditions: null } })
  }
  return status?.phase ?? 'none'
}

/** A change that needs a decision and nothing else: how long until one is made. */
async function firstDecision(api: Api, life: number): Promise<void> {
  const { body } = await api('PATCH', ROLLOUT, { spec: { revisionHistoryLimit: 10 + (life % 2) } })
  for (;;) {
    const { status } = (await api('GET', ROLLOUT)).body
    if (Number(status?.observedGeneration ?? 0) >= Number(body.metadata.generation)) return
    await sleep(10)
  }
}

/** After a restart: all that was promised is there, and the rollout comes to its end. */
async function goesOn(api: Api): Promise<void> {
  await checkNothingLost(api)
  await until(
    'Healthy',
    () => goOn(api),
    phase => phase === 'Healthy',
    90,
  )
  await checkRevisions(api)
}

async function live(program: Program, life: number): Promise<void> {
  const api = apiOf(program.environment.KUBECONFIG as string)
  const readyAt = performance.now()
  await firstDecision(api, life)
  decidedMs.push(program.readyMs + performance.now() - readyAt)
  await goesOn(api)
  const writing = writeUntilKilled(api, life)
  const killAt = performance.now() + random.next() * 4000
  // A fresh image each life: its revision must be new each time.
  await setImage(api, `${IMAGE}:v${life}.0`)
  const promoting = (async () => {
    while (performance.now() < killAt) {
      await goOn(api).catch(() => undefined)
      await sleep(50)
    }
  })()
  await sleep(Math.max(0, killAt - performance.now()))
  program.signal('SIGKILL')
  await program.ended
  await Promise.all([writing, promoting])
  api.close()
}

console.log(`${KILLS} kills, seed ${SEED}`)
const home = temporaryHome()
const readyMs: number[] = []
const decidedMs: number[] = []
for (let life = 1; life <= KILLS; life++) {
  const program = await startProgram(home.path, ['--demo'])
  readyMs.push(program.readyMs)
  await live(program, life)
  if (life % 10 === 0)
    console.log(
      `${life} kills, ${promised.configMaps.size} acknowledged writes, revision ${promised.revision}`,
    )
}
const last = await startProgram(home.path, ['--demo'])
const api = apiOf(last.environment.KUBECONFIG as string)
await goesOn(api)
api.close()
last.signal('SIGTERM')
await last.ended
home.remove()
const spread = (all: readonly number[]) => {
  const sorted = all.toSorted((a, b) => a - b).map(ms => Math.round(ms))
  return `${sorted[sorted.length >> 1]} ms (median), ${sorted.at(-1)} ms (longest)`
}
console.log(
  `kills: nothing lost of ${promised.configMaps.size} acknowledged writes over ${KILLS} kills; Healthy in the end`,
)
console.log(`restarts ready after ${spread(readyMs)}; the first decision after ${spread(decidedMs)}`)
