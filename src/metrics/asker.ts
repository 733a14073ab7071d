// How a metric is asked of its server: one file a provider, one line in registry.ts. It comes with all its arguments
// filled in, secrets too: nothing of it may be kept or told, but for what stands in the reading.
import type { Metric } from '../api/metric.ts'
import type { Clock } from '../doors/clock.ts'
import type { Outgoing } from '../doors/outgoing/outgoing.ts'
import type { Environment } from '../doors/outgoing/proxy.ts'
import type { Hidden } from '../std/hidden.ts'
import type { Typed } from '../lang/expression/typed.ts'

/** What the server answered. */
export interface Reading {
  /** As people see it. */
  readonly value: string
  /** As conditions see it. */
  readonly result: Typed
  /** Notes about this measurement. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Why there is no reading, in one sentence. */
export interface NoReading {
  readonly problem: string
}

/** A metric that is ready to be asked for. */
export interface Asking {
  /** Where it is asked, as `host:port`: one of many there waits for its turn. */
  readonly place: string
  /** Notes about the metric itself. */
  readonly metadata?: Readonly<Record<string, string>>
  ask(signal: AbortSignal): Promise<Reading | NoReading>
}

export interface AskWorld {
  readonly outgoing: Outgoing
  readonly clock: Clock
  /** The controller's own: addresses, proxies, credentials. */
  readonly env: Environment
  /** What may not be told; whoever comes by a secret on the way adds it. */
  readonly hidden: Hidden
}

export interface Asker {
  /** The field of a metric's `provider`. */
  readonly field: string
  /** Checks the settings, and finds credentials; what can be asked is asked later, when its turn has come. */
  prepare(
    metric: Metric,
    world: AskWorld,
    signal: AbortSignal,
  ): Promise<Asking | NoReading> | Asking | NoReading
}

/** An answer is read up to here. */
export const BODY_MAX = 10 * 1024 * 1024
