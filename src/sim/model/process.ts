// A controller as a process of the model: the real local copy and the real loop, `step(input, now) → effects`, fed
// from the model's watch streams. What happens to an event or an effect on its way is asked of `way`.
import { KubeError } from '../../kube/errors.ts'
import { EVENT } from '../../kube/kinds.ts'
import { resourceName, sameResource } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Answer } from '../../kube/reconciler.ts'
import { parseSelector } from '../../kube/selector-text.ts'
import { meets } from '../../kube/selector.ts'
import type { Write } from '../../kube/write.ts'
import type { Effect, Input } from '../../runtime/loop/effects.ts'
import { createLoop } from '../../runtime/loop/loop.ts'
import type { Loop } from '../../runtime/loop/loop.ts'
import { createStore } from '../../runtime/mirror/store.ts'
import type { Store } from '../../runtime/mirror/store.ts'
import { plannedWatches } from '../../runtime/mirror/watches.ts'
import type { AnyReconciler, PlannedWatch } from '../../runtime/mirror/watches.ts'
import type { Instant } from '../../std/instant.ts'
import type { ClusterChange, ClusterModel } from './cluster.ts'
import type { Timeline } from './timeline.ts'

type Asked = Extract<Effect, { type: 'ask' }>
type WriteEffect = Extract<Effect, { type: 'write' }>

/** What may happen between the process and the cluster. */
export interface Way {
  /** How long an event of the kind takes, how often it comes, and when the kind is listed anew where one was lost. */
  event(kind: Kind): { readonly afterMs: number; readonly times: number; readonly relistMs?: number }
  /** Makes the write, or does not, and gives the answer. `crash`: nobody is there to hear it. */
  write(effect: WriteEffect, make: () => KubeObject | KubeError | undefined): WayOfWrite
  /** How far the process's clock is ahead of the world's. */
  skewMs?(): number
  /** How long a write that sets out now takes until it is made. */
  onTheWayMs?(): number
  ask(asked: Asked, reply: (answer: Answer) => void): void
}

export interface WayOfWrite {
  readonly result: KubeObject | KubeError | undefined
  readonly afterMs: number
  readonly crash?: boolean
}

export interface ProcessOptions {
  readonly cluster: ClusterModel
  readonly timeline: Timeline
  readonly reconcilers: readonly AnyReconciler[]
  readonly component: string
  readonly way: Way
  /** Events are answered and not kept, where nobody reads them. */
  readonly keepsEvents: boolean
  readonly onEffect?: (effect: Effect, store: Store) => void
  readonly onCrash?: () => void
}

export interface Process {
  readonly store: Store
  readonly loop: Loop
  isAlive(): boolean
  stop(): void
  /** Reads the kind as it is now. */
  relist(kind: Kind): void
}

interface World extends ProcessOptions {
  readonly store: Store
  readonly loop: Loop
  readonly watches: readonly PlannedWatch[]
  /** An event of a kind overtakes none before it. */
  readonly streams: Map<string, Instant>
  readonly asked: Set<string>
  alarm: Instant
  isAlive: boolean
}

/** The one watch of a kind of ours, or nothing. */
const selects = (watch: PlannedWatch) => {
  const { labels = '', namespace } = watch.selection
  const requirements = parseSelector(labels)
  return ({ metadata }: KubeObject) =>
    (namespace === undefined || metadata.namespace === namespace) &&
    ('problem' in requirements || meets(requirements, metadata.labels))
}

export function startProcess(options: ProcessOptions): Process {
  const { cluster, timeline, reconcilers } = options
  const watches = plannedWatches(reconcilers)
  const store = createStore({
    indices: reconcilers.map(one => one.indices),
    trims: watches.flatMap(({ kind, trim }) => (trim === undefined ? [] : [{ of: kind, trim }])),
  })
  const loop = createLoop(reconcilers, { cache: store, component: options.component })
  const world: World = {
    ...options,
    store,
    loop,
    watches,
    streams: new Map(),
    asked: new Set(),
    alarm: Infinity,
    isAlive: true,
  }
  for (const watch of watches) list(world, watch)
  const followed = new Map(
    watches.map(watch => [resourceName(watch.kind), { watch, isSelected: selects(watch) }]),
  )
  cluster.onChange(change => {
    const found = world.isAlive ? followed.get(resourceName(change.kind)) : undefined
    if (found !== undefined) carry(world, found, change)
  })
  timeline.at(timeline.now(), () => feed(world, { type: 'elected' }))
  return {
    store,
    loop,
    isAlive: () => world.isAlive,
    stop: () => void (world.isAlive = false),
    relist: kind => relist(world, kind),
  }
}

function list({ cluster, store }: World, watch: PlannedWatch): void {
  const isSelected = selects(watch)
  store.beginList(watch.kind)
  for (const object of cluster.list(watch.kind)) if (isSelected(object)) store.put(watch.kind, object)
  store.endList(watch.kind, String(cluster.version()))
}

function relist(world: World, kind: Kind): void {
  const watch = world.watches.find(one => sameResource(one.kind, kind))
  if (watch === undefined || !world.isAlive) return
  const { cluster, store } = world
  const isSelected = selects(watch)
  store.beginList(watch.kind)
  const came = cluster
    .list(watch.kind)
    .filter(isSelected)
    .flatMap(object => store.put(watch.kind, object) ?? [])
  const gone = store.endList(watch.kind, String(cluster.version()))
  for (const change of [...came, ...gone]) feed(world, { type: 'seen', ...change })
}

interface Followed {
  readonly watch: PlannedWatch
  isSelected(object: KubeObject): boolean
}

/** On its way through the kind's stream. */
function carry(world: World, { watch, isSelected }: Followed, change: ClusterChange): void {
  const { timeline, streams, way } = world
  const isIn = change.now !== undefined && isSelected(change.now)
  const wasIn = change.before !== undefined && isSelected(change.before)
  if (!isIn && !wasIn) return
  const { kind } = watch
  const { afterMs, times, relistMs } = way.event(kind)
  const at = Math.max(timeline.now() + afterMs, streams.get(kind.plural) ?? 0)
  streams.set(kind.plural, at)
  if (relistMs !== undefined) timeline.at(at + relistMs, () => relist(world, kind))
  for (let i = 0; i < times; i++) timeline.at(at, () => arrive(world, kind, { change, isIn }))
}

function arrive(
  world: World,
  kind: Kind,
  { change: { now, before, version }, isIn }: { change: ClusterChange; isIn: boolean },
): void {
  if (!world.isAlive) return
  const { store } = world
  const last = (now ?? before) as KubeObject
  const gone = { ...last, metadata: { ...last.metadata, resourceVersion: String(version) } }
  const change = isIn ? store.put(kind, last) : store.remove(kind, gone)
  if (change !== undefined) feed(world, { type: 'seen', ...change })
}

function feed(world: World, input: Input): void {
  if (!world.isAlive) return
  const { loop, timeline } = world
  const skewMs = world.way.skewMs?.() ?? 0
  for (const effect of loop.step(input, timeline.now() + skewMs)) {
    world.onEffect?.(effect, world.store)
    perform(world, effect)
  }
  const due = loop.nextAt()
  const next = due === undefined ? Infinity : due - skewMs
  if (next >= world.alarm) return
  world.alarm = next
  timeline.at(next, () => {
    if (world.alarm !== next) return
    world.alarm = Infinity
    feed(world, { type: 'tick' })
  })
}

function perform(world: World, effect: Effect): void {
  const { timeline, cluster, asked } = world
  if (effect.type === 'write')
    timeline.at(timeline.now() + (world.way.onTheWayMs?.() ?? 0), () => send(world, effect))
  else if (effect.type === 'read') {
    const object = cluster.get(effect.ref)
    timeline.at(timeline.now(), () => feed(world, { type: 'found', id: effect.id, object }))
  } else if (effect.type === 'relist') timeline.at(timeline.now(), () => relist(world, effect.kind))
  else if (effect.type === 'drop') asked.delete(`${effect.controller} ${effect.key} ${effect.question}`)
  else if (effect.type === 'ask') ask(world, effect)
}

function ask(world: World, effect: Asked): void {
  const { controller, key, question } = effect
  const id = `${controller} ${key} ${question.id}`
  world.asked.add(id)
  world.way.ask(effect, answer => {
    if (world.asked.delete(id))
      feed(world, { type: 'answered', controller, key, question: question.id, answer })
  })
}

function send(world: World, effect: WriteEffect): void {
  if (!world.isAlive) return
  const { id, write: asked } = effect
  const { timeline, cluster, keepsEvents, way } = world
  const answer = (result: KubeObject | KubeError | undefined, afterMs: number) =>
    timeline.at(timeline.now() + afterMs, () => feed(world, { type: 'written', id, result }))
  if (isEvent(asked)) {
    const object = asked.verb === 'create' ? asked.object : undefined
    return answer(keepsEvents ? cluster.write(asked) : object, 0)
  }
  const { result, afterMs, crash } = way.write(effect, () => cluster.write(asked))
  if (crash !== true) return answer(result, afterMs)
  world.isAlive = false
  world.onCrash?.()
}

function isEvent(write: Write): boolean {
  return write.verb === 'create'
    ? write.object.kind === EVENT.kind
    : write.target.kind.plural === EVENT.plural
}
