// Story 4, typed from docs/experiments.md against the built program, with the example of that page, under 1,000 users
// who come 20 times each and more:
//   default    A and B side by side, a metric compares them, `get experiment` shows it, and B is promoted
//   abort      the same, and somebody aborts while the experiment runs
//   deleted    the experiment is deleted while it runs, made anew, and ended by `terminate`; then B is promoted
// Each user sees one version from the first request on: `promote` and `abort` are the only moments of change. No
// request fails. Exits 1 when anything is not as told.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { apiOf, apply, collectionOf } from './api.ts'
import type { Loose } from './api.ts'
import { sendRequests, shares } from './load.ts'
import { startProgram, temporaryHome, typed, until } from './program.ts'
import { changesOf, startUsers } from './users.ts'
import type { Users } from './users.ts'

const USERS = 1000
const REQUESTS = 20
const PER_SECOND = 250
const ARGO = 'argoproj.io/v1alpha1'
const [A, B] = ['blue', 'green']

interface Shop {
  readonly host: string
  readonly namespace: string
  readonly users: Users
  type(line: string): Promise<string>
  becomes(wanted: RegExp): Promise<void>
  /** The experiment, once it runs and has users. */
  experiment(): Promise<Loose>
}

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo', '--no-load'])
const api = apiOf(program.environment.KUBECONFIG as string)

async function openShop(namespace: string): Promise<Omit<Shop, 'users'>> {
  const host = `shop.${namespace}.localhost`
  const objects = loadAll(readFileSync('examples/ab-test.yaml', 'utf8')) as Loose[]
  for (const object of objects) if (object.kind === 'HTTPRoute') object.spec.hostnames = [host]
  await apply(api, objects, namespace)
  const at = (kind: string) => collectionOf({ apiVersion: ARGO, kind }, namespace)
  const shop = {
    host,
    namespace,
    async type(line: string) {
      const said = await typed(program, `kubectl-argo-rollouts ${line} -n ${namespace}`)
      assert.deepEqual([said.exit, said.stderr], [0, ''], line)
      return said.stdout
    },
    async becomes(wanted: RegExp) {
      const told = async () => {
        const { metadata, status } = (await api('GET', `${at('Rollout')}/shop`)).body
        const isSeen = String(metadata.generation) === status?.observedGeneration
        return isSeen ? `${status?.phase}: ${status?.message ?? ''}` : 'not seen yet'
      }
      await until(`${namespace}: the rollout is ${wanted}`, told, text => wanted.test(text), 240)
    },
    async experiment() {
      const found = async () => {
        const { status } = (await api('GET', `${at('Rollout')}/shop`)).body
        if ((status?.canary?.weights?.additional ?? []).length !== 2) return undefined
        const { items } = (await api('GET', at('Experiment'))).body
        return items.find(({ metadata }: Loose) => metadata.name === status.canary.currentExperiment)
      }
      return until(`${namespace}: the experiment has users`, found, one => one !== undefined, 120)
    },
  }
  await shop.becomes(/^Healthy/)
  const good = (all: readonly { failure?: string }[]) => all.every(one => one.failure === undefined)
  await until(`${host} answers`, () => sendRequests(program.gateway, host, 20), good)
  await shop.type(`set image shop shop=argoproj/rollouts-demo:${B}`)
  await shop.experiment()
  return shop
}

/** What the page of experiments types, once an experiment runs. */
async function shown(shop: Shop): Promise<void> {
  const { name } = (await shop.experiment()).metadata
  assert.match(await shop.type('list experiments'), new RegExp(`${name} +Running`))
  const text = await shop.type(`get experiment ${name}`)
  for (const line of [
    /Status: +◌ Running/,
    new RegExp(`${name}-a\\b`),
    new RegExp(`${name}-b\\b`),
    /AnalysisRun/,
  ])
    assert.match(text, line)
  console.log(text)
}

async function promoted(shop: Shop): Promise<number> {
  await shop.becomes(/^Paused: CanaryPauseStep/)
  const at = shop.users.now()
  assert.equal(await shop.type('promote shop'), "rollout 'shop' promoted\n")
  await shop.becomes(/^Healthy/)
  return at
}

async function main(shop: Shop): Promise<number> {
  await shown(shop)
  await allAreKnown(shop)
  const at = await promoted(shop)
  const { body } = await api('GET', collectionOf({ apiVersion: ARGO, kind: 'AnalysisRun' }, shop.namespace))
  const [run] = body.items
  assert.equal(run.status.phase, 'Successful')
  const values = run.status.metricResults[0].measurements.map((one: Loose) => one.value)
  console.log(`${shop.namespace}: good answers of B less those of A: ${values.join(', ')}`)
  return at
}

/** Until everybody has been there, and knows where. */
async function allAreKnown({ namespace, users }: Shop): Promise<void> {
  const least = async () => Math.min(...users.all.map(({ seen }) => seen.length))
  await until(`${namespace}: everybody has come twice`, least, count => count >= 2)
}

async function aborted(shop: Shop): Promise<number> {
  await shop.experiment()
  await allAreKnown(shop)
  const at = shop.users.now()
  assert.equal(await shop.type('abort shop'), "rollout 'shop' aborted\n")
  await shop.becomes(/^Degraded: RolloutAborted/)
  return at
}

async function deleted(shop: Shop): Promise<number> {
  const first = await shop.experiment()
  const path = `${collectionOf({ apiVersion: ARGO, kind: 'Experiment' }, shop.namespace)}/${first.metadata.name}`
  assert.equal((await api('DELETE', path)).status, 200)
  const isOther = async () => (await shop.experiment()).metadata.uid !== first.metadata.uid
  await until(`${shop.namespace}: another experiment`, isOther, is => is)
  await allAreKnown(shop)
  const { name } = (await shop.experiment()).metadata
  assert.equal(await shop.type(`terminate experiment ${name}`), `experiment '${name}' terminated\n`)
  return promoted(shop)
}

/** Nobody sees another version before that moment, and afterwards all see the last one. */
function judge({ namespace, users }: Shop, at: number, last: string): void {
  const failed = users.all.flatMap(({ seen }) => seen.filter(one => one.failure !== undefined))
  const requests = users.all.reduce((sum, { seen }) => sum + seen.length, 0)
  const changes = users.all.map(changesOf)
  const first = (version: string) => changes.filter(([one]) => one?.version === version).length
  const early = changes.filter(([, second]) => second !== undefined && second.at < at)
  const twice = changes.filter(one => one.length > 2)
  const elsewhere = changes.filter(one => one.at(-1)?.version !== last)
  console.log(
    `${namespace}: ${USERS} users, ${requests} requests, ${failed.length} failed; first ${A}: ${first(A)}, ` +
      `first ${B}: ${first(B)}; ${early.length} changed too early, ${twice.length} twice, ${elsewhere.length} never`,
  )
  for (const one of failed.slice(0, 10)) console.log(`  failed: ${one.failure}`)
  for (const one of [...early, ...twice].slice(0, 5))
    console.log(`  changed: ${JSON.stringify(one)}, moment ${at}`)
  assert.deepEqual([failed.length, early.length, twice.length, elsewhere.length], [0, 0, 0, 0])
  // While an experiment is made anew a quarter of the new users gets B.
  const least = namespace === 'deleted' ? USERS / 4 : USERS / 2
  assert.ok(first(B) > least - USERS / 50 && first(B) < USERS / 2 + USERS / 50, `${first(B)} users have B`)
}

async function tell(namespace: string, play: (shop: Shop) => Promise<number>, last: string): Promise<void> {
  const opened = await openShop(namespace)
  const { gateway } = program
  const users = startUsers({ gateway, host: opened.host, count: USERS, perSecond: PER_SECOND })
  const shop = { ...opened, users }
  const at = await play(shop)
  await users.stop(REQUESTS)
  judge(shop, at, last)
  const testers = await sendRequests(gateway, { host: shop.host, 'x-tester': 'b' }, 100)
  assert.deepEqual(shares(testers), { [last]: 100 })
}

try {
  await tell('default', main, B)
  await tell('abort', aborted, A)
  await tell('deleted', deleted, B)
  console.log('story 4 is told')
} finally {
  api.close()
  program.signal('SIGKILL')
  await program.ended
  home.remove()
}
