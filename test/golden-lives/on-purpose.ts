// Where ours is meant to differ from what was recorded, by life and place, with the reason. docs/COMPAT.md
// tells users.
import { equal } from '../../src/std/equal.ts'
import type { Difference } from './difference.ts'
import type { EventLine } from './recording.ts'

export interface OnPurpose {
  /** Name of the life, or several. */
  readonly lives: readonly string[]
  /** Beginning of the place: `end:.Rollout/demo.status.message`. */
  readonly path: string
  /** Events that ours has and no recording: type, reason, message. Only these are meant. */
  readonly extra?: readonly (readonly string[])[]
  readonly reason: string
}

/** What is recorded again and again although nothing happens; ours says it when it is so, at its own moments. */
interface Unsaid {
  readonly lives: readonly string[]
  readonly line: EventLine
  readonly reason: string
}

const UNSAID: readonly Unsaid[] = [
  {
    lives: ['istio-headers', 'istio-mirror'],
    line: ['Normal', 'Updated VirtualService', 'VirtualService `demo` removed all managed routes.'],
    reason:
      'Recorded in every pass in which no managed route is wanted; ours says it when one has been taken away.',
  },
]

export function unsaidIn(life: string): readonly EventLine[] {
  return UNSAID.filter(one => one.lives.includes(life)).map(one => one.line)
}

const ON_PURPOSE: readonly OnPurpose[] = [
  {
    lives: ['ambassador-basic'],
    path: 'at-30:.Mapping/demo-canary.owner',
    reason:
      'Our canary Mapping belongs to the Rollout, and goes when that is deleted; theirs stays for ever.',
  },
  {
    lives: ['ambassador-basic'],
    path: 'at-60:.Mapping/demo-canary.owner',
    reason: 'The same.',
  },
  {
    lives: ['nginx-dynamic-stable'],
    path: 'events.Rollout/demo[24]',
    reason:
      'The recorded list is full with 25 Normal events; the two that follow were lost there, and the Warning of the ' +
      'abort, which has a limit of its own, stands in their place. Ours loses none.',
  },
  {
    lives: ['istio-mirror'],
    path: 'events.Rollout/demo[13]',
    reason:
      'As in nginx-dynamic-stable: the recorded list is full, and the Warning of the abort stands where it ends.',
  },
  {
    lives: ['istio-ping-pong'],
    path: 'swapped:.Rollout/demo.status.canary.weights',
    reason:
      'After the roles have swapped the weights were recorded with the old ones until the next update (behind ALB at ' +
      'once, as ours): the stable revision had all, and status said that the canary had.',
  },
  ...[23, 24].map(place => ({
    lives: ['istio-ping-pong'],
    path: `events.Rollout/demo[${place}]`,
    reason: 'The Event of that change of weights.',
  })),
  {
    lives: ['canary-services'],
    path: 'events.Rollout/demo',
    extra: ['3 to 0', '3 to 1', '2 to 1', '1 to 0'].map(sizes => [
      'Normal',
      'ScalingReplicaSet',
      `Scaled down ReplicaSet demo-684df9f9cc (revision 1) from ${sizes}`,
    ]),
    reason:
      'How many of three pods are seen ready at once is a matter of milliseconds, so the old ones go in one, two or ' +
      'three steps; recorded were two. Pods of the embedded cluster that start together are ready together.',
  },
]

/** The differences that nobody wanted. */
export function unwanted(life: string, found: readonly Difference[], list = ON_PURPOSE): Difference[] {
  const known = list.filter(one => one.lives.includes(life))
  return found.filter(difference => !known.some(one => isMeant(one, difference)))
}

/** What is listed for a life although it does not differ there. */
export function needless(life: string, found: readonly Difference[], list = ON_PURPOSE): OnPurpose[] {
  return list
    .filter(one => one.lives.includes(life))
    .filter(one => !found.some(difference => isMeant(one, difference)))
}

function isMeant({ path, extra }: OnPurpose, difference: Difference): boolean {
  if (!difference.path.startsWith(path)) return false
  if (extra === undefined) return true
  const found = (difference.got as { extra?: readonly unknown[] } | undefined)?.extra ?? []
  return found.length > 0 && found.every(event => extra.some(one => equal(one, event)))
}
