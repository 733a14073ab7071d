// Writes to the Rollout itself (move create): a spec that nobody can read, a size that is not said, the revision,
// and the routing that must be known when it is left.
import { replicas } from '../../api/defaults.ts'
import { EVENTS } from '../../api/event-words.ts'
import { REMEMBERED_ROUTING, REVISION } from '../../api/words.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { asJson, refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { revisionOf } from '../../workload/replica-set.ts'
import { askedRouting, hasUnmanaged, rememberedText } from '../remembered.ts'
import type { LeftRouting } from '../remembered.ts'
import type { RememberedRouting } from '../../traffic/leaving.ts'
import type { Situation } from '../situation.ts'
import type { Story } from '../story.ts'

export function rolloutWrites(situation: Situation): readonly Write[] {
  const { story } = situation
  return [...repairSpec(story), ...defaultReplicas(story), ...setAnnotations(situation)]
}

/** Compat: typed clients can only read a Rollout once the fields that nobody can read are gone from it. */
function repairSpec({ rollout, snapshot }: Story): readonly Write[] {
  if (!snapshot.isMalformed) return []
  return [
    {
      verb: 'patch',
      type: 'json',
      target: refOf(ROLLOUT, rollout),
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
  return [{ verb: 'patch', target: refOf(ROLLOUT, rollout), patch, why }]
}

/** One write for both: a well-formed spec is never rewritten, and a new revision costs no more than it did. */
function setAnnotations(situation: Situation): readonly Write[] {
  const { rollout, revision } = situation.story
  const target = refOf(ROLLOUT, rollout)
  const memory = memoryOf(situation)
  if (revisionOf(rollout) === revision) {
    const why = `remember ${memory[REMEMBERED_ROUTING] === null ? 'no routing any more' : 'what is routed'}`
    const isSame = memory[REMEMBERED_ROUTING] === undefined
    return isSame ? [] : [{ verb: 'patch', target, patch: { metadata: { annotations: memory } }, why }]
  }
  const annotations = { [REVISION]: String(revision), ...memory }
  const why = `set the revision to ${revision}`
  return [
    { verb: 'patch', target, patch: { metadata: { annotations } }, why, event: EVENTS.updated(revision) },
  ]
}

/** What is routed, and what was left and is not done. Who stands still without a weight is not touched. */
function memoryOf(situation: Situation): Readonly<Record<string, string | null>> {
  const { story, routing, strategy } = situation
  const { rollout, routers, revision } = story
  const before = rollout.metadata.annotations?.[REMEMBERED_ROUTING]
  const isWeighed = strategy.is === 'canary' && (strategy.carried.read ?? 0) > 0
  const isDue = isWeighed || routing.writes.length > 0 || revisionOf(rollout) !== revision
  if (before === undefined && !isDue) return {}
  const asked = routers.length === 0 ? undefined : askedRouting(rollout)
  const text = rememberedText([...stillLeft(situation), ...(asked === undefined ? [] : [asked])])
  return (before ?? null) === text ? {} : { [REMEMBERED_ROUTING]: text }
}

/** Routes that steps made by names of before are sought until a pass has found the objects as they should be. */
function stillLeft({ story, leaving, routing }: Situation): readonly RememberedRouting[] {
  const { rollout, routers, left } = story
  const isFound = routing.given !== undefined && routing.problem === undefined && routing.writes.length === 0
  const isSought = (one: LeftRouting) => !isFound && routers.length > 0 && hasUnmanaged(rollout, one)
  return left.filter(one => leaving.rest.includes(one.routing) || isSought(one)).map(one => one.routing)
}
