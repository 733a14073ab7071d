// What the controller asks of a cluster and of its machine, one line each, beside what a Go controller needed (figures
// measured once, on two cores): requests of an update, how soon a promotion switches the selector, many rollouts
// created, updated at once, and at rest.
//   npm run script -- bench/controller.ts [--kubeconfig FILE] [--rollouts N] [--rest SECONDS]
// Without a kubeconfig it starts the embedded cluster. The Rollouts carry an instance id: another controller that runs
// there leaves them alone.
import { parseArgs } from 'node:util'
import { crds } from '../src/api/crds.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../src/api/words.ts'
import type { Service } from '../src/kube/core.ts'
import { NAMESPACE, ROLLOUT, SERVICE } from '../src/kube/kinds.ts'
import type { Client } from '../src/runtime/network/client.ts'
import { freshNamespace } from '../test/golden-lives/playing.ts'
import { embeddedStage, realStage } from '../test/golden-lives/real-stage.ts'
import type { Stage } from '../test/golden-lives/stage.ts'
import {
  HOME,
  ID,
  aBlueGreen,
  aCanary,
  isRetired,
  isSettled,
  patch,
  place,
  placed,
  refTo,
  revisions,
  setImage,
} from './controlled-rollouts.ts'
import type { Holds } from './controlled-rollouts.ts'
import { startController } from './controller-process.ts'
import type { ControllerProcess } from './controller-process.ts'

const PEER = { blueGreen: 18, canary: 36, restMb: 177, updateSeconds: 229, updateCpu: 68, updateMb: 215 }
const NEED = { blueGreen: 12, canary: 19 }
const PROMOTIONS = 30
const AT_ONCE = 16
const LONGEST_MS = 900_000

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    rollouts: { type: 'string', default: '1000' },
    rest: { type: 'string', default: '60' },
  },
})
const count = Number(values.rollouts)

interface Bench {
  readonly client: Client
  readonly controller: ControllerProcess
}

async function main(): Promise<number> {
  if (values.kubeconfig !== undefined)
    return measure(await realStage({ kubeconfig: values.kubeconfig, cli: [] }), values.kubeconfig)
  const stage = await embeddedStage([])
  try {
    return await measure(stage, stage.kubeconfig)
  } finally {
    await stage.stop()
  }
}

async function measure(stage: Stage, kubeconfig: string): Promise<number> {
  const { client } = stage
  for (const object of crds()) await placed(client, object)
  await freshNamespace({ stage, namespace: HOME, others: [], main: '' })
  const controller = await startController(kubeconfig, { namespace: HOME, flags: [`--instance-id=${ID}`] })
  try {
    const bench = { client, controller }
    const blueGreen = await updates(bench, 'blue-green', { rollout: aBlueGreen('bg', false), promotes: true })
    const canary = await updates(bench, 'canary', { rollout: aCanary('can'), promotes: false })
    say(`one blue-green update: ${blueGreen} requests (need <= ${NEED.blueGreen}; Go ${PEER.blueGreen})`)
    say(`one canary, three weights: ${canary} requests (need <= ${NEED.canary}; Go ${PEER.canary})`)
    say(`from promote to the active selector: ${await promotions(bench)}`)
    await many(bench)
    return blueGreen <= NEED.blueGreen && canary <= NEED.canary ? 0 : 1
  } finally {
    await controller.stop()
    await client.write({ verb: 'delete', why: 'measured', target: { kind: NAMESPACE, name: HOME } })
  }
}

/** Requests of one update, the median of three; Events and the lease apart. */
async function updates(
  { client, controller }: Bench,
  name: string,
  { rollout, promotes }: { rollout: Rollout; promotes: boolean },
): Promise<number> {
  await place(client, rollout)
  await until(client, rollout, isSettled)
  await sleep(4000)
  const totals: number[] = []
  for (let version = 2; version <= 4; version++) {
    const before = await controller.requests()
    await setImage(client, rollout, `demo:v${version}`)
    if (promotes) {
      await until(client, rollout, status => status.phase === 'Paused')
      await patch(client, rollout, { status: { pauseConditions: null } }, 'status')
    }
    await until(client, rollout, isSettled)
    await retired(client, rollout)
    totals.push(sum(await controller.requests()) - sum(before))
  }
  say(`${name}: ${totals.join(', ')} requests an update`)
  return totals.toSorted((a, b) => a - b)[1] ?? 0
}

/** From the acknowledged promotion to the read that shows the selector, one Rollout after the other. */
async function promotions({ client }: Bench): Promise<string> {
  const rollouts = Array.from({ length: PROMOTIONS }, (_, i) => aBlueGreen(`p${i}`, false))
  const isPaused: Holds = ({ phase }) => phase === 'Paused'
  await each(rollouts, one => place(client, one))
  for (const one of rollouts) await until(client, one, isSettled)
  await each(rollouts, one => setImage(client, one, 'demo:v2'))
  for (const one of rollouts) await until(client, one, isPaused)
  await sleep(4000)
  const tookMs: number[] = []
  for (const one of rollouts) {
    const before = await activeHash(client, one)
    await patch(client, one, { status: { pauseConditions: null } }, 'status')
    const promotedAt = performance.now()
    while ((await activeHash(client, one)) === before) continue
    tookMs.push(performance.now() - promotedAt)
    await sleep(500)
  }
  for (const one of rollouts) await client.write({ verb: 'delete', why: 'measured', target: refTo(one) })
  await sleep(10_000)
  tookMs.sort((a, b) => a - b)
  const at = (share: number) => (tookMs[Math.floor(share * (tookMs.length - 1))] ?? 0).toFixed(0)
  return `${at(0.5)} ms median, ${at(0.9)} ms 90th percentile of ${PROMOTIONS}`
}

async function activeHash(client: Client, { metadata: { name } }: Rollout): Promise<string | undefined> {
  const service = await client.get({ kind: SERVICE, name: `${name}-active`, namespace: HOME })
  return (service as Service).spec.selector?.[POD_TEMPLATE_HASH]
}

async function many({ client, controller }: Bench): Promise<void> {
  const rollouts = Array.from({ length: count }, (_, i) => aBlueGreen(`r${i}`, true))
  const created = await timed(controller, async () => {
    await each(rollouts, one => place(client, one))
    await allSettled(client)
  })
  say(`${count} created: ${created}`)
  await sleep(30_000)
  const resting = { cpu: controller.cpuSeconds(), requests: sum(await controller.requests()) }
  await sleep(Number(values.rest) * 1000)
  const requests = sum(await controller.requests()) - resting.requests
  const cpu = (controller.cpuSeconds() - resting.cpu).toFixed(2)
  const mb = controller.residentMb().toFixed(0)
  say(
    `${count} at rest for ${values.rest} s: ${mb} MB, ${cpu} CPU s, ${requests} requests (Go ${PEER.restMb} MB)`,
  )
  const updated = await timed(controller, async () => {
    await each(rollouts, one => setImage(client, one, 'demo:v2'))
    await allSettled(client)
  })
  const { updateSeconds, updateCpu, updateMb } = PEER
  say(`${count} updated at once: ${updated} (Go ${updateSeconds} s, ${updateCpu} CPU s, ${updateMb} MB)`)
}

async function timed(controller: ControllerProcess, work: () => Promise<void>): Promise<string> {
  const begun = {
    at: performance.now(),
    cpu: controller.cpuSeconds(),
    requests: sum(await controller.requests()),
  }
  let peakMb = 0
  const sampler = setInterval(() => (peakMb = Math.max(peakMb, controller.residentMb())), 500)
  await work()
  clearInterval(sampler)
  const seconds = ((performance.now() - begun.at) / 1000).toFixed(0)
  const cpu = (controller.cpuSeconds() - begun.cpu).toFixed(1)
  const requests = ((sum(await controller.requests()) - begun.requests) / count).toFixed(1)
  return `${seconds} s, ${cpu} CPU s, ${peakMb.toFixed(0)} MB, ${requests} requests each`
}

async function until(client: Client, rollout: Rollout, holds: Holds): Promise<void> {
  await eventually(async () => {
    const found = (await client.get(refTo(rollout))) as Rollout
    return holds(found.status ?? {}, found)
  })
}

async function allSettled(client: Client): Promise<void> {
  await eventually(async () => {
    await sleep(1000)
    const { items } = await client.list(ROLLOUT, { namespace: HOME })
    return items.every(one => isSettled((one as Rollout).status ?? {}, one))
  })
}

/** Old revisions have no pods any more, and the controller has taken note. */
async function retired(client: Client, rollout: Rollout): Promise<void> {
  await eventually(async () => isRetired(await revisions(client, rollout)))
  await sleep(3000)
}

async function eventually(so: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_MS
  while (!(await so())) {
    if (performance.now() > end) throw new Error('it did not come to rest in time')
    await sleep(200)
  }
}

async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0)
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const say = (line: string) => process.stdout.write(`controller: ${line}\n`)

void main().then(
  status => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
