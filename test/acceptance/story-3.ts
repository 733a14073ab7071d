// Story 3, typed literally against the built program, under load from outside, with the example of the README:
//   default        a bad version goes back by itself at its first or second look, also after one that went on
//   seed-1 … 10    a version with 1 % errors goes on, in ten of ten
//   patient        a good version is the canary for ten minutes: the bad one after it does not live on its past
//   broken         the template that circulates, as it stands: the run says what is wrong with it
// No request fails but by a version's own answer. Exits 1 when anything is not as told. `--minutes N` shortens the ten.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { load as loadYaml } from 'js-yaml'
import { apiOf } from './api.ts'
import type { Loose } from './api.ts'
import { startLoad } from './load.ts'
import type { Answered, Load } from './load.ts'
import { startProgram, temporaryHome } from './program.ts'
import { openShop } from './shop.ts'
import type { Shop, ShopOptions } from './shop.ts'

const SEEDS = 10
const PER_SECOND = 40
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)

async function goesBack(shop: Shop, tag: string, revision: number): Promise<void> {
  await shop.becomes(/^Degraded: RolloutAborted/)
  const run = await shop.judged(revision)
  assert.equal(run.phase, 'Failed')
  assert.ok(run.values.length <= 2, `${run.values.length} looks`)
  console.log(`${shop.host}: ${tag} rolled back at look ${run.values.length}: ${run.values.join(', ')}`)
}

async function goesOn(shop: Shop, tag: string, revision: number): Promise<void> {
  await shop.becomes(/^Healthy/)
  const run = await shop.judged(revision)
  assert.equal(run.phase, 'Successful')
  console.log(`${shop.host}: ${tag} promoted: ${run.values.join(', ')}`)
}

async function main(shop: Shop): Promise<void> {
  await shop.setImage('bad-red')
  await goesBack(shop, 'bad-red', 2)
  await shop.setVersion('blue', 0.01)
  await goesOn(shop, 'blue with 1 % errors', 3)
  await shop.setVersion('bad-red')
  await goesBack(shop, 'bad-red', 4)
}

async function seeded(shop: Shop): Promise<void> {
  await shop.setVersion('green', 0.01)
  await goesOn(shop, 'green with 1 % errors', 2)
}

async function patient(shop: Shop): Promise<void> {
  await shop.setImage('green')
  await shop.becomes(/^Paused: CanaryPauseStep/)
  await new Promise(resolve => setTimeout(resolve, minutes * 60_000))
  await shop.setImage('bad-red')
  await shop.becomes(/^Paused: CanaryPauseStep/)
  await shop.promote()
  await goesBack(shop, `bad-red, after green was the canary for ${minutes} minutes,`, 3)
}

async function broken(shop: Shop): Promise<void> {
  await shop.setImage('green')
  await shop.becomes(/^Degraded: RolloutAborted/)
  const { phase, message } = await shop.judged(2)
  assert.equal(phase, 'Error')
  assert.match(message, /parse error: unclosed left parenthesis/)
  console.log(`${shop.host}: the broken template: ${message}`)
}

const withPause = (object: Loose) => {
  if (object.kind === 'Rollout') object.spec.strategy.canary.steps.splice(1, 0, { pause: {} })
}

const withBrokenTemplate = (object: Loose) => {
  if (object.kind !== 'AnalysisTemplate') return
  const { spec } = loadYaml(readFileSync('examples/analysis/story-3-broken.yaml', 'utf8')) as Loose
  object.spec = spec
}

const isOwn = ({ failure }: Answered) => /^500 .*this version errs in/s.test(failure ?? '')

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo', '--no-load'])
try {
  const api = apiOf(program.environment.KUBECONFIG as string)
  const loads: Load[] = []
  const tell = async (
    play: (shop: Shop) => Promise<void>,
    options: Pick<ShopOptions, 'namespace' | 'edit'>,
  ) => {
    const shop = await openShop({ program, api, ...options })
    const load = startLoad(program.gateway, shop.host, PER_SECOND)
    loads.push(load)
    await play(shop)
    await load.stop()
  }
  const seeds = Array.from({ length: SEEDS }, (_, i) => tell(seeded, { namespace: `seed-${i + 1}` }))
  await Promise.all([
    tell(main, { namespace: 'default' }),
    tell(patient, { namespace: 'patient', edit: withPause }),
    tell(broken, { namespace: 'broken', edit: withBrokenTemplate }),
    ...seeds,
  ])
  const answered = loads.flatMap(load => load.answered)
  const failed = answered.filter(one => one.failure !== undefined && !isOwn(one))
  const own = answered.filter(isOwn).length
  console.log(`${answered.length} requests, ${own} errors of versions, ${failed.length} others failed`)
  for (const one of failed.slice(0, 10)) console.log(`  failed: ${one.failure}`)
  assert.equal(failed.length, 0)
  api.close()
  console.log('story 3 is told')
} finally {
  program.signal('SIGKILL')
  await program.ended
  home.remove()
}
