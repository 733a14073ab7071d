// What people and tools do to a Rollout and what it names, as the writes that their commands send.
import type { Experiment } from '../../api/experiment.ts'
import type { CanaryStep, Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { EXPERIMENT, knownKind, REPLICA_SET, ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import { asJson, refOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import type { Json } from '../../std/json.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { byCreation, revisionOf } from '../../workload/replica-set.ts'
import type { ModelWorld } from '../model/world.ts'
import { loadTo } from './autoscaler.ts'
import {
  asStands,
  byRoute,
  hasServices,
  NAME,
  NAMESPACE,
  routeOf,
  serviceOf,
  servicesOf,
  sidesOf,
  sound,
  SPOILT,
  strategyOf,
  templateOf,
} from './furniture.ts'
import { destinationRule } from './routes/istio.ts'
import type { Deed, LifeSpec } from './scenario.ts'
import { isOfExperiment } from './sight.ts'
import { weigh } from './weigh.ts'

const TARGET = { kind: ROLLOUT, namespace: NAMESPACE, name: NAME }

export function perform(world: ModelWorld, drawn: LifeSpec, act: Deed): void {
  const { cluster, timeline } = world
  const rollout = cluster.get<Rollout>(TARGET)
  if (rollout === undefined) return
  const spec = asStands(drawn, rollout)
  const change = changeOf(act, spec, timeline.now())
  if (change !== undefined) return write(world, { spec: change })
  switch (act.do) {
    case 'steps':
      return setSteps(world, spec, act.steps)
    case 'strategy':
      return setStrategy(world, drawn, act.isOther)
    case 'undo':
      return undo(world)
    case 'move':
      return move(world, spec, act)
    case 'weigh':
      return weigh(cluster, spec)
    case 'delete-set':
    case 'replace-set':
    case 'empty-set':
      return SETS[act.do](world, act.nth)
    case 'end-experiment':
      return endExperiment(world, act.isDeleted)
    case 'lose-status':
      return loseStatus(world)
    case 'load':
      return loadTo(world, act.pods)
    case 'renew':
    case 'revert':
      return ofTool(world, spec, act)
    case 'promote':
    case 'full':
    case 'abort':
    case 'retry':
      return inStatus(world, rollout, act.do)
  }
}

/** Of the fields of the spec that are not the strategy's. */
function changeOf(act: Deed, spec: LifeSpec, now: Instant): Json | undefined {
  switch (act.do) {
    case 'image':
      return { template: asJson(templateOf(spec, act.image)) }
    case 'scale':
      return { replicas: act.replicas }
    case 'pause':
      return { paused: act.paused }
    case 'restart':
      return { restartAt: printInstant(now) }
    case 'spoil':
      return { minReadySeconds: act.isSpoiled ? SPOILT.minReadySeconds : (spec.minReadySeconds ?? null) }
    default:
      return undefined
  }
}

function setSteps(world: ModelWorld, { strategy }: LifeSpec, steps: readonly CanaryStep[]): void {
  if (strategy !== 'blueGreen') write(world, { spec: { strategy: { canary: { steps: asJson(steps) } } } })
}

/** What the other strategy does not have goes. */
function setStrategy({ cluster }: ModelWorld, { other, ...spec }: LifeSpec, isOther: boolean): void {
  const strategy = strategyOf(
    sound({ ...spec, strategy: isOther ? (other ?? spec.strategy) : spec.strategy }),
  )
  const patch = [{ op: 'replace', path: '/spec/strategy', value: asJson(strategy) }]
  cluster.write({
    verb: 'patch',
    target: TARGET,
    type: 'json',
    patch,
    why: 'somebody asks for another strategy',
  })
}

function write({ cluster }: ModelWorld, patch: Json, subresource?: 'status'): void {
  cluster.write({
    verb: 'patch',
    target: TARGET,
    patch,
    why: 'somebody asks for it',
    ...(subresource === undefined ? {} : { subresource }),
  })
}

function inStatus(world: ModelWorld, rollout: Rollout, what: 'promote' | 'full' | 'abort' | 'retry'): void {
  const { status = {}, spec } = rollout
  const change = (fields: Json) => write(world, { status: fields }, 'status')
  if (what === 'abort') return change({ abort: true })
  if (what === 'retry') return change({ abort: false })
  if (what === 'full') {
    if (status.currentPodHash !== status.stableRS) change({ promoteFull: true })
    return
  }
  const steps = spec.strategy?.canary?.steps ?? []
  const next = Math.min((status.currentStepIndex ?? 0) + 1, steps.length)
  const isUnclear = status.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive'
  if (isUnclear && (status.pauseConditions ?? []).length > 0)
    change({ pauseConditions: null, controllerPause: false, currentStepIndex: next })
  else if ((status.pauseConditions ?? []).length > 0) change({ pauseConditions: null })
  else if (steps.length > 0) change({ pauseConditions: null, currentStepIndex: next })
}

function loseStatus({ cluster }: ModelWorld): void {
  const patch = [{ op: 'replace', path: '/status', value: {} }]
  cluster.write({
    verb: 'patch',
    target: TARGET,
    type: 'json',
    subresource: 'status',
    patch,
    why: 'a backup is restored',
  })
}

function undo(world: ModelWorld): void {
  const before = world.cluster
    .list<ReplicaSet>(REPLICA_SET, NAMESPACE)
    .filter(one => !isOfExperiment(one))
    .toSorted((a, b) => revisionOf(b) - revisionOf(a))[1]
  if (before === undefined) return
  const { template } = before.spec
  const { [POD_TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {}
  write(world, { spec: { template: asJson({ ...template, metadata: { labels } }) } })
}

const nthSet = ({ cluster }: ModelWorld, nth: number) =>
  cluster.list<ReplicaSet>(REPLICA_SET, NAMESPACE).toSorted(byCreation)[nth]

/** By hand: a Service selects another revision. */
function move(world: ModelWorld, spec: LifeSpec, { what, nth }: Extract<Deed, { do: 'move' }>): void {
  const set = nthSet(world, nth)
  const hash = set?.metadata.labels?.[POD_TEMPLATE_HASH]
  if (set === undefined || isOfExperiment(set) || hash === undefined || !hasServices(spec)) return
  const target = { kind: SERVICE, namespace: NAMESPACE, name: servicesOf(spec)[what] }
  const patch = { spec: { selector: { [POD_TEMPLATE_HASH]: hash } } }
  world.cluster.write({ verb: 'patch', target, patch, why: 'somebody moves it' })
}

function emptySet(world: ModelWorld, nth: number): void {
  const set = nthSet(world, nth)
  if (set === undefined || isOfExperiment(set)) return
  const target = refOf(REPLICA_SET, set)
  world.cluster.write({ verb: 'patch', target, patch: { spec: { replicas: 0 } }, why: 'somebody scales it' })
}

function endExperiment({ cluster }: ModelWorld, isDeleted: boolean): void {
  const last = cluster.list<Experiment>(EXPERIMENT, NAMESPACE).toSorted(byCreation).at(-1)
  if (last === undefined) return
  const target = refOf(EXPERIMENT, last)
  if (isDeleted) cluster.write({ verb: 'delete', target, why: 'somebody deletes it' })
  else cluster.write({ verb: 'patch', target, patch: { spec: { terminate: true } }, why: 'somebody ends it' })
}

function replaceSet(world: ModelWorld, nth: number): void {
  const found = nthSet(world, nth)
  if (found === undefined) return
  deleteSet(world, nth)
  const { name, labels = {}, annotations = {}, ownerReferences = [] } = found.metadata
  const metadata = { name, namespace: NAMESPACE, labels, annotations, ownerReferences }
  const { status: _, ...rest } = found
  world.cluster.write({
    verb: 'create',
    object: { ...rest, metadata } as KubeObject,
    why: 'a backup is restored',
  })
}

function deleteSet(world: ModelWorld, nth: number): void {
  const { cluster } = world
  const found = nthSet(world, nth)
  if (found !== undefined)
    cluster.write({ verb: 'delete', target: refOf(REPLICA_SET, found), why: 'somebody deletes it' })
}

const SETS = { 'delete-set': deleteSet, 'replace-set': replaceSet, 'empty-set': emptySet } as const

/** What a tool's repository has of it; undefined: the controller makes it. */
function standing(spec: LifeSpec, what: 'stable' | 'canary' | 'route'): KubeObject | undefined {
  if (what === 'route') return routeOf(byRoute(spec))
  return sidesOf(spec) === 'subsets' ? destinationRule() : serviceOf(servicesOf(spec)[what])
}

function ofTool(
  { cluster, timeline }: ModelWorld,
  spec: LifeSpec,
  act: Extract<Deed, { do: 'renew' | 'revert' }>,
): void {
  const wanted = standing(spec, act.what)
  if (wanted === undefined) return
  const kind: Kind = knownKind(wanted) ?? SERVICE
  const target = refOf(kind, wanted)
  if (cluster.get(target) === undefined) return
  if (act.do === 'renew') {
    cluster.write({ verb: 'delete', target, why: 'a tool deletes it' })
    return timeline.at(timeline.now() + act.afterMs, () => {
      cluster.write({ verb: 'create', object: wanted, why: 'a tool makes it again' })
    })
  }
  // Only what the repository names is put back: a selector is replaced whole.
  const { spec: content } = wanted as KubeObject & { readonly spec: Json }
  const selector = kind === SERVICE ? { selector: { app: NAME, [POD_TEMPLATE_HASH]: null } } : {}
  const patch = { spec: { ...(content as object), ...selector } }
  cluster.write({ verb: 'patch', target, patch, why: 'a tool puts it back' })
}
