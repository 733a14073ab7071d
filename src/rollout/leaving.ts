// What routers that were left still do (second step of a decision): their weight goes as soon as the stable
// revision can carry it, and until then nothing moves that it goes to. Then their objects go, and they are
// forgotten.
import type { ReplicaSet } from '../kube/apps.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { Write } from '../kube/write.ts'
import { leaving, leftHash, leftShare, leftStableHash } from '../traffic/leaving.ts'
import type { RememberedRouting } from '../traffic/leaving.ts'
import { wantedReplicas } from '../workload/availability.ts'
import { podHashOf } from '../workload/replica-set.ts'
import { stableGate, stableHash } from './canary/stable-gate.ts'
import { open, unreadGate, waitFor } from './gates.ts'
import type { Gate } from './gates.ts'
import type { LeftRouting } from './remembered.ts'
import { foundAfter } from '../traffic/placing.ts'
import { writeOf } from './route-writes.ts'
import { selectedHash, serviceNames } from './services.ts'
import type { Story } from './story.ts'

/** Users whom a router that was left still shares out between two Services. */
interface LeftUsers {
  readonly services: RememberedRouting['services']
  /** Between 0 and 1: who come to the canary's Service. */
  readonly share: number
  /** The revisions that the Services, or subsets, select now; undefined when it is none of ours. */
  readonly selected: { readonly stable: string | undefined; readonly canary: string | undefined }
}

export interface Leaving {
  /** They take weight away: before anything moves. */
  readonly drain: readonly Write[]
  /** Objects without weight go: after everything else. */
  readonly trim: readonly Write[]
  readonly waits: readonly Wait[]
  /** Users who can not be taken back in this pass. Nothing that they come to moves. */
  readonly held: readonly LeftUsers[]
  /** Revisions that a subset, or node, of a stable side still leads to: their pods stay until that has let go. */
  readonly followed: readonly string[]
  /** Where users go whose weight is taken away in this pass. */
  readonly backTo: readonly string[]
  /** Services that the strategy no longer names, and where their users are better off. */
  readonly selectors: Readonly<Record<string, string>>
  /** Not done yet: still to be remembered. */
  readonly rest: readonly RememberedRouting[]
}

export const NO_LEAVING: Leaving = {
  drain: [],
  trim: [],
  waits: [],
  held: [],
  followed: [],
  backTo: [],
  selectors: {},
  rest: [],
}

/** `selects`: what a Service selects at the end of this pass. */
export function leavingOf(story: Story, selects: (service: string) => string | undefined): Leaving {
  const { left, routers, now, snapshot } = story
  if (left.length === 0) return NO_LEAVING
  const place = (of: LeftRouting[]) =>
    leaving(
      of.flatMap(one => one.routers),
      routers,
      { now, stableHash: stableHash(story), found: snapshot.named },
    )
  const unreadGates = left.map(one => unreadGate(story, one.routers))
  const unread = left.filter((_, i) => unreadGates[i] !== undefined)
  const undone = left.filter(one => {
    const { placed, waits = [] } = place([one])
    return unread.includes(one) || placed.length + waits.length > 0
  })
  const rest = undone.map(one => one.routing)
  const users = undone.flatMap(one => usersOf(story, one))
  const selectors = unnamed(story, users)
  const to = (name: string) => selectors[name] ?? selects(name)
  const gate = users.map(one => gateOf(story, one, to)).find(one => one !== undefined)
  const named = undone.flatMap(one => leftStableHash(one.routers, routers, snapshot.named) ?? [])
  // Nobody knows to whom it leads.
  const followed = unread.length > 0 ? story.all.map(podHashOf) : named
  const unseen = unread.map(({ routing: { services } }) => ({ services, share: 0, selected: NOBODY }))
  if (gate !== undefined)
    return { ...NO_LEAVING, rest, held: [...users, ...unseen], followed, waits: open([gate]) }
  const { placed, waits = [] } = place(undone)
  const writes = placed.flatMap(one => writeOf(one, snapshot.named))
  const after = { ...story, snapshot: { ...snapshot, named: foundAfter(placed, snapshot.named) } }
  return {
    ...NO_LEAVING,
    held: [...undone.flatMap(one => usersOf(after, one)), ...unseen],
    followed,
    ...(users.length > 0 ? { drain: writes } : { trim: writes }),
    waits: [...waits, ...open(unreadGates)],
    backTo: users.map(one => one.services.stable),
    selectors,
    rest,
  }
}

const NOBODY = { stable: undefined, canary: undefined }

/** Nobody else moves a Service that the strategy no longer names, when another revision has become stable. */
function unnamed(story: Story, users: readonly LeftUsers[]): Readonly<Record<string, string>> {
  const named = serviceNames(story.rollout)
  const hash = stableHash(story)
  return Object.fromEntries(
    users.flatMap(({ services, selected: { stable } }) =>
      hash === undefined || stable === undefined || stable === hash || named.includes(services.stable)
        ? []
        : [[services.stable, hash]],
    ),
  )
}

function usersOf(
  { routers, snapshot }: Story,
  { routing, routers: left }: LeftRouting,
): readonly LeftUsers[] {
  const { services } = routing
  const share = leftShare(left, routers, snapshot.named)
  if (share === 0) return []
  const now = (name: string) => selectedHash(snapshot.services[name])
  const canary = leftHash(left, routers, snapshot.named) ?? now(services.canary)
  return [{ services, share, selected: { stable: now(services.stable), canary } }]
}

/** The stable revision must be able to carry all of them, and they must come to it. */
function gateOf(
  story: Story,
  { services, share, selected }: LeftUsers,
  selects: (service: string) => string | undefined,
): Gate {
  const to = selects(services.stable)
  const why = 'a router that is no longer asked for still has a weight'
  if (to !== undefined && to !== stableHash(story)) {
    const what = `Service ${services.stable} to select the stable revision: ${why}`
    return waitFor(story, what, 'See what holds the Service back.')
  }
  const gate = stableGate(story, {
    weight: 0,
    isReachable: true,
    serving: story.all.find(one => podHashOf(one) === selected.canary),
    given: share,
    threshold: story.rollout.spec.strategy?.canary?.replicaProgressThreshold,
  })
  return gate === undefined ? undefined : { ...gate, for: `${gate.for}: ${why}` }
}

/** Pods of a revision that users of a left router come to, or may come to, as far as there are any. */
export function keptByLeft(
  story: Story,
  { held, followed }: Leaving,
  replicaSet: ReplicaSet | undefined,
): number {
  if (replicaSet === undefined) return 0
  const hash = podHashOf(replicaSet)
  const shares = held.map(
    ({ share, selected }) =>
      (selected.canary === hash ? share : 0) + (selected.stable === hash ? 1 - share : 0),
  )
  const share = followed.includes(hash) ? 1 : Math.max(0, ...shares)
  return Math.min(wantedReplicas(replicaSet), Math.ceil(share * story.replicas))
}

/** Whether users of a left router come, or may come, to the pods of a revision. */
export function isKeptByLeft(story: Story, left: Leaving, hash: string): boolean {
  const replicaSet = story.all.find(one => podHashOf(one) === hash)
  return keptByLeft(story, left, replicaSet) > 0
}

/** Whether a Service must stay as it is, since users of a left router come to it. */
export function isHeldService({ held }: Leaving, name: string | undefined): boolean {
  return held.some(one => one.services.canary === name)
}

/** Whether the strategy may not give a Service back yet. */
export function isStillNamed({ held }: Leaving, name: string): boolean {
  return held.some(({ services }) => services.canary === name || services.stable === name)
}
