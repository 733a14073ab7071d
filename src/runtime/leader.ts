// Leader election over a Lease, by client-go's rules: whoever holds it renews every two seconds; another may
// take it when it has not changed for fifteen; who cannot renew for ten gives up, and the process ends.
//
//   following ──lease free, expired, or ours──> leading ──no renewal for 10 s, or taken──> lost
//       ^─────────held by another────────┘         └──stopped──> released: the next one need not wait
import type { Clock, Stopwatch } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import type { Random } from '../doors/random.ts'
import { KubeError, asKubeError } from '../kube/errors.ts'
import { LEASE } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import { printInstantMicro } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import type { Client } from './network/client.ts'

export interface LeaderOptions {
  readonly client: Client
  readonly clock: Clock
  /** How long a lease lasts is measured by it: nobody sets it. */
  readonly stopwatch: Stopwatch
  readonly random: Random
  readonly log: Log
  /** `HOST_UUID`. */
  readonly identity: string
  readonly name: string
  readonly namespace: string
  /** Gives the lease back and ends the campaign. */
  readonly signal: AbortSignal
  readonly times?: LeaseTimes
}

export interface LeaseTimes {
  readonly durationMs: number
  readonly renewDeadlineMs: number
  readonly retryMs: number
}

export const LEASE_TIMES: LeaseTimes = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 }

export interface Campaign {
  readonly elected: Promise<void>
  /** Resolves with true when the lease was lost, with false when it has been given back. */
  readonly ended: Promise<boolean>
  /** Whether nobody else can have the lease yet: false also for a leader that has slept through its renewals. */
  isHeld(): boolean
}

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/** The lease as we last saw it change, by our own stopwatch: no clock is believed. */
interface Observed {
  readonly lease: Lease | undefined
  readonly since: number
}

function isHeld({ lease, since }: Observed, now: number): boolean {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = lease?.spec ?? {}
  return holderIdentity !== '' && now < since + leaseDurationSeconds * 1000
}

/** What the lease should say if we may have it; undefined: another holds it. */
function claim(
  { clock, stopwatch, identity, times = LEASE_TIMES }: LeaderOptions,
  observed: Observed,
): Required<NonNullable<Lease['spec']>> | undefined {
  const { lease } = observed
  const { holderIdentity, acquireTime, leaseTransitions = 0 } = lease?.spec ?? {}
  const isOurs = holderIdentity === identity
  if (!isOurs && isHeld(observed, stopwatch())) return undefined
  const at = printInstantMicro(clock.now())
  return {
    holderIdentity: identity,
    leaseDurationSeconds: times.durationMs / 1000,
    acquireTime: isOurs ? (acquireTime ?? at) : at,
    renewTime: at,
    leaseTransitions: isOurs || lease === undefined ? leaseTransitions : leaseTransitions + 1,
  }
}

export function campaign(options: LeaderOptions): Campaign {
  const { times = LEASE_TIMES } = options
  const own: Holding = { renewedAt: undefined, told: undefined }
  let resolveElected: () => void = () => {}
  const elected = new Promise<void>(resolve => {
    resolveElected = resolve
  })
  return {
    elected,
    ended: run(options, own, resolveElected),
    isHeld: () => own.renewedAt !== undefined && longestSince(own.renewedAt, options) < times.durationMs,
  }
}

interface Moment {
  readonly at: Instant
  /** By the stopwatch. */
  readonly ms: number
}

type Times = Pick<LeaderOptions, 'clock' | 'stopwatch'>

function momentOf({ clock, stopwatch }: Times): Moment {
  return { at: clock.now(), ms: stopwatch() }
}

/** A stopwatch may stand still with its machine, a clock may be set back: the one that has gone further is believed. */
function longestSince({ at, ms }: Moment, times: Times): number {
  const now = momentOf(times)
  return Math.max(now.at - at, now.ms - ms)
}

interface Holding {
  /** When the renewal that succeeded was sent; undefined: we have never led. */
  renewedAt: Moment | undefined
  /** Why we do not lead, as it was last told. */
  told: string | undefined
}

async function run(options: LeaderOptions, own: Holding, elected: () => void): Promise<boolean> {
  const { clock, stopwatch, random, signal, log, identity, times = LEASE_TIMES } = options
  let observed: Observed = { lease: undefined, since: stopwatch() }
  while (!signal.aborted) {
    const askedAt = momentOf(options)
    // Who has slept through its renewals asks nobody: it writes nothing any more, not even the lease.
    if (askedAt.ms >= giveUpAt(own, times)) return lost(options)
    const deadline = Math.min(giveUpAt(own, times), askedAt.ms + times.renewDeadlineMs)
    const { result, seen, why } = await attemptUntil(options, observed, deadline)
    observed = seen
    if (why !== undefined) tell(options, own, why)
    if (result === 'held') {
      if (own.renewedAt === undefined) log.info('leading', { lease: options.name, identity })
      own.renewedAt = askedAt
      elected()
    }
    const leads = own.renewedAt !== undefined
    if (stopwatch() >= giveUpAt(own, times) || (leads && result === 'taken')) return lost(options)
    await clock.sleepUntil(clock.now() + times.retryMs * (1 + (leads ? 0 : random.next() * 1.2)), signal)
  }
  if (own.renewedAt !== undefined) await release(options)
  return false
}

/** When, by the stopwatch, a leader that has renewed nothing since is none any more. */
function giveUpAt({ renewedAt }: Holding, times: LeaseTimes): number {
  return renewedAt === undefined ? Infinity : renewedAt.ms + times.renewDeadlineMs
}

function lost({ log, name, identity }: LeaderOptions): true {
  log.error('the lease is lost', { lease: name, identity })
  return true
}

/** Who waits says why, once for each reason; a leader's trouble is told when it ends in a loss. */
function tell({ log, name, namespace }: LeaderOptions, own: Holding, why: string): void {
  const isNews = own.renewedAt === undefined && why !== own.told
  const fields = { lease: name, namespace, why }
  if (isNews) log.warn('this controller waits for the lease', fields)
  else log.debug('the lease could not be had', fields)
  own.told = why
}

interface Attempted {
  readonly result: 'held' | 'taken' | 'unknown'
  readonly seen: Observed
  /** Why it is not held. */
  readonly why?: string
}

/** A server that does not answer in time has told us nothing. */
async function attemptUntil(
  options: LeaderOptions,
  observed: Observed,
  deadline: number,
): Promise<Attempted> {
  const { clock, stopwatch } = options
  const answered = new AbortController()
  const late = clock
    .sleepUntil(clock.now() + deadline - stopwatch(), answered.signal)
    .then((): Attempted => ({ result: 'unknown', seen: observed, why: 'no answer in time' }))
  const first = await Promise.race([attempt(options, observed, deadline), late])
  answered.abort('answered')
  return first
}

async function attempt(options: LeaderOptions, observed: Observed, deadline: number): Promise<Attempted> {
  const { stopwatch } = options
  try {
    const renewed = await renew(options, observed, deadline)
    if (renewed !== undefined) return { result: 'held', seen: renewed }
    const lease = await read(options)
    const known = observed.lease?.metadata.resourceVersion
    const seen =
      lease?.metadata.resourceVersion === known && known !== undefined
        ? observed
        : { lease, since: stopwatch() }
    const spec = claim(options, seen)
    if (spec === undefined)
      return { result: 'taken', seen, why: `${lease?.spec?.holderIdentity ?? 'nobody'} leads` }
    const written = await writeBefore(options, deadline, leaseWrite(options, lease, spec))
    return { result: 'held', seen: { lease: written, since: stopwatch() } }
  } catch (error) {
    return { result: 'unknown', seen: observed, why: asKubeError(error).message }
  }
}

/** A leader renews without looking first; undefined when it is not one, or somebody else has written. */
async function renew(
  options: LeaderOptions,
  observed: Observed,
  deadline: number,
): Promise<Observed | undefined> {
  const { stopwatch, identity } = options
  const { lease } = observed
  const spec = claim(options, observed)
  if (lease?.spec?.holderIdentity !== identity || spec === undefined) return undefined
  try {
    const written = await writeBefore(options, deadline, leaseWrite(options, lease, spec))
    return { lease: written, since: stopwatch() }
  } catch (error) {
    if (error instanceof KubeError && ['Conflict', 'NotFound'].includes(error.reason)) return undefined
    throw error
  }
}

/** A write that was put off beyond its deadline would have the lease held by nobody who leads. */
function writeBefore(
  { client, stopwatch }: LeaderOptions,
  deadline: number,
  write: Write,
): Promise<KubeObject | undefined> {
  return client.write(write, () => {
    if (stopwatch() >= deadline) throw new KubeError('Unreachable', 'no answer in time')
  })
}

async function read({ client, name, namespace }: LeaderOptions): Promise<Lease | undefined> {
  try {
    return await client.get({ kind: LEASE, name, namespace })
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return undefined
    throw error
  }
}

function leaseWrite(
  { name, namespace }: LeaderOptions,
  lease: Lease | undefined,
  spec: NonNullable<Lease['spec']>,
): Write {
  if (lease === undefined) {
    const metadata = { name, namespace }
    const object = fromJson({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec })
    return { verb: 'create', why: 'take the lease', object }
  }
  const { resourceVersion = '' } = lease.metadata
  const target = { kind: LEASE, name, namespace }
  return { verb: 'patch', why: 'renew the lease', target, patch: { spec }, ifVersion: resourceVersion }
}

/** As client-go does with ReleaseOnCancel: nobody holds it, and it lasts a second. */
async function release(options: LeaderOptions): Promise<void> {
  const { client, clock, identity, log } = options
  try {
    const lease = await read(options)
    if (lease?.spec?.holderIdentity !== identity) return
    const at = printInstantMicro(clock.now())
    const spec = {
      ...lease.spec,
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: at,
      renewTime: at,
    }
    await client.write(leaseWrite(options, lease, spec))
  } catch (error) {
    log.debug('the lease could not be given back', { error: asKubeError(error).message })
  }
}
