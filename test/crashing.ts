// A controller that dies as of `kill -9` between two effects, again and again at another one: what it has written stays
// written, what it was about to do is never done, and the next one begins with what the store says.
import { answersFrom } from '../src/controller/answers.ts'
import { reconcilers } from '../src/controller/reconcilers.ts'
import { EVENT_SOURCE } from '../src/controller/run.ts'
import { HttpError } from '../src/doors/http.ts'
import type { Answered, Hop } from '../src/doors/outgoing/hop.ts'
import { seededRandom } from '../src/doors/random.ts'
import { SILENT } from '../src/doors/silent-log.ts'
import { KubeError } from '../src/kube/errors.ts'
import { fromJson } from '../src/kube/object.ts'
import type { KubeObject } from '../src/kube/object.ts'
import type { Write } from '../src/kube/write.ts'
import type { Client } from '../src/runtime/network/client.ts'
import { playReconcilers } from '../src/runtime/loop/play.ts'
import type { World } from '../src/sim/world.ts'
import type { Instant } from '../src/std/instant.ts'

/** One life on a world that other lives were lived on, in a namespace of its own. */
export interface Place {
  readonly world: World
  readonly namespace: string
  create(object: object): Promise<void>
}

export interface Life {
  begin(place: Place): Promise<void>
  /** What users do, by the second in which they do it. */
  readonly acts?: Readonly<Record<number, (place: Place) => Promise<void>>>
  readonly seconds: number
  /** Until this second it does not die. */
  readonly from?: number
  /** What the metric server says so many milliseconds after the beginning. */
  readonly says?: (elapsed: number) => string
}

export interface Lived<Found> {
  readonly found: Found
  /** Moments at which it could have died. */
  readonly moments: number
  /** The moment at which it did. */
  readonly diedAt: string | undefined
  /** Requests that reached the metric server, and those whose measurement was not recorded when it died. */
  readonly asked: number
  readonly openAtDeath: number
  /** Objects that were made, by kind. */
  readonly made: Readonly<Record<string, number>>
}

export interface LifeOptions<Found> {
  readonly world: World
  readonly namespace: string
  /** The moment of its death; absent: it lives. */
  readonly dieAt?: number
  look(place: Place): Promise<Found>
  /** How many measurements that were asked for stand in the store. */
  recorded(place: Place): Promise<number>
}

interface Living {
  readonly life: Life
  readonly place: Place
  readonly begunAt: Instant
  readonly dieAt: number | undefined
  moments: number
  diedAt: string | undefined
  asked: number
  openAtDeath: number
  readonly made: Record<string, number>
}

const ANSWER_MS = 700

export async function live<Found>(life: Life, options: LifeOptions<Found>): Promise<Lived<Found>> {
  const { world, namespace, dieAt } = options
  const place = await aPlace(world, namespace)
  const begunAt = world.clock.now()
  const counts = { moments: 0, diedAt: undefined, asked: 0, openAtDeath: 0, made: {} }
  const living: Living = { life, place, begunAt, dieAt, ...counts }
  let controller = start(living)
  const settle = async () => {
    for (let quiet = 0; quiet < 2; quiet++) {
      await world.settle()
      const { death, played } = controller
      if (!played.isIdle()) quiet = -1
      if (!death.signal.aborted) continue
      await played.stopped
      living.openAtDeath = living.asked - (await options.recorded(place))
      controller = start(living)
      quiet = -1
    }
  }
  const advanceTo = async (until: Instant) => {
    for (let next = world.clock.nextAt(); next !== undefined && next <= until; next = world.clock.nextAt()) {
      world.clock.advanceTo(next)
      await settle()
    }
    world.clock.advanceTo(until)
  }
  await life.begin(place)
  for (let second = 0; second < life.seconds; second++) {
    await life.acts?.[second]?.(place)
    await settle()
    await advanceTo(begunAt + (second + 1) * 1000)
  }
  controller.death.abort()
  await controller.played.stopped
  const { moments, diedAt, asked, openAtDeath, made } = living
  return { found: await options.look(place), moments, diedAt, asked, openAtDeath, made }
}

async function aPlace(world: World, namespace: string): Promise<Place> {
  const create = async (object: object) => {
    const { metadata } = object as KubeObject
    const placed = fromJson({ ...object, metadata: { ...metadata, namespace } } as never)
    await world.client.write({ verb: 'create', why: 'a user', object: placed })
  }
  const home = fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await world.client.write({ verb: 'create', why: 'room for a life', object: home })
  return { world, namespace, create }
}

function start(living: Living) {
  const { life, place, begunAt, dieAt } = living
  const { clock } = place.world
  const death = new AbortController()
  const { signal } = death
  const did = (what: string): boolean => {
    const mayDie = !signal.aborted && clock.now() >= begunAt + (life.from ?? 0) * 1000
    if (mayDie && living.moments++ === dieAt) {
      living.diedAt = what
      death.abort()
    }
    return signal.aborted
  }
  const mortal: Mortal = { did, hasDied: () => signal.aborted }
  const client = mortalClient(place.world.client, mortal, living.made)
  const played = playReconcilers({
    client,
    clock,
    signal,
    reconcilers: reconcilers({ namespace: place.namespace }),
    component: EVENT_SOURCE,
    random: seededRandom(1),
    log: SILENT,
    answerer: answersFrom({ client, clock, ...serverOf(living, mortal) }),
  })
  return { death, played }
}

interface Mortal {
  hasDied(): boolean
  /** Something has been done: it may be the last. */
  did(what: string): boolean
}

function mortalClient(client: Client, { hasDied, did }: Mortal, made: Record<string, number>): Client {
  const gone = () => new KubeError('Unreachable', 'it is dead')
  return {
    ...client,
    async write(write) {
      if (hasDied()) throw gone()
      const written = await client.write(write)
      count(made, write)
      if (did(write.why)) throw gone()
      return written
    },
  }
}

function count(made: Record<string, number>, write: Write): void {
  if (write.verb === 'create') made[write.object.kind] = (made[write.object.kind] ?? 0) + 1
}

/** Takes its time to answer, and hears whatever reaches it. */
function serverOf(living: Living, { hasDied, did }: Mortal) {
  const { clock } = living.place.world
  const aborted = () => new HttpError('EABORTED', 'context canceled')
  const roundTrip = async (_: Hop, signal: AbortSignal): Promise<Answered> => {
    if (hasDied()) throw aborted()
    living.asked++
    const body = living.life.says?.(clock.now() - living.begunAt) ?? '1'
    if (did('a request is sent')) throw aborted()
    await clock.sleepUntil(clock.now() + ANSWER_MS, signal)
    if (signal.aborted || did('a request is answered')) throw aborted()
    return { status: 200, statusText: '200 OK', headers: {}, text: async () => body, discard: () => {} }
  }
  return { outgoing: { transport: () => roundTrip, close: () => {} }, env: {} }
}
