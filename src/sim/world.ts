// A whole cluster in one thread and in virtual time: the real loops over the real API pipeline in memory,
// with pods that live by the kubelet's table. Only the doors are false, so a life that takes an hour plays in
// milliseconds, and the same seed plays it the same way again.
import { crds } from '../api/crds.ts'
import { clusterControllers } from '../cluster/controllers/cluster-controllers.ts'
import { simulatedImages } from '../cluster/kubelet/images.ts'
import { simulatedPods } from '../cluster/kubelet/simulated-pods.ts'
import { createResources } from '../cluster/resources/pipeline.ts'
import type { Resources } from '../cluster/resources/resources.ts'
import { seed as seedCluster } from '../cluster/resources/seed.ts'
import { inProcessClient } from '../cluster/serve/in-process.ts'
import { createMemoryStore } from '../cluster/storage/memory.ts'
import { answersFrom } from '../controller/answers.ts'
import { closedOutside } from '../controller/outside.ts'
import type { Outside } from '../controller/outside.ts'
import { EVENT_SOURCE } from '../controller/run.ts'
import { SILENT } from '../doors/silent-log.ts'
import type { Log } from '../doors/log.ts'
import { seededRandom } from '../doors/random.ts'
import type { KubeError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Effect } from '../runtime/loop/effects.ts'
import type { Answerer } from '../runtime/loop/driver.ts'
import { createRoom } from '../metrics/room.ts'
import { playReconcilers } from '../runtime/loop/play.ts'
import type { Played, PlayOptions } from '../runtime/loop/play.ts'
import type { AnyReconciler } from '../runtime/mirror/watches.ts'
import type { Instant } from '../std/instant.ts'
import { virtualClock } from './clock.ts'
import type { VirtualClock } from './clock.ts'

export interface WorldOptions {
  /** Ours: what is put to the test. The small controllers and the kubelet play beside them. */
  readonly reconcilers: readonly AnyReconciler[]
  readonly seed?: number
  readonly start?: Instant
  /** Kinds of others that the world serves beside ours. */
  readonly definitions?: readonly KubeObject[]
  readonly log?: Log
  /** Asked before each write of ours, as an admission webhook is: an error that it gives back is the answer. */
  readonly refuse?: (write: Write) => KubeError | undefined
  readonly onEffect?: (effect: Effect) => void
  /** How our reconcilers reach the API server, where that is not in process. */
  readonly wire?: (client: Client) => Client
  /** Whom measurements ask; absent: nobody. */
  readonly outside?: SimulatedOutside
}

export interface SimulatedOutside extends Outside {
  /** How many who were asked there wait for time to pass. */
  readonly sleeping: () => number
}

export interface World {
  readonly clock: VirtualClock
  /** The user's hands: what kubectl would do. */
  readonly client: Client
  readonly resources: Resources
  /** Lets everything happen that can happen without time passing. */
  settle(): Promise<void>
  /** Lets that much time pass, with all that it brings. */
  advance(ms: number): Promise<void>
  /** Lets time pass until it is so; gives back whether it came to be within the limit. */
  advanceUntil(so: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean>
  stop(): Promise<void>
}

const START = Date.UTC(2026, 7, 1, 12)
/** More turns than any honest burst of work takes: beyond it something goes round in circles. */
const MAX_TURNS = 20_000

export async function createWorld(options: WorldOptions): Promise<World> {
  const { seed = 1, start = START, log = SILENT } = options
  const clock = virtualClock(start)
  const random = seededRandom(seed)
  const stopping = new AbortController()
  const store = createMemoryStore({ clock })
  const resources = createResources({ store, clock, random, nodeName: 'crossfade' })
  const client = inProcessClient(resources)
  await seedCluster(resources, { nodeName: 'crossfade', now: start })
  for (const object of [...crds(), ...(options.definitions ?? [])])
    await client.write({ verb: 'create', why: 'serve the kind', object })

  const common = { client, clock, random, log, signal: stopping.signal }
  const room = createRoom()
  const outside = options.outside ?? closedOutside()
  const asked = counted(answersFrom({ client, clock, room, ...outside }))
  const waiting = () => room.waiting + (options.outside?.sleeping() ?? 0)
  const isBusy = () => asked.underWay() > waiting()
  const played: Played[] = partsOf(options, { client, answerer: asked.answerer }).map(part =>
    playReconcilers({ ...common, ...part }),
  )
  const settle = () => settled({ clock, played, isBusy })
  await settle()

  const pass = async (until: Instant): Promise<void> => {
    for (let next = clock.nextAt(); next !== undefined && next <= until; next = clock.nextAt()) {
      clock.advanceTo(next)
      await settle()
    }
    clock.advanceTo(until)
    await settle()
  }
  return {
    clock,
    client,
    resources,
    settle,
    async advance(ms) {
      await settle()
      await pass(clock.now() + ms)
    },
    async advanceUntil(so, limitMs) {
      const end = clock.now() + limitMs
      await settle()
      while (!(await so())) {
        const next = clock.nextAt()
        if (next === undefined || next > end) return false
        clock.advanceTo(next)
        await settle()
      }
      return true
    },
    async stop() {
      stopping.abort()
      resources.close()
      await Promise.all(played.map(one => one.stopped))
    },
  }
}

type Part = Pick<PlayOptions, 'reconcilers' | 'component' | 'answerer' | 'onEffect'> & Partial<PlayOptions>

function partsOf(
  { reconcilers, onEffect, refuse, wire }: WorldOptions,
  { client, answerer }: { readonly client: Client; readonly answerer: Answerer },
): readonly Part[] {
  const reached = wire?.(client) ?? client
  const around = { images: simulatedImages(['*']), nodeAddress: '127.0.0.1' }
  return [
    {
      reconcilers,
      client: refuse === undefined ? reached : admitted(reached, refuse),
      component: EVENT_SOURCE,
      answerer,
      ...(onEffect === undefined ? {} : { onEffect }),
    },
    { reconcilers: clusterControllers(), component: 'cluster' },
    // No pod of a simulation is ever called: any port will do.
    { reconcilers: [simulatedPods(around)], component: 'kubelet', answerer: async () => 1 },
  ]
}

function admitted(client: Client, refuse: NonNullable<WorldOptions['refuse']>): Client {
  return {
    ...client,
    async write(write) {
      const refusal = refuse(write)
      if (refusal !== undefined) throw refusal
      return client.write(write)
    },
  }
}

/** Questions take part in what happens without time passing, as long as nobody there waits for time. */
function counted(answerer: Answerer): { readonly answerer: Answerer; underWay(): number } {
  let underWay = 0
  return {
    underWay: () => underWay,
    async answerer(question, signal) {
      underWay++
      try {
        return await answerer(question, signal)
      } finally {
        underWay--
      }
    },
  }
}

interface Playing {
  readonly clock: VirtualClock
  readonly played: readonly Played[]
  /** Whoever is asked outside has not answered yet, and waits for no time to pass. */
  isBusy(): boolean
}

/** Until nobody has work under way and nothing is due. */
async function settled({ clock, played, isBusy }: Playing): Promise<void> {
  let quiet = 0
  for (let turn = 0; quiet < 3; turn += isBusy() ? 0 : 1) {
    if (turn > MAX_TURNS) throw new Error('the world does not come to rest: something goes round in circles')
    await new Promise(resolve => setImmediate(resolve))
    const next = clock.nextAt()
    const isDue = next !== undefined && next <= clock.now()
    if (isDue) clock.advanceTo(clock.now())
    quiet = isDue || isBusy() || !played.every(one => one.isIdle()) ? 0 : quiet + 1
  }
}
