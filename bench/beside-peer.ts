// Our controller beside another one with Argo Rollouts' flags, measured one after the other in the same way, as ratios:
// requests of an update of a canary with three weights behind a VirtualService, of many Experiments of two templates at
// once, processor time and memory.
//   npm run script -- bench/beside-peer.ts --kubeconfig FILE --controller-kubeconfig FILE --audit-log FILE
//     [--user NAME] [--peer 'PROGRAM FLAG...'] [--experiments N]
// The cluster's audit log must name every request of the controller's user, and nobody else may act as that user.
import { parseArgs } from 'node:util'
import { crds } from '../src/api/crds.ts'
import type { Experiment } from '../src/api/experiment.ts'
import type { Rollout } from '../src/api/rollout.ts'
import { EXPERIMENT, NAMESPACE, POD } from '../src/kube/kinds.ts'
import type { Client } from '../src/runtime/network/client.ts'
import { freshNamespace } from '../test/golden-lives/playing.ts'
import { realStage } from '../test/golden-lives/real-stage.ts'
import type { Stage } from '../test/golden-lives/stage.ts'
import { auditLog } from './audit-log.ts'
import type { Asked, AuditLog } from './audit-log.ts'
import { anExperiment } from './controlled-experiments.ts'
import {
  HOME,
  ID,
  anIstioCanary,
  isRetired,
  isSettled,
  place,
  placed,
  refTo,
  revisions,
  setImage,
  virtualServiceOf,
} from './controlled-rollouts.ts'
import { OURS, freePort, startWatched } from './controller-process.ts'
import type { WatchedProcess } from './controller-process.ts'

const UPDATES = 3
const AT_ONCE = 16
const LONGEST_MS = 1_200_000
/** Beyond the last thing that is waited for: what a controller still tells. */
const AFTERWARDS_MS = 8000

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string', default: '' },
    'controller-kubeconfig': { type: 'string', default: '' },
    'audit-log': { type: 'string', default: '' },
    user: { type: 'string', default: 'controller' },
    peer: { type: 'string' },
    experiments: { type: 'string', default: '200' },
  },
})
const count = Number(values.experiments)

interface Bench {
  readonly client: Client
  readonly controller: WatchedProcess
  readonly log: AuditLog
}

/** What one controller needed; of a median its counts. */
interface Measured {
  readonly asked: Asked
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
}

interface Needed {
  readonly update: Measured
  readonly experiments: Measured
}

async function main(): Promise<number> {
  const stage = await realStage({ kubeconfig: values.kubeconfig, cli: [] })
  for (const object of crds()) await placed(stage.client, object)
  const ours = await needed(stage, 'ours', OURS)
  if (values.peer === undefined) return 0
  const peer = await needed(stage, 'the peer', values.peer.split(' '))
  say(`an update behind a VirtualService, ours : the peer: ${compared(ours.update, peer.update, 1)}`)
  say(`an Experiment of ${count} at once: ${compared(ours.experiments, peer.experiments, count)}`)
  return 0
}

async function needed(stage: Stage, name: string, words: readonly string[]): Promise<Needed> {
  await freshNamespace({ stage, namespace: HOME, others: [], main: '' })
  const ports = [`--metricsport=${await freePort()}`, `--healthzPort=${await freePort()}`]
  const flags = [`--instance-id=${ID}`, '--leader-elect=false', '--loglevel=error', ...ports]
  const controller = startWatched([...words, ...flags], {
    KUBECONFIG: values['controller-kubeconfig'],
    POD_NAMESPACE: HOME,
  })
  try {
    const bench = { client: stage.client, controller, log: auditLog(values['audit-log'], values.user) }
    const update = await updates(bench)
    say(`${name}: an update behind a VirtualService: ${told(update, 1)}`)
    const experiments = await manyExperiments(bench)
    say(`${name}: ${count} Experiments at once, each: ${told(experiments, count)}`)
    say(`${name}: all ended and without pods after ${experiments.seconds.toFixed(0)} s`)
    return { update, experiments }
  } finally {
    await controller.stop()
    await stage.client.write({
      verb: 'delete',
      why: 'measured',
      target: { kind: NAMESPACE, name: HOME },
    })
  }
}

/** The median of three, each the first of its Rollout: of many Events of one object a Go client keeps some back. */
async function updates(bench: Bench): Promise<Measured> {
  const { client } = bench
  const all: Measured[] = []
  for (let i = 0; i < UPDATES; i++) {
    const rollout = anIstioCanary(`mesh-${i}`)
    await placed(client, virtualServiceOf(rollout))
    await place(client, rollout)
    await settled(client, rollout)
    await sleep(AFTERWARDS_MS)
    const update = async () => {
      await setImage(client, rollout, 'demo:v2')
      await settled(client, rollout)
      await eventually(async () => isRetired(await revisions(client, rollout)))
    }
    all.push(await measured(bench, update))
  }
  return all.toSorted((a, b) => total(a.asked) - total(b.asked))[1] as Measured
}

async function settled(client: Client, rollout: Rollout): Promise<void> {
  await eventually(async () => {
    const found = (await client.get(refTo(rollout))) as Rollout
    return isSettled(found.status ?? {}, found)
  })
}

async function manyExperiments(bench: Bench): Promise<Measured> {
  const { client } = bench
  const waiting = Array.from({ length: count }, (_, i) => anExperiment(`many-${i}`))
  return measured(bench, async () => {
    const maker = async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await placed(client, one)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, maker))
    await eventually(async () => {
      await sleep(1000)
      const { items } = await client.list(EXPERIMENT, { namespace: HOME })
      return items.every(one => (one as Experiment).status?.phase === 'Successful')
    })
    await eventually(async () => {
      await sleep(1000)
      return (await client.list(POD, { namespace: HOME, labels: 'bench=experiment' })).items.length === 0
    })
  })
}

async function measured({ controller, log }: Bench, work: () => Promise<void>): Promise<Measured> {
  const begun = { at: performance.now(), cpu: controller.cpuSeconds(), mark: log.mark() }
  let peakMb = controller.residentMb()
  const sampler = setInterval(() => (peakMb = Math.max(peakMb, controller.residentMb())), 500)
  await work()
  const seconds = (performance.now() - begun.at) / 1000
  await sleep(AFTERWARDS_MS)
  clearInterval(sampler)
  const cpuSeconds = controller.cpuSeconds() - begun.cpu
  return { asked: log.since(begun.mark), seconds, cpuSeconds, peakMb }
}

const total = ({ writes, reads, events }: Asked) => writes + reads + events

const COUNTS = {
  writes: ({ asked }: Measured) => asked.writes,
  reads: ({ asked }: Measured) => asked.reads,
  Events: ({ asked }: Measured) => asked.events,
  together: ({ asked }: Measured) => total(asked),
}

function told(one: Measured, among: number): string {
  const counts = Object.entries(COUNTS).map(
    ([what, of]) => `${(of(one) / among).toFixed(among === 1 ? 0 : 2)} ${what}`,
  )
  const kinds = [...one.asked.byKind].toSorted((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`)
  return `${counts.join(', ')}; ${one.cpuSeconds.toFixed(1)} CPU s, ${one.peakMb.toFixed(0)} MB (${kinds.join(', ')})`
}

function compared(ours: Measured, peer: Measured, among: number): string {
  const all: Readonly<Record<string, (one: Measured) => number>> = {
    ...COUNTS,
    'CPU s': one => one.cpuSeconds,
    MB: one => one.peakMb,
  }
  return Object.entries(all)
    .map(([what, of]) => {
      const share = what in COUNTS ? among : 1
      const [a, b] = [of(ours) / share, of(peer) / share]
      return `${what} ${a.toFixed(1)} : ${b.toFixed(1)}${b === 0 ? '' : ` = ${(a / b).toFixed(2)}`}`
    })
    .join(', ')
}

async function eventually(so: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_MS
  while (!(await so())) {
    if (performance.now() > end) throw new Error('it did not come to rest in time')
    await sleep(200)
  }
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const say = (line: string) => process.stdout.write(`beside-peer: ${line}\n`)

void main().then(
  status => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
