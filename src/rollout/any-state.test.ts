// From any state: nothing unsafe is ever written, judged on the objects after each write; the world comes to rest, and
// there it is quiet and says what it waits for. `RUNS` sets how many scenes are tried.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxUnavailable } from '../api/defaults.ts'
import { stayingReplicas } from '../workload/availability.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { REPLICA_SET } from '../kube/kinds.ts'
import type { Write } from '../kube/write.ts'
import { objectsOf, scene } from './any-state.suite.ts'
import type { Scene } from './any-state.suite.ts'
import type { Model } from './model.suite.ts'
import { aModel } from './model.suite.ts'

const RUNS = Number(process.env['RUNS'] ?? 500)
const TIMEOUT_MS = 60_000 + RUNS * 100

const selected = (model: Model, service: string) => model.service(service)?.spec.selector?.[POD_TEMPLATE_HASH]
const setOf = (model: Model, hash: string | undefined) =>
  model.replicaSets().find(one => one.metadata.labels?.[POD_TEMPLATE_HASH] === hash)
/** Those that are to go carry nobody for long. */
const availableIn = (model: Model, hash: string | undefined) => stayingReplicas(setOf(model, hash))
const sizeOf = (model: Model, hash: string) => setOf(model, hash)?.spec.replicas ?? 0

type Loads = Readonly<Record<string, number>>

/** Which share of all users each revision gets, by what the Services select and the route says. */
function loadsOf(model: Model, unselected: readonly string[] = []): Loads {
  const { strategy } = model.rollout().spec
  const share = strategy?.canary?.trafficRouting === undefined ? 0 : model.weight() / 100
  const parts: readonly (readonly [string | undefined, number])[] =
    strategy?.blueGreen === undefined
      ? [
          [selected(model, 'canary'), share],
          [selected(model, 'stable'), 1 - share],
        ]
      : [[selected(model, 'active'), 1]]
  const loads: Record<string, number> = {}
  for (const [hash, load] of parts)
    for (const one of hash === undefined ? unselected : [hash]) loads[one] = (loads[one] ?? 0) + load
  return loads
}

/** A Service without a hash reaches the pods of all. */
const hashes = (model: Model) =>
  model.replicaSets().map(one => one.metadata.labels?.[POD_TEMPLATE_HASH] as string)

const ROUNDING = 1e-6

/** Checks one write by the world before and after it. */
function isSafe(write: Write, model: Model): () => void {
  const before = loadsOf(model, hashes(model))
  const able = Object.fromEntries(hashes(model).map(hash => [hash, availableIn(model, hash)]))
  return () => {
    const { spec } = model.rollout()
    const replicas = spec.replicas ?? 1
    if (replicas <= 0) return
    const after = loadsOf(model)
    for (const [hash, load] of Object.entries(after)) {
      if (load > (before[hash] ?? 0) + ROUNDING) takesMore(write, model, { hash, load, before, after })
    }
    if (write.verb !== 'patch' || write.target.kind !== REPLICA_SET) return
    const isBasic = spec.strategy?.canary !== undefined && spec.strategy.canary.trafficRouting === undefined
    for (const [hash, load] of Object.entries(after)) {
      // Without a router the share of pods is the share of the traffic: a Service only needs to find one.
      const needed = isBasic ? 1 - maxUnavailable(spec) : Math.ceil(load * replicas - ROUNDING)
      const kept = Math.min(able[hash] ?? 0, needed)
      expect(sizeOf(model, hash), `${write.why}: it carries ${load}`).toBeGreaterThanOrEqual(kept)
    }
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

/** A pass that reports an abort, or a problem, moves nothing forward. */
function onward(model: Model): boolean {
  const sizes = new Map(hashes(model).map(one => [one, sizeOf(model, one)]))
  const before = {
    loads: loadsOf(model, hashes(model)),
    step: model.rollout().status?.currentStepIndex ?? 0,
    size: (hash: string) => sizes.get(hash) ?? 0,
  }
  const stable = model.rollout().status?.stableRS
  const changed = model.pass(isSafe)
  const { status } = model.decided()
  const isBack =
    status?.abort === true || status?.conditions?.some(({ type }) => type === 'InvalidSpec') === true
  if (!isBack || setOf(model, stable) === undefined) return changed
  const whys = `${status?.message}`
  for (const hash of hashes(model).filter(one => one !== stable)) {
    expect(loadsOf(model)[hash] ?? 0, whys).toBeLessThanOrEqual((before.loads[hash] ?? 0) + ROUNDING)
  }
  const wanted = status?.currentPodHash ?? ''
  if (wanted !== stable) expect(sizeOf(model, wanted), whys).toBeLessThanOrEqual(before.size(wanted))
  expect(model.rollout().status?.currentStepIndex ?? 0, whys).toBeLessThanOrEqual(before.step)
  return changed
}

function comeToRest(model: Model): void {
  for (let pass = 0; pass < 300; pass++) if (!onward(model) && !model.pods()) return
  throw new Error('it goes round in circles')
}

/** Every instant that a wait names comes to pass. */
function settle(model: Model): void {
  for (let turn = 0; turn < 40; turn++) {
    comeToRest(model)
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
          settle(model)
          const { status } = model.rollout()
          expect(model.decide().writes.map(write => write.why)).toEqual([])
          const isEnd = ['Healthy', 'Degraded'].includes(status?.phase ?? '')
          const waits = model.decide().waits ?? []
          expect(isEnd || waits.length > 0, `${status?.phase}: ${status?.message}`).toBe(true)
          isRightAtRest(model, one)
        }),
        { numRuns: RUNS },
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
  else expect(model.weight()).toBe(0)
}
