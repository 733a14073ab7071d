// The same life in both worlds: in the model, and with the real small controllers over the real API server. What people
// did in the model is done there again, write by write; then both must have made the same moves, and stand alike.
import { reconcilers } from '../../src/controller/reconcilers.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import { KubeError } from '../../src/kube/errors.ts'
import { POD, REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import { asJson, fromJson } from '../../src/kube/object.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import type { Write } from '../../src/kube/write.ts'
import type { Effect } from '../../src/runtime/loop/effects.ts'
import { perform } from '../../src/sim/lives/acts.ts'
import { drawScenario } from '../../src/sim/lives/draw.ts'
import { furniture, NAMESPACE, rolloutOf } from '../../src/sim/lives/furniture.ts'
import type { Act, LifeSpec, Scenario } from '../../src/sim/lives/scenario.ts'
import { faultyWay } from '../../src/sim/lives/way.ts'
import { createModelWorld } from '../../src/sim/model/world.ts'
import { createWorld } from '../../src/sim/world.ts'
import { stableJson } from '../../src/std/json.ts'
import type { Json } from '../../src/std/json.ts'
import { goldenFolder, readJson } from '../golden-lives/recording.ts'

const END_MS = 600_000

interface Done {
  readonly atMs: number
  readonly write: Write
}

interface Stand {
  readonly moves: readonly string[]
  readonly objects: Json
}

/** Without faults and measurements: those that the real world plays, too. */
export function plainLife(seed: number): Scenario {
  const { spec, acts } = drawScenario(seed)
  const { isWatched: _, ...rest } = spec
  const isPlayed = ({ do: what }: Act) => what !== 'replace-set' && what !== 'renew'
  return { spec: { ...rest, isAnalysed: false }, acts: acts.filter(isPlayed), faults: [] }
}

/** What differs; nothing is as it should be. */
export async function differences(scenario: Scenario): Promise<readonly string[]> {
  const done: Done[] = []
  const [model, real] = [playModel(scenario, done), await playReal(scenario.spec, done)]
  const [a, b] = [model, real].map(stand => JSON.stringify(stand.objects))
  const lost = model.moves
    .filter(move => !real.moves.includes(move))
    .map(move => `only in the model: ${move}`)
  const more = real.moves.filter(move => !model.moves.includes(move)).map(move => `only in the real: ${move}`)
  return [...lost, ...more, ...(a === b ? [] : [`model: ${a}`, `real: ${b}`])]
}

function begun(spec: LifeSpec): readonly KubeObject[] {
  return [...furniture(spec), rolloutOf(spec)]
}

function playModel({ spec, acts }: Scenario, done: Done[]): Stand {
  const moves: string[] = []
  const world = createModelWorld({
    way: around => faultyWay({ faults: [], ...around, begunAt: 0, onDeed: () => undefined }),
    onEffect: effect => moves.push(...movesOf(effect)),
  })
  const { cluster, timeline } = world
  const begunAt = timeline.now()
  for (const object of begun(spec)) cluster.write({ verb: 'create', object, why: 'it stands there' })
  const write = (one: Write) => {
    done.push({ atMs: timeline.now() - begunAt, write: one })
    return cluster.write(one)
  }
  for (const act of acts)
    timeline.at(begunAt + act.at, () => perform({ ...world, cluster: { ...cluster, write } }, spec, act))
  timeline.runUntil(begunAt + END_MS)
  const found = KINDS.map(kind => cluster.list(kind, NAMESPACE))
  return { moves, objects: told(found) }
}

async function playReal(spec: LifeSpec, done: readonly Done[]): Promise<Stand> {
  const moves: string[] = []
  const world = await createWorld({
    reconcilers: reconcilers(),
    definitions: readJson<{ items: KubeObject[] }>(`${goldenFolder()}/crds.json`).items,
    onEffect: effect => moves.push(...movesOf(effect)),
  })
  const { client, clock } = world
  const begunAt = clock.now()
  const write = async (one: Write) => {
    try {
      await client.write(one)
    } catch (error) {
      if (!(error instanceof KubeError)) throw error
    }
  }
  const home = fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
  for (const object of [home, ...begun(spec)]) await write({ verb: 'create', object, why: 'it stands there' })
  for (const one of done) {
    await world.advance(Math.max(0, begunAt + one.atMs - clock.now()))
    await write(one.write)
  }
  await world.advance(begunAt + END_MS - clock.now())
  const found = await Promise.all(
    KINDS.map(async kind => (await client.list(kind, { namespace: NAMESPACE })).items),
  )
  await world.stop()
  return { moves, objects: told(found) }
}

const KINDS: readonly Kind[] = [ROLLOUT, REPLICA_SET, SERVICE, POD]

/** What is written; how often counts are reported, and which pods are gone already, is a matter of the moment. */
function movesOf(effect: Effect): readonly string[] {
  if (effect.type !== 'said' || effect.controller !== ROLLOUT.plural) return []
  return effect.whys.filter(why => !['report ', 'restart pod', 'dress pod'].some(one => why.startsWith(one)))
}

/** What both must agree on: phase, step, revisions, selectors, sizes, and what the pods wear. */
function told([
  rollouts = [],
  sets = [],
  services = [],
  pods = [],
]: readonly (readonly KubeObject[])[]): Json {
  const { phase, message, stableRS, currentPodHash, currentStepIndex, abort, canary, availableReplicas } =
    (rollouts[0] as Rollout | undefined)?.status ?? {}
  const weights = canary?.weights?.canary?.weight
  const fields = {
    phase,
    message,
    stableRS,
    currentPodHash,
    currentStepIndex,
    abort,
    weights,
    availableReplicas,
  }
  const named = (all: readonly KubeObject[], of: (one: KubeObject) => unknown) =>
    all.map(one => [one.metadata.name, of(one)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const part = (one: KubeObject, name: string) =>
    (one as KubeObject & { readonly spec: Readonly<Record<string, unknown>> }).spec[name]
  return asJson({
    fields,
    sets: named(sets, one => part(one, 'replicas')),
    services: named(services, one => part(one, 'selector')),
    // Chance names pods, and it is another one in each world.
    pods: pods
      .map(({ metadata: { labels = {}, annotations = {} } }) => stableJson({ labels, annotations }))
      .toSorted(),
  } as never)
}
