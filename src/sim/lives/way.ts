// The faults of a life on the way between the controller and its cluster. Each strikes once, where its data says.
import type { FinishedMeasurement } from '../../analysis/providers/asking.ts'
import { KubeError } from '../../kube/errors.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { asJson } from '../../kube/object.ts'
import type { Pod } from '../../kube/core.ts'
import type { Answer } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import type { Stage } from '../../cluster/kubelet/stages.ts'
import { printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import type { ClusterModel } from '../model/cluster.ts'
import type { Way, WayOfWrite } from '../model/process.ts'
import type { Timeline } from '../model/timeline.ts'
import { runs } from './furniture.ts'
import { CALM_MS } from './scenario.ts'
import { DENIED, refusals } from './refusals.ts'
import type { Deed, Fault } from './scenario.ts'

type OnWrite = Extract<Fault, { on: 'write' }>
type Make = () => KubeObject | KubeError | undefined

export interface WayOptions {
  readonly faults: readonly Fault[]
  readonly timeline: Timeline
  readonly cluster: ClusterModel
  readonly begunAt: Instant
  /** Somebody does something. */
  readonly onDeed: (deed: Deed) => void
  readonly onStrike?: ((fault: Fault) => void) | undefined
}

export interface FaultyWay extends Way {
  /** How far the controller's clock is ahead of the world's. */
  skewMs(): number
  /** How far it has been set forward, all in all. */
  forwardMs(): number
}

export function faultyWay({ faults, timeline, cluster, begunAt, onDeed, onStrike }: WayOptions): FaultyWay {
  const counts = new Map<string, number>()
  const next = (of: string) => {
    const count = counts.get(of) ?? 0
    counts.set(of, count + 1)
    return count
  }
  const strike = <F extends Fault>(fault: F | undefined): F | undefined => {
    if (fault !== undefined) onStrike?.(fault)
    return fault
  }
  const isCalm = () => timeline.now() >= begunAt + CALM_MS
  const isRefused = refusals({ faults, isCalm, timeline, onStrike })
  const clock = clockOf(faults, { written: () => counts.get('write') ?? 0, isCalm })
  const strikes = <On extends Fault['on']>(on: On, nth: number) =>
    isCalm()
      ? undefined
      : (faults.find(one => one.on === on && one.nth === nth) as Extract<Fault, { on: On }>)
  return {
    event(kind: Kind) {
      const nth = next(kind.plural)
      const fault = isCalm()
        ? undefined
        : faults.find(one => one.on === 'event' && one.kind === kind.plural && isOf(one, nth))
      if (fault?.on !== 'event') return ON_TIME
      strike(fault)
      const { ms = 0 } = fault
      if (fault.do === 'late' || fault.do === 'slow') return { afterMs: ms, times: 1 }
      return fault.do === 'twice' ? { afterMs: 0, times: 2 } : { afterMs: 0, times: 0, relistMs: ms }
    },
    write({ write }, make) {
      const nth = next('write')
      if (isRefused(write, nth)) return { result: DENIED, afterMs: 0 }
      const fault = strike(strikes('write', nth))
      const struckBy = { fault, cluster, write, timeline, onDeed }
      return fault === undefined ? { result: make(), afterMs: 0 } : struck({ ...struckBy, fault }, make)
    },
    ...clock,
    onTheWayMs() {
      const line = isCalm() ? undefined : faults.find(one => one.on === 'line')
      return line?.on === 'line' && (counts.get('write') ?? 0) >= line.nth ? line.ms : 0
    },
    ask(_, reply) {
      const fault = strike(strikes('measurement', next('measurement')))
      const afterMs = fault?.do === 'slow' ? 20_000 : 10
      timeline.at(timeline.now() + afterMs, () => reply(answerOf(fault?.do, timeline.now())))
    },
  }
}

/** Set to another time as writes go by; right again when it is calm. */
function clockOf(
  faults: readonly Fault[],
  { written, isCalm }: { readonly written: () => number; readonly isCalm: () => boolean },
): Pick<FaultyWay, 'skewMs' | 'forwardMs'> {
  const jumps = faults.filter(one => one.on === 'clock').toSorted((a, b) => a.nth - b.nth)
  const skews = () =>
    jumps.length === 0
      ? NO_SKEW
      : [0, ...jumps.filter(one => one.nth <= written()).map(one => one.ms), ...(isCalm() ? [0] : [])]
  return {
    skewMs: () => skews().at(-1) ?? 0,
    forwardMs() {
      const all = skews()
      return all.reduce((sum, ms, i) => sum + Math.max(0, ms - (all[i - 1] ?? ms)), 0)
    },
  }
}

const isOf = (fault: Extract<Fault, { on: 'event' }>, nth: number) =>
  fault.do === 'slow' ? nth >= fault.nth : nth === fault.nth

const NO_SKEW: readonly number[] = [0]
const ON_TIME = { afterMs: 0, times: 1 }

interface Struck extends Pick<WayOptions, 'cluster' | 'timeline' | 'onDeed'> {
  readonly fault: OnWrite
  readonly write: Write
}

function struck({ fault, cluster, write, timeline, onDeed }: Struck, make: Make): WayOfWrite {
  if ('deed' in fault && fault.do === 'before') {
    onDeed(fault.deed)
    return { result: make(), afterMs: 0 }
  }
  if ('deed' in fault) {
    const result = make()
    onDeed(fault.deed)
    return { result, afterMs: 0 }
  }
  const { ms: afterMs = 0 } = fault
  switch (fault.do) {
    case 'touch':
      touch(cluster, write)
      return { result: make(), afterMs: 0 }
    case 'refuse':
      return { result: DENIED, afterMs }
    case 'busy':
      return { result: new KubeError('Internal', 'etcdserver: request timed out', { status: 500 }), afterMs }
    case 'lose':
      make()
      return { result: new KubeError('Unreachable', 'the connection was cut'), afterMs }
    case 'late':
      return { result: make(), afterMs }
    case 'crash-before':
      return { result: undefined, afterMs: 0, crash: true }
    case 'crash-late':
      timeline.at(timeline.now() + afterMs, () => void make())
      return { result: undefined, afterMs: 0, crash: true }
    case 'crash-after':
      make()
      return { result: undefined, afterMs: 0, crash: true }
  }
}

/** Somebody changes the object that is about to be written to: what is meant for an older one is refused. */
function touch(cluster: ClusterModel, write: Write): void {
  if (write.verb === 'create') return
  const patch = { metadata: { annotations: { 'example.com/touched': String(cluster.version()) } } }
  cluster.write({ verb: 'patch', target: write.target, patch, why: 'somebody touches it' })
}

type Measured = Extract<Fault, { on: 'measurement' }>['do']

function answerOf(what: Measured | undefined, now: Instant): Answer {
  if (what === 'error') return { at: now, error: 'nobody answers there' }
  const at = printInstant(now)
  const phase = what === 'bad' ? 'Failed' : what === 'unclear' ? 'Inconclusive' : 'Successful'
  const measurement = { phase, value: what === 'bad' ? '0' : '1', startedAt: at, finishedAt: at } as const
  const value: FinishedMeasurement = { measurement }
  return { at: now, value: asJson(value) }
}

/** How pods fare, by the order in which they are made. */
export function fareOf(faults: readonly Fault[], begunAt: Instant) {
  const numbers = new Map<string, number>()
  return (pod: Pod, stage: Stage): Instant | undefined => {
    const { uid = '' } = pod.metadata
    const nth = numbers.get(uid) ?? numbers.size
    numbers.set(uid, nth)
    const isBroken = faults.some(one => one.on === 'image' && one.do === 'never' && runs(pod, one.nth))
    if (isBroken && stage.name === 'run') return Math.max(stage.at, begunAt + CALM_MS)
    const fault = faults.find(one => one.on === 'pod' && one.nth === nth)
    if (fault?.on !== 'pod' || stage.name !== 'run') return stage.at
    if (fault.do === 'never') return Math.max(stage.at, begunAt + CALM_MS)
    return fault.do === 'slow'
      ? Math.min(stage.at + fault.ms, Math.max(stage.at, begunAt + CALM_MS))
      : stage.at
  }
}
