// The kubelet: plays the simulated pods against a Client and keeps, for each that runs, a port that really answers.
// Ending one: it has left the endpoints long before; requests in flight end, then its port closes, then it is deleted.
import type { Clock } from '../../doors/clock.ts'
import type { Log } from '../../doors/log.ts'
import type { Random } from '../../doors/random.ts'
import type { Pod } from '../../kube/core.ts'
import { POD } from '../../kube/kinds.ts'
import type { Client } from '../../runtime/network/client.ts'
import type { Effect } from '../../runtime/loop/effects.ts'
import { playReconcilers } from '../../runtime/loop/play.ts'
import { podAddresses } from './addresses.ts'
import type { PodAddresses } from './addresses.ts'
import { simulatedImages } from './images.ts'
import { servesNow, simulatedPods } from './simulated-pods.ts'
import type { PodQuestion, ServedPod } from './simulated-pods.ts'

/** Whoever answers the requests to simulated pods: the demo application's server. */
export interface PodServers {
  /** The real port, on 127.0.0.1. A pod that is open already keeps its port. */
  open(pod: ServedPod): Promise<number>
  /** Takes no new connection, lets the requests in flight end (bounded), then closes. */
  close(uid: string): Promise<void>
}

export interface KubeletOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Stops it; what it has written stays true for the next start. */
  readonly signal: AbortSignal
  readonly servers: PodServers
  /** Patterns of images that are simulated: `--simulate`. */
  readonly simulate: readonly string[]
  readonly nodeAddress?: string
}

export interface Kubelet {
  /** Where pods really are, for the gateway. */
  readonly addresses: PodAddresses
  /** It has seen every pod, and those that ran before this start answer again (or have had time enough to). */
  readonly ready: Promise<void>
  readonly stopped: Promise<void>
}

const NODE_ADDRESS = '127.0.0.1'
/** Starting a pod is a cheap thing: many may be under way. */
const IN_FLIGHT = 50
/** How long a start waits for the pods that ran before it. */
const REOPEN_MS = 5000

export function startKubelet(options: KubeletOptions): Kubelet {
  const { client, clock, random, log, signal, servers, simulate, nodeAddress = NODE_ADDRESS } = options
  const addresses = podAddresses()
  const around = { images: simulatedImages(simulate), nodeAddress }
  const close = async (uid: string): Promise<void> => {
    addresses.remove(uid)
    await servers.close(uid)
  }
  const played = playReconcilers({
    client,
    clock,
    random,
    signal,
    log: log.with({ component: 'kubelet' }),
    component: 'kubelet',
    reconcilers: [simulatedPods(around)],
    inFlight: IN_FLIGHT,
    answerer: async (question, dropped) => {
      const about = question.about as unknown as PodQuestion
      if (about.what === 'end') {
        await close(about.uid)
        return null
      }
      const port = await servers.open(about.pod)
      if (dropped.aborted) return null
      addresses.set(about.pod.uid, about.pod.ip, port)
      return port
    },
    onEffect: effect => {
      const uid = uidOfDropped(effect)
      if (uid !== undefined) void close(uid).catch(error => log.warn('a pod did not close', { uid, error }))
    },
  })
  const ready = played.ready.then(() => allAnswer(played.store.list<Pod>(POD), addresses, options))
  return { addresses, ready, stopped: played.stopped }
}

async function allAnswer(
  pods: readonly Pod[],
  addresses: PodAddresses,
  { clock, signal }: KubeletOptions,
): Promise<void> {
  const waited = new AbortController()
  // A pod that was already ending need not answer again: nothing of before is still in flight.
  const awaited = pods.filter(pod => servesNow(pod) && pod.metadata.deletionTimestamp === undefined)
  const isComplete = () => awaited.every(pod => addresses.resolve(pod.status?.podIP ?? '', 0) !== undefined)
  const look = () => {
    if (isComplete() || signal.aborted) waited.abort()
  }
  const forget = addresses.onChange(look)
  look()
  if (!waited.signal.aborted) await clock.sleepUntil(clock.now() + REOPEN_MS, waited.signal)
  forget()
}

/** The pod that need not be served any longer, where the effect says so. */
function uidOfDropped(effect: Effect): string | undefined {
  if (effect.type !== 'drop' || !effect.question.startsWith('serve/')) return undefined
  return effect.question.slice('serve/'.length)
}
