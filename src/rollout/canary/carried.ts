// What share of the users the canary's side may be getting now, and from which revision (second step of a
// decision): the larger of what the routes say and what is recorded, since a route may have been moved by
// hand or by a tool. Used to protect them: weight goes before a Service moves, pods that must carry stay.
// What is aimed at never follows it.
import type { TrafficIntent } from '../../traffic/router.ts'
import { largestByName } from '../../traffic/weights.ts'
import { stayingReplicas } from '../../workload/availability.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { unreadGate } from '../gates.ts'
import { selectedHash, servicesOf } from '../services.ts'
import type { Story } from '../story.ts'

export interface Carried {
  /** With users of a header, who are in no share, as the least that needs a pod. */
  readonly weight: number
  /** What the routes say; undefined where none says anything. */
  readonly read: number | undefined
  /** Whether a route of a step leads users of a header there. */
  readonly byHeader: boolean
  /** Whether a route of a step sends copies of requests there. */
  readonly isCopied: boolean
  /**
   * The revision that gets it: the one that its subset, or the canary Service, selects; else, or where a route may not
   * be read, the recorded one.
   */
  readonly hash: string | undefined
  /** The revision that the stable side selects, where a router selects pods itself. */
  readonly stableHash: string | undefined
  /** What the stable side may be getting: together the two may be more than all. */
  readonly stableWeight: number
  /** What the routes give to experiments, by their Services; undefined where none says anything. */
  readonly others: ReadonlyMap<string, number> | undefined
  /** The smaller of the two: what may be held without raising anything; undefined when none was recorded. */
  readonly least: number | undefined
}

export function carriedBy(story: Story): Carried {
  const { position } = story
  const recorded = story.status.canary?.weights
  const { canary: read, canaryHash, ...rest } = readWeights(story)
  const least = rest.byHeader ? BY_HEADER : 0
  const hash = canaryHash ?? hashBeside(story)
  const said = { read, ...rest }
  if (recorded === undefined)
    return {
      ...said,
      weight: Math.max(read ?? 0, least),
      least: undefined,
      hash,
      stableWeight: position.maxWeight,
    }
  const { canary, stable } = recorded
  const all = position.maxWeight
  const canaryWeight = Math.min(canary.weight, all)
  return {
    ...said,
    weight: Math.max(read ?? 0, canaryWeight, least),
    least: Math.min(canaryWeight, read ?? canaryWeight),
    hash: hash ?? canary.podTemplateHash,
    stableWeight: Math.max(all - (read ?? all), Math.min(stable.weight, all)),
  }
}

/** Where no route names it: what a subset selects that may not be read, nobody knows. */
function hashBeside(story: Story): string | undefined {
  if (unreadGate(story, story.routers) !== undefined)
    return story.status.canary?.weights?.canary.podTemplateHash
  return selectedHash(story.snapshot.services[servicesOf(story.rollout).canary ?? ''])
}

/** Whether the canary's side selects a revision before that has pods: by its route, or by a Service that swaps. */
export function isAhead({ rollout, routers }: Story): boolean {
  const { canary, next } = servicesOf(rollout)
  return canary === next || routers.some(one => one.selectsPods)
}

/** Whether the canary Service selects a revision that has no pods, or has gone, although users come to it. */
export function leadsToNothing({ all, rollout, snapshot }: Story, { weight }: Carried): boolean {
  const hash = selectedHash(snapshot.services[servicesOf(rollout).canary ?? ''])
  const serving = all.find(one => podHashOf(one) === hash)
  return weight > 0 && hash !== undefined && stayingReplicas(serving) === 0
}

interface Read extends Pick<Carried, 'others' | 'byHeader' | 'isCopied'> {
  readonly canary: number | undefined
  readonly canaryHash: string | undefined
  readonly stableHash: string | undefined
}

const NOTHING_READ: Read = {
  canary: undefined,
  others: undefined,
  canaryHash: undefined,
  stableHash: undefined,
  byHeader: false,
  isCopied: false,
}

/** As the routes say it, the largest where there are several; undefined where none says it. */
function readWeights({ routers, snapshot }: Story): Read {
  const said = routers.flatMap(router => router.read(snapshot.named) ?? [])
  if (said.length === 0) return NOTHING_READ
  const others = largestByName(said.flatMap(one => Object.entries(one.others)))
  const canaryHash = said.find(one => one.canaryHash !== undefined)?.canaryHash
  const stableHash = said.find(one => one.stableHash !== undefined)?.stableHash
  const byHeader = said.some(one => one.byHeader === true)
  const isCopied = said.some(one => one.isCopied === true)
  const canary = Math.max(...said.map(one => one.canary))
  return { canary, others, canaryHash, stableHash, byHeader, isCopied }
}

/** Of a weight: nobody's share, and yet a pod. */
const BY_HEADER = 1e-6

/** What the canary has once an intent is carried out, users of a header with it. */
export function givenTo({ canary, headerRoutes }: TrafficIntent): number {
  return headerRoutes.length === 0 ? canary.weight : Math.max(canary.weight, BY_HEADER)
}

/** How many pods a weight asks for. */
export function podsFor({ replicas, position }: Story, weight: number): number {
  return Math.ceil((Math.min(weight, position.maxWeight) * replicas) / position.maxWeight)
}
