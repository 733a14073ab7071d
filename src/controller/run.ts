// The controller as a part of a program: starts the loops over a Client and resolves when they have stopped.
// The same over the network (`crossfade controller`) and in process (`crossfade start`).
import { answersFrom } from './answers.ts'
import { closedOutside } from './outside.ts'
import type { Outside } from './outside.ts'
import type { Clock, Stopwatch } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import type { Random } from '../doors/random.ts'
import type { Cache } from '../kube/cache.ts'
import type { Client } from '../runtime/network/client.ts'
import { following } from '../doors/following.ts'
import { KubeError } from '../kube/errors.ts'
import { campaign } from '../runtime/leader.ts'
import type { Campaign, LeaseTimes } from '../runtime/leader.ts'
import { playReconcilers } from '../runtime/loop/play.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import type { AnyReconciler } from '../runtime/mirror/watches.ts'

export const EVENT_SOURCE = 'rollouts-controller'

export interface RunOptions {
  readonly client: Client
  readonly reconcilers: readonly AnyReconciler[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Stops everything in order. */
  readonly signal: AbortSignal
  readonly inFlight?: number
  /** Absent: decisions begin at once. */
  readonly election?: Election
  readonly telemetry?: Telemetry
  /** Absent: nobody outside can be asked. */
  readonly outside?: Outside
}

export interface Election {
  readonly times: LeaseTimes
  readonly stopwatch: Stopwatch
  /** A way of its own to the server: nothing that hangs keeps the lease from being renewed. Absent: that of all. */
  readonly client?: Client
  readonly identity: string
  readonly name: string
  readonly namespace: string
}

export interface RunningController {
  readonly cache: Cache
  /** The copy of the cluster is complete. */
  readonly ready: Promise<void>
  /** Resolves with how it ended, once what was under way has come back. */
  readonly stopped: Promise<'stopped' | 'lease lost'>
}

export function runController(options: RunOptions): RunningController {
  const { client, reconcilers, clock, random, log, signal, election, telemetry } = options
  const playing = following(signal)
  // The lease is given back after the last write: two controllers never act at once.
  const leading = new AbortController()
  const contest =
    election === undefined
      ? undefined
      : campaign({ client, clock, random, log, ...election, signal: leading.signal })
  const played = playReconcilers({
    client: contest === undefined ? client : guarded(client, contest),
    reconcilers,
    component: EVENT_SOURCE,
    clock,
    random,
    log,
    signal: playing.signal,
    ...(contest === undefined ? {} : { elected: contest.elected }),
    answerer: answersFrom({
      client,
      clock,
      ...(options.outside ?? closedOutside()),
      onMeasured: measured => telemetry?.onMeasured(measured),
    }),
    ...(options.inFlight === undefined ? {} : { inFlight: options.inFlight }),
    ...(telemetry === undefined ? {} : { onEffect: effect => telemetry.onEffect(effect) }),
  })
  telemetry?.follow(played.loop, played.store, clock.now)
  void played.stopped.then(() => leading.abort())
  void contest?.ended.then(isLost => {
    if (isLost) playing.abort()
  })
  return {
    cache: played.store,
    ready: played.ready,
    stopped: Promise.all([contest?.ended, played.stopped]).then(([isLost]) =>
      isLost === true ? 'lease lost' : 'stopped',
    ),
  }
}

/** A process that was stopped for a while wakes up as a leader, and may be none: it looks before it writes. */
function guarded(client: Client, contest: Campaign): Client {
  const mustHold = () => {
    if (contest.isHeld()) return
    throw new KubeError('Unreachable', 'the lease may be with another: nothing is written')
  }
  return {
    ...client,
    async write(write) {
      mustHold()
      return client.write(write, mustHold)
    },
  }
}
