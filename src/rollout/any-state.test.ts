// From any state: nothing unsafe is ever written, judged on the objects after each write; the world comes to rest, and
// there it is quiet and says what it waits for. `RUNS` sets how many scenes are tried.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxUnavailable } from '../api/defaults.ts'
import { stayingReplicas } from '../workload/availability.ts'
import type { RolloutStatus } from '../api/rollout.ts'
import { POD_TEMPLATE_HASH, REMEMBERED_ROUTING } from '../api/words.ts'
import type { Experiment } from '../api/experiment.ts'
import { EXPERIMENT, REPLICA_SET } from '../kube/kinds.ts'
import { refKey, refOf } from '../kube/object.ts'
import { routersOf } from '../traffic/registry.ts'
import type { Write } from '../kube/write.ts'
import { isCarrying, leftIn, objectsOf, ROUTING, scene, servicesIn } from './any-state.suite.ts'
import type { Scene } from './any-state.suite.ts'
import type { Model } from './model.suite.ts'
import { aModel, kindOf } from './model.suite.ts'

/** The same scenes each time, unless more are asked for: then others. */
const CHANCE = process.env['RUNS'] === undefined ? { seed: 11 } : {}
const RUNS = Number(process.env['RUNS'] ?? 500)
const A_YEAR = 365 * 24 * 3_600_000
const TIMEOUT_MS = 60_000 + RUNS * 100

const selected = (model: Model, service: string) => model.service(service)?.spec.selector?.[POD_TEMPLATE_HASH]
const setOf = (model: Model, hash: string | undefined) =>
  model.replicaSets().find(one => one.metadata.labels?.[POD_TEMPLATE_HASH] === hash)
/** Those that are to go carry nobody for long. */
const availableIn = (model: Model, hash: string | undefined) => stayingReplicas(setOf(model, hash))
const sizeOf = (model: Model, hash: string) => setOf(model, hash)?.spec.replicas ?? 0

type Loads = Readonly<Record<string, number>>

/** Where users come in: a share of them goes to the canary's Service, the others to the stable one. */
interface Door {
  readonly services: { readonly stable: string; readonly canary: string }
  share(): number
}

/** The strategy's own, and that of a router that was left until it has no weight: then it is no door of ours. */
function doorsOf(model: Model, one: Scene): readonly Door[] {
  const services = servicesIn(one)
  const left = leftIn(one)
  const isRouted = model.rollout().spec.strategy?.canary?.trafficRouting !== undefined
  return [
    { services, share: () => (isRouted ? model.weight(one.router) / 100 : 0) },
    ...(left === undefined || model.weight(left.router) === 0
      ? []
      : [{ services, share: () => model.weight(left.router) / 100 }]),
  ]
}

/** Which share of a door's users each revision gets, by what the Services select and the route says. */
function loadsOf(model: Model, { services, share }: Door, unselected: readonly string[] = []): Loads {
  const parts = [
    [selected(model, services.canary), share()],
    [selected(model, services.stable), 1 - share()],
  ] as const
  const loads: Record<string, number> = {}
  for (const [hash, load] of parts)
    for (const one of hash === undefined ? unselected : [hash]) loads[one] = (loads[one] ?? 0) + load
  return loads
}

/** A Service without a hash reaches the pods of all. */
const hashes = (model: Model) =>
  model.replicaSets().map(one => one.metadata.labels?.[POD_TEMPLATE_HASH] as string)

const ROUNDING = 1e-6

/** A canary by pods: together they never fall below what an update may cost. */
function staysAvailable(write: Write, model: Model): () => void {
  const { spec } = model.rollout()
  const { canary } = spec.strategy ?? {}
  const all = () => hashes(model).reduce((sum, hash) => sum + availableIn(model, hash), 0)
  const before = all()
  const least = Math.min(before, (spec.replicas ?? 1) - maxUnavailable(spec))
  return () => {
    if (canary !== undefined && canary.trafficRouting === undefined)
      expect(all(), write.why).toBeGreaterThanOrEqual(least)
  }
}

/** Checks one write by the world before and after it. */
const isSafe = (one: Scene) => (write: Write, model: Model) => {
  const checks = [
    ...doorsOf(model, one).map(door => isSafeAt(door, write, model)),
    staysAvailable(write, model),
  ]
  const stays = leftStays(write, model, one)
  const carried = isCarrying(one) ? isCarried(write, model) : () => {}
  return () => {
    for (const check of [...checks, stays, carried]) check()
  }
}

/** What the Rollout's router gives to templates of experiments. */
function besideOf(model: Model): Readonly<Record<string, number>> {
  const entries = model.objects().map(object => [refKey(refOf(kindOf(object), object)), object] as const)
  const found = Object.fromEntries(entries)
  return routersOf(model.rollout())[0]?.read(found)?.others ?? {}
}

/** No template gets weight before its Experiment runs and its pods are there. */
function isCarried(write: Write, model: Model): () => void {
  const before = besideOf(model)
  return () => {
    for (const [service, weight] of Object.entries(besideOf(model))) {
      if (weight <= (before[service] ?? 0)) continue
      const statuses = experimentsOf(model)
        .filter(({ spec, status }) => status?.phase === 'Running' && spec.terminate !== true)
        .flatMap(({ status }) => status?.templateStatuses ?? [])
      const able = statuses.find(one => one.serviceName === service)?.availableReplicas ?? 0
      expect(able, `${write.why}: ${service}`).toBeGreaterThan(0)
    }
  }
}

const experimentsOf = (model: Model) =>
  model.objects().filter(one => one.kind === EXPERIMENT.kind) as Experiment[]

/** Whoever is through has nothing beside, and no Experiment that runs on. */
function isWithoutExperiment(model: Model): void {
  const { spec, status } = model.rollout()
  const isThrough = status?.abort === true || status?.phase === 'Healthy'
  if (!isThrough || isInvalid(status) || spec.paused === true) return
  expect(besideOf(model)).toEqual({})
  const running = experimentsOf(model).filter(one => one.spec.terminate !== true)
  expect(running.filter(({ status: is }) => ['Pending', 'Running', undefined].includes(is?.phase))).toEqual(
    [],
  )
}

function isSafeAt(door: Door, write: Write, model: Model): () => void {
  const before = loadsOf(model, door, hashes(model))
  const able = Object.fromEntries(hashes(model).map(hash => [hash, availableIn(model, hash)]))
  return () => {
    const { spec } = model.rollout()
    const replicas = spec.replicas ?? 1
    if (replicas <= 0) return
    const after = loadsOf(model, door)
    for (const [hash, load] of Object.entries(after)) {
      if (load > (before[hash] ?? 0) + ROUNDING)
        takesMore(write, model, { hash, load, before, after: loadsOf(model, door, hashes(model)) })
    }
    if (write.verb !== 'patch' || write.target.kind !== REPLICA_SET) return
    const isBasic = spec.strategy?.canary !== undefined && spec.strategy.canary.trafficRouting === undefined
    for (const [hash, load] of Object.entries(after)) {
      // Without a router the share of pods is the share of the traffic: a Service only needs to find one.
      const isByPods = isBasic && door.share() === 0
      const needed = isByPods ? 1 - maxUnavailable(spec) : Math.ceil(load * replicas - ROUNDING)
      const kept = Math.min(able[hash] ?? 0, needed)
      expect(sizeOf(model, hash), `${write.why}: it carries ${load}`).toBeGreaterThanOrEqual(kept)
    }
  }
}

/** The canary's Service does not move while a router that was left sends users there. */
function leftStays(write: Write, model: Model, one: Scene): () => void {
  const left = leftIn(one)
  const { canary } = servicesIn(one)
  const before = selected(model, canary)
  return () => {
    if (left !== undefined && model.weight(left.router) > 0)
      expect(selected(model, canary), write.why).toBe(before)
  }
}

/** Who is given more must be able to carry it; whoever goes back to stable may miss a pod or two. */
function takesMore(
  write: Write,
  model: Model,
  to: { hash: string; load: number; before: Loads; after: Loads },
): void {
  const { spec, status } = model.rollout()
  const { hash, load, before, after } = to
  const able = availableIn(model, hash)
  const needed = load * (spec.replicas ?? 1) - ROUNDING
  expect(able, write.why).toBeGreaterThan(0)
  const others = Object.keys(before).filter(one => (before[one] ?? 0) > (after[one] ?? 0) + ROUNDING)
  const served = Math.max(0, ...others.map(one => availableIn(model, one)))
  const isStable = hash === status?.stableRS
  const enough =
    status?.stableRS === undefined
      ? 1
      : isStable
        ? Math.floor(needed + 2 * ROUNDING) - Math.max(1, maxUnavailable(spec))
        : needed
  expect(able, write.why).toBeGreaterThanOrEqual(Math.min(enough, served))
}

/** What a pass may only lower: the shares of each revision at each door, the new revision's size, the step. */
function ahead(model: Model, one: Scene) {
  const { stableRS, currentPodHash = '', currentStepIndex = 0 } = model.rollout().status ?? {}
  return {
    stable: stableRS,
    loads: doorsOf(model, one).map(door => loadsOf(model, door, hashes(model))),
    sizes: Object.fromEntries(hashes(model).map(hash => [hash, sizeOf(model, hash)])),
    wanted: currentPodHash,
    step: currentStepIndex,
  }
}

const isInvalid = (status: RolloutStatus | undefined) =>
  status?.conditions?.some(({ type }) => type === 'InvalidSpec') === true

/** A pass that reports an abort, or a problem, moves nothing forward. */
function onward(model: Model, one: Scene): boolean {
  const before = ahead(model, one)
  const doors = doorsOf(model, one)
  const changed = model.pass(isSafe(one))
  const { status } = model.decided()
  const isBack = status?.abort === true || isInvalid(status)
  if (!isBack || setOf(model, before.stable) === undefined) return changed
  const why = String(status?.message)
  for (const [i, door] of doors.entries()) {
    const [was, is] = [before.loads[i] ?? {}, loadsOf(model, door)]
    for (const hash of hashes(model).filter(other => other !== before.stable))
      expect(is[hash] ?? 0, why).toBeLessThanOrEqual((was[hash] ?? 0) + ROUNDING)
  }
  const { wanted, step } = ahead(model, one)
  if (wanted !== before.stable)
    expect(sizeOf(model, wanted), why).toBeLessThanOrEqual(before.sizes[wanted] ?? 0)
  expect(step, why).toBeLessThanOrEqual(before.step)
  return changed
}

function comeToRest(model: Model, one: Scene): void {
  for (let pass = 0; pass < 300; pass++) if (!onward(model, one) && !model.pods()) return
  throw new Error('it goes round in circles')
}

/** Every instant that a wait names comes to pass. */
function settle(model: Model, one: Scene): void {
  for (let turn = 0; turn < 40; turn++) {
    comeToRest(model, one)
    const next = (model.decide().waits ?? []).flatMap(wait => wait.until ?? [])
    const later = next.filter(at => at > model.now && at < model.now + 120_000)
    if (later.length === 0) return
    model.now = Math.min(...later)
  }
}

describe('from any state', () => {
  test(
    'no write makes the world unsafe, it comes to rest, and there it is quiet',
    () => {
      fc.assert(
        fc.property(scene, one => {
          const model = aModel(objectsOf(one))
          settle(model, one)
          const { status } = model.rollout()
          expect(model.decide().writes.map(write => write.why)).toEqual([])
          const isEnd = ['Healthy', 'Degraded'].includes(status?.phase ?? '')
          const waits = model.decide().waits ?? []
          expect(isEnd || waits.length > 0, `${status?.phase}: ${status?.message}`).toBe(true)
          isRightAtRest(model, one)
          isLeftAtRest(model, one)
          if (one.experiment !== undefined) isWithoutExperiment(model)
          staysAtRest(model)
        }),
        { numRuns: RUNS, ...CHANCE },
      )
    },
    TIMEOUT_MS,
  )
})

/** Aborted or promoted: users are on the stable revision, whole, and nobody is sent elsewhere. */
function isRightAtRest(model: Model, one: Scene): void {
  const { spec, status } = model.rollout()
  const stable = status?.stableRS
  if ((status?.abort !== true && status?.phase !== 'Healthy') || (spec.replicas ?? 1) < 0) return
  const isThere = setOf(model, stable) !== undefined
  if (!isThere || (spec.replicas ?? 1) <= 0 || spec.paused === true) return
  expect(availableIn(model, stable)).toBeGreaterThanOrEqual(spec.replicas ?? 1)
  if (one.strategy === 'blueGreen') expect(selected(model, 'active')).toBe(stable)
  else expect(model.weight(one.router)).toBe(0)
}

/** A router that was left has no weight any more, and is forgotten; or it is said why not. */
function isLeftAtRest(model: Model, one: Scene): void {
  const left = leftIn(one)
  if (left === undefined) return
  const { metadata, spec, status } = model.rollout()
  const remembered = metadata.annotations?.[REMEMBERED_ROUTING] ?? ''
  const isForgotten = !remembered.includes(JSON.stringify(ROUTING[left.router]))
  if (isInvalid(status) || (model.weight(left.router) === 0 && isForgotten)) return
  const waits = (model.decide().waits ?? []).map(wait => wait.for)
  expect(waits.join('; ')).toContain('a router that is no longer asked for still has a weight')
  const isThere = setOf(model, status?.stableRS) !== undefined
  const isWhole = isThere && availableIn(model, status?.stableRS) >= (spec.replicas ?? 1)
  expect(isWhole && selected(model, servicesIn(one).stable) === status?.stableRS).toBe(false)
}

/** Nothing happens by itself at a time that no wait has named: whoever sleeps until then misses nothing. */
function staysAtRest(model: Model): void {
  const before = model.decide()
  const next = (before.waits ?? []).flatMap(wait => wait.until ?? []).filter(at => at > model.now)
  model.now = Math.min(model.now + A_YEAR, ...next) - 1
  const after = model.decide()
  expect(after.writes.map(write => write.why)).toEqual([])
  expect(after.status).toEqual(before.status)
}
