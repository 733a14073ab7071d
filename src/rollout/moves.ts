// Wanted against found → writes, in the one order in which they are safe (fourth step of a decision):
//   create → drain → switch → fill → grow → dress → trim
// Services and routes only ever move to pods that the snapshot showed available, and nothing is trimmed that
// the snapshot's Services, routes or recorded weights still name; so any beginning of the list leaves a safe
// world.
import { replicas, revisionHistoryLimit } from '../api/defaults.ts'
import { EVENTS } from '../api/event-words.ts'
import { DESIRED_REPLICAS, REVISION, SCALE_DOWN_DEADLINE } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { REPLICA_SET, ROLLOUT as ROLLOUT_KIND } from '../kube/kinds.ts'
import { asJson, refOf } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import { printInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import type { Json } from '../std/json.ts'
import { desiredReplicas, wantedReplicas } from '../workload/availability.ts'
import { beyondHistory, revisionOf } from '../workload/replica-set.ts'
import { dressWrites } from './moves/dress.ts'
import { createReplicaSet, refreshReplicaSet } from './moves/replica-set-writes.ts'
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

export function movesOf({ story, routing, restart, problem }: Situation, wanted: Wanted): Moves {
  const sizes = { ...presentSizes(story.older), ...wanted.replicas }
  const scaled = story.all.flatMap(one => scaleWrites(one, story, { ...wanted, replicas: sizes }))
  const into = (move: Scaling['move']) => scaled.filter(one => one.move === move).map(one => one.write)
  const isStable = (name: string) => name === servicesOf(story.rollout).stable
  const switched = (which: (name: string) => boolean) => switches(story, wanted, which)
  const sound = (writes: (story: Story) => readonly Write[]) => (problem === undefined ? writes(story) : [])
  return {
    create: [
      ...sound(repairSpec),
      ...sound(defaultReplicas),
      ...sound(setRevision),
      ...sound(makeRevision),
      ...wanted.runs.create,
    ],
    drain: wanted.drains ? [...switched(isStable), ...routing.writes] : [],
    switch: [...switched(name => !wanted.drains || !isStable(name)), ...sound(releases)],
    fill: wanted.drains ? [] : routing.writes,
    grow: into('grow'),
    dress: [...into('dress'), ...sound(dressWrites)],
    trim: [...into('trim'), ...wanted.runs.end, ...sound(() => restart.evictions), ...sound(forget)],
  }
}

/** Compat: typed clients can only read a Rollout once the fields that nobody can read are gone from it. */
function repairSpec({ rollout, snapshot }: Story): readonly Write[] {
  if (!snapshot.isMalformed) return []
  return [
    {
      verb: 'patch',
      type: 'json',
      target: refOf(ROLLOUT_KIND, rollout),
      patch: [{ op: 'replace', path: '/spec', value: asJson(rollout.spec) }],
      why: 'take fields of a wrong type out of the spec',
    },
  ]
}

/** Compat: autoscalers read a size that is not said as 0, and never act. */
function defaultReplicas({ rollout }: Story): readonly Write[] {
  const { spec } = rollout
  if (spec.replicas !== undefined) return []
  const patch = { spec: { replicas: replicas(spec) } }
  const why = `set spec.replicas to ${replicas(spec)}`
  return [{ verb: 'patch', target: refOf(ROLLOUT_KIND, rollout), patch, why }]
}

/** Only metadata: a well-formed spec is never rewritten. */
function setRevision({ rollout, revision }: Story): readonly Write[] {
  if (revisionOf(rollout) === revision) return []
  return [
    {
      verb: 'patch',
      target: refOf(ROLLOUT_KIND, rollout),
      patch: { metadata: { annotations: { [REVISION]: String(revision) } } },
      why: `set the revision to ${revision}`,
      event: EVENTS.updated(revision),
    },
  ]
}

function makeRevision(story: Story): readonly Write[] {
  const { current } = story
  return current === undefined ? createReplicaSet(story) : refreshReplicaSet(story, current)
}

/** Weight that goes to the stable Service finds the stable revision there. */
function switches(
  { rollout, snapshot }: Story,
  { selectors }: Wanted,
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
function releases({ rollout, snapshot }: Story): readonly Write[] {
  const named = serviceNames(rollout)
  return Object.values(snapshot.services)
    .filter(service => !named.includes(service.metadata.name))
    .map(service => releaseWrite(service, 'which the strategy no longer names'))
}

interface Scaling {
  readonly move: 'grow' | 'dress' | 'trim'
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
  const deadline = wanted.deadlines[name]
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
    return [{ move: typeof deadline === 'number' ? 'trim' : 'dress', write }]
  }
  const event = EVENTS.scaled({ replicaSet: name, revision: revisionOf(replicaSet), from, to })
  const why = `scale ReplicaSet ${name} from ${from} to ${to}`
  const patch = { metadata: { annotations }, spec: { replicas: to } }
  return [{ move: to > from ? 'grow' : 'trim', write: { verb: 'patch', target, patch, why, event } }]
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
