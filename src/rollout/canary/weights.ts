// The weights that a canary reports, and what is told of their change (last step of a decision).
import { EVENTS } from '../../api/event-words.ts'
import type { TrafficWeights } from '../../api/rollout.ts'
import type { EventNote } from '../../kube/write.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import type { Routing } from '../route-writes.ts'
import type { Story } from '../story.ts'
import { isAhead } from './carried.ts'
import { leadsToNothing } from './carried.ts'
import type { Carried } from './carried.ts'
import type { CanarySituation } from './situation.ts'

export interface ReportedWeights {
  readonly weights: TrafficWeights | undefined
  readonly told: readonly EventNote[]
}

export function reportedWeights(
  story: Story,
  { strategy, carried }: CanarySituation,
  routing: Routing,
): ReportedWeights {
  const before = story.status.canary?.weights
  if (strategy.trafficRouting === undefined) return { weights: undefined, told: [] }
  const { given, isKept } = routing
  if (isKept) return { weights: before, told: [] }
  const after = given === undefined ? standing(story, carried) : recordedWeights(given)
  const change = after === undefined ? undefined : weightChange(before, after)
  if (change === undefined) return { weights: before ?? after, told: [] }
  return { weights: after, told: [...routing.told, EVENTS.weightUpdated(change)] }
}

/** A pass that writes no route says what is read there. */
function standing(story: Story, carried: Carried): TrafficWeights | undefined {
  const before = story.status.canary?.weights
  if (before === undefined) return undefined
  const { canary, stable } = before
  const weight = carried.read ?? canary.weight
  const podTemplateHash = hashBehind(story, carried, canary)
  const { additional: recorded = [], ...rest } = before
  const additional = besideIn(recorded, carried)
  const given = weight + sumOf(additional)
  const wasGiven = canary.weight + sumOf(recorded)
  return {
    ...rest,
    canary: { ...canary, weight, ...(podTemplateHash === undefined ? {} : { podTemplateHash }) },
    stable: given === wasGiven ? stable : { ...stable, weight: stable.weight + wasGiven - given },
    ...(additional.length === 0 ? {} : { additional }),
  }
}

/** Whom the weight leads to: what is told of it may be older. A canary without weight may have its name at once. */
function hashBehind(story: Story, carried: Carried, told: TrafficWeights['canary']): string | undefined {
  const weight = carried.read ?? told.weight
  if (story.isReset && weight === 0 && !isAhead(story)) return story.hash
  const isUnread = weight === 0 || carried.hash === undefined
  const isNowhere = story.replicas > 0 && leadsToNothing(story, carried)
  return weight === told.weight && (isUnread || isNowhere) ? told.podTemplateHash : carried.hash
}

type Additional = NonNullable<TrafficWeights['additional']>

const sumOf = (all: Additional) => all.reduce((sum, one) => sum + one.weight, 0)

/** What experiments get by the routes: a weight that could not be recorded is told, and one that is gone is not. */
function besideIn(recorded: Additional, { others }: Carried): Additional {
  if (others === undefined) return recorded
  const kept = recorded.flatMap(one => {
    const weight = others.get(one.serviceName ?? '') ?? 0
    return weight === 0 ? [] : [weight === one.weight ? one : { ...one, weight }]
  })
  const known = new Set(recorded.map(one => one.serviceName))
  const found = [...others].filter(([service, weight]) => weight > 0 && !known.has(service))
  return [...kept, ...found.map(([serviceName, weight]) => ({ weight, serviceName }))]
}

/** The weights as they are recorded once the routers have them. */
function recordedWeights(intent: TrafficIntent): TrafficWeights {
  const destination = ({ weight, service, podHash }: TrafficIntent['canary']) => ({
    weight,
    ...(service === '' ? {} : { serviceName: service }),
    podTemplateHash: podHash,
  })
  const additional = intent.others.map(destination)
  return {
    canary: destination(intent.canary),
    stable: destination(intent.stable),
    ...(additional.length === 0 ? {} : { additional }),
  }
}

/** What `TrafficWeightUpdated` says of the change; undefined when nothing changed. */
function weightChange(before: TrafficWeights | undefined, after: TrafficWeights): string | undefined {
  if (before === undefined) return `to ${after.canary.weight}`
  const isSame = (['canary', 'stable'] as const).every(
    side =>
      before[side].podTemplateHash === after[side].podTemplateHash &&
      before[side].serviceName === after[side].serviceName &&
      before[side].weight === after[side].weight,
  )
  const [from, to] = [before.canary.weight, after.canary.weight]
  const [besideBefore, beside] = [before, after].map(({ additional = [] }) => additionalText(additional))
  const said = [
    ...(from === to ? [] : [`from ${from} to ${to}`]),
    ...(besideBefore === beside ? [] : [`additional: ${beside}`]),
  ]
  return said.length === 0 && isSame ? undefined : said.join(', ')
}

function additionalText(additional: NonNullable<TrafficWeights['additional']>): string {
  const one = ({ weight, serviceName = '', podTemplateHash = '' }: TrafficWeights['canary']) =>
    `{${weight} ${serviceName} ${podTemplateHash}}`
  return `[${additional.map(one).join(' ')}]`
}
