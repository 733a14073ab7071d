// Wanted against found → writes, in the one order in which they are safe (fourth step of a decision):
//   create → drain → switch → fill → grow → dress → trim
// Services and routes only ever move to pods that the snapshot showed available, and nothing is trimmed that
// the snapshot's Services, routes or recorded weights still name; so any beginning of the list leaves a safe
// world.
import { revisionHistoryLimit } from '../api/defaults.ts'
import { EVENTS } from '../api/event-words.ts'
import { DESIRED_REPLICAS, SCALE_DOWN_DEADLINE } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { REPLICA_SET } from '../kube/kinds.ts'
import { refOf } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import { printInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import type { Json } from '../std/json.ts'
import { desiredReplicas, wantedReplicas } from '../workload/availability.ts'
import { beyondHistory, revisionOf } from '../workload/replica-set.ts'
import { isStillNamed } from './leaving.ts'
import { dressWrites } from './moves/dress.ts'
import { createReplicaSet, refreshReplicaSet } from './moves/replica-set-writes.ts'
import { rolloutWrites } from './moves/rollout-writes.ts'
import { releaseWrite, selectedHash, serviceNames, servicesOf, switchWrite } from './services.ts'
import type { Situation } from './situation.ts'
import type { Story } from './story.ts'
import type { Wanted } from './wanted.ts'

export interface Moves {
  readonly create: readonly Write[]
  readonly drain: readonly Write[]
  readonly switch: readonly Write[]
  readonly fill: readonly Write[]
  readonly grow: readonly Write[]
  readonly dress: readonly Write[]
  readonly trim: readonly Write[]
}

export function inOrder(moves: Moves): readonly Write[] {
  return [
    ...moves.create,
    ...moves.drain,
    ...moves.switch,
    ...moves.fill,
    ...moves.grow,
    ...moves.dress,
    ...moves.trim,
  ]
}

export function movesOf(situation: Situation, wanted: Wanted): Moves {
  const { story, routing, leaving, restart, problem } = situation
  const sizes = { ...presentSizes(story.older), ...wanted.replicas }
  const scaled = story.all.flatMap(one => scaleWrites(one, story, { ...wanted, replicas: sizes }))
  const into = (move: Scaling['move']) => scaled.filter(one => one.move === move).map(one => one.write)
  const isEarly = (name: string) => isSwitchedFirst(name, situation, wanted)
  const switched = (which: (name: string) => boolean) =>
    switches(story, { ...leaving.selectors, ...wanted.selectors }, which)
  const sound = (writes: (story: Story) => readonly Write[]) => (problem === undefined ? writes(story) : [])
  return {
    create: [...sound(() => rolloutWrites(situation)), ...sound(makeRevision), ...wanted.runs.create],
    drain: [
      ...into('drain'),
      ...switched(isEarly),
      ...leaving.drain,
      ...(wanted.drains ? routing.writes : []),
    ],
    switch: [...switched(name => !isEarly(name)), ...sound(() => releases(situation, wanted))],
    fill: wanted.drains ? [] : routing.writes,
    grow: into('grow'),
    dress: [...into('dress'), ...sound(dressWrites)],
    trim: [
      ...into('trim'),
      ...wanted.runs.end,
      ...sound(() => restart.evictions),
      ...sound(forget),
      ...leaving.trim,
    ],
  }
}

/** What was given up needs no pods. */
function makeRevision(story: Story): readonly Write[] {
  const { current, isAborted } = story
  if (current === undefined) return isAborted ? [] : createReplicaSet(story)
  return refreshReplicaSet(story, current)
}

/** Weight that goes to the stable Service finds the stable revision there. */
function isSwitchedFirst(name: string, { story, leaving }: Situation, { drains }: Wanted): boolean {
  return (drains && name === servicesOf(story.rollout).stable) || leaving.backTo.includes(name)
}

function switches(
  { rollout, snapshot }: Story,
  selectors: Wanted['selectors'],
  which: (name: string) => boolean,
): readonly Write[] {
  return Object.entries(selectors).flatMap(([name, hash]) => {
    const service = snapshot.services[name]
    return service === undefined || !which(name) || selectedHash(service) === hash
      ? []
      : [switchWrite(rollout, service, hash)]
  })
}

/** A Service that the strategy no longer names is given back. */
function releases(situation: Situation, wanted: Wanted): readonly Write[] {
  const { story, leaving } = situation
  const { rollout, snapshot } = story
  if (isUnready(situation, wanted)) return []
  const named = serviceNames(rollout)
  return Object.values(snapshot.services)
    .filter(({ metadata }) => !named.includes(metadata.name) && !isStillNamed(leaving, metadata.name))
    .map(service => releaseWrite(service, 'which the strategy no longer names'))
}

/** Its users would come to what is not proven: first another Service has its role, or a canary by pods its size. */
function isUnready({ story, strategy }: Situation, { selectors }: Wanted): boolean {
  const { current, isPromoted, isFirst, rollout } = story
  if (isFirst || isPromoted || wantedReplicas(current) === 0) return false
  const { active, stable } = servicesOf(rollout)
  const role = active ?? stable
  if (role !== undefined)
    return (selectors[role] ?? selectedHash(story.snapshot.services[role])) === undefined
  if (strategy.is !== 'canary' || strategy.strategy.trafficRouting !== undefined) return false
  return story.isReset || wantedReplicas(current) > strategy.sizes.split.canary
}

interface Scaling {
  readonly move: 'drain' | 'grow' | 'dress' | 'trim'
  readonly write: Write
}

/** Old ones whose size nobody has a word about keep it, and are told of `spec.replicas` like all others. */
function presentSizes(older: readonly ReplicaSet[]): Wanted['replicas'] {
  const alive = older.filter(one => one.metadata.deletionTimestamp === undefined)
  return Object.fromEntries(alive.map(one => [one.metadata.name, wantedReplicas(one)]))
}

function scaleWrites(replicaSet: ReplicaSet, { replicas: size }: Story, wanted: Wanted): readonly Scaling[] {
  const { name } = replicaSet.metadata
  const from = wantedReplicas(replicaSet)
  const listed = wanted.replicas[name]
  const to = listed ?? from
  const deadline = wanted.outdated.includes(replicaSet) ? 'none' : wanted.deadlines[name]
  const isTold = listed === undefined || desiredReplicas(replicaSet) === size
  if (from === to && deadline === undefined && isTold) return []
  const annotations: Record<string, Json> = {
    ...(listed === undefined ? {} : { [DESIRED_REPLICAS]: String(size) }),
    ...(deadline === undefined ? {} : { [SCALE_DOWN_DEADLINE]: deadlineText(deadline) }),
  }
  const target = refOf(REPLICA_SET, replicaSet)
  if (from === to) {
    const write: Write = {
      verb: 'patch',
      target,
      patch: { metadata: { annotations } },
      why: noteWhy(name, size, deadline),
    }
    return [{ move: moveOfNote(deadline), write }]
  }
  const event = EVENTS.scaled({ replicaSet: name, revision: revisionOf(replicaSet), from, to })
  const why = `scale ReplicaSet ${name} from ${from} to ${to}`
  const patch = { metadata: { annotations }, spec: { replicas: to } }
  return [{ move: to > from ? 'grow' : 'trim', write: { verb: 'patch', target, patch, why, event } }]
}

/** A deadline of an earlier time goes before those users do who make it one: their delay counts from then on. */
function moveOfNote(deadline: Instant | 'none' | undefined): Scaling['move'] {
  if (deadline === undefined) return 'dress'
  return deadline === 'none' ? 'drain' : 'trim'
}

function deadlineText(deadline: Instant | 'none'): string | null {
  return deadline === 'none' ? null : printInstant(deadline)
}

function noteWhy(name: string, size: number, deadline: Instant | 'none' | undefined): string {
  return deadline === undefined
    ? `set desired-replicas of ReplicaSet ${name} to ${size}`
    : deadlineWhy(name, deadline)
}

function deadlineWhy(name: string, deadline: Instant | 'none'): string {
  return deadline === 'none'
    ? `take the scale-down deadline off ReplicaSet ${name}`
    : `set the scale-down deadline of ReplicaSet ${name} to ${printInstant(deadline)}`
}

function forget(story: Story): readonly Write[] {
  if (story.isReset) return []
  return beyondHistory(story.older, revisionHistoryLimit(story.rollout.spec)).map(one => ({
    verb: 'delete',
    target: refOf(REPLICA_SET, one),
    ...(one.metadata.uid === undefined ? {} : { ifUid: one.metadata.uid }),
    why: `delete ReplicaSet ${one.metadata.name}, which is beyond the history limit`,
  }))
}
