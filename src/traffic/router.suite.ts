// The tests that every router must pass: laws over fuzzed objects, and golden files of what it makes of them.
// UPDATE=1 writes the golden files' outcomes anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import yaml from 'js-yaml'
import { describe, expect, test } from 'vitest'
import type { Rollout } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import { asJson, controllerOf, refKey, type KubeObject, type RefKey } from '../kube/object.ts'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import type { Json, JsonObject } from '../std/json.ts'
import type { Binding, Found, LeftAt, Placing, Routed, TrafficIntent, TrafficRouter } from './router.ts'

export const NAMESPACE = 'shop'

/** What stands in the cluster before the router is asked, all of it good. */
export interface Scene {
  readonly trafficRouting: TrafficRouting
  readonly maxWeight: number
  readonly objects: readonly KubeObject[]
}

export interface RouterMember<Config> {
  readonly router: TrafficRouter<Config>
  readonly scenes: fc.Arbitrary<Scene>
  /** It gives weight to the templates of experiments, too. */
  readonly carriesOthers?: true
  /** An object without the fields that the router may write. */
  withoutOurs(object: JsonObject): Json
  /** A spec in the one form of several that mean the same. */
  meaning?(spec: Json): Json
  /** All its objects are its own: none can be missing. */
  readonly isMade?: true
  /** An object of the router's that holds no weight. */
  isSilent?(object: KubeObject): boolean
}

export function aRollout(trafficRouting: TrafficRouting): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'guestbook', namespace: NAMESPACE, uid: 'uid-of-guestbook' },
    spec: { strategy: { canary: { stableService: 'stable', canaryService: 'canary', trafficRouting } } },
  }
}

/** The router with its settings in a Rollout between the Services `stable` and `canary`. */
export function bound<Config>(
  router: TrafficRouter<Config>,
  trafficRouting: TrafficRouting,
): Binding<Config> {
  const config = router.config(trafficRouting)
  if (config === undefined) throw new Error('the router is not asked for')
  const rollout = aRollout(trafficRouting)
  return deepFreeze({ config, rollout, services: { stable: 'stable', canary: 'canary' } })
}

export function anIntent(weight: number, more: Partial<TrafficIntent> = {}): TrafficIntent {
  const { maxWeight = 100 } = more
  return {
    now: 1_000_000,
    maxWeight,
    stable: { service: 'stable', podHash: 'old', weight: maxWeight - weight },
    canary: { service: 'canary', podHash: 'new', weight },
    others: [],
    headerRoutes: [],
    mirrorRoutes: [],
    ...more,
  }
}

/** The objects by their keys, under every kind that could have found them. */
export function foundIn<Config>(member: RouterMember<Config>, objects: readonly KubeObject[]): Found {
  const entries = objects.flatMap(object =>
    member.router.kinds
      .filter(kind => kind.kind === object.kind)
      .map(kind => {
        const { namespace = NAMESPACE, name } = object.metadata
        return [refKey({ kind, namespace, name }), object] as const
      }),
  )
  return deepFreeze(Object.fromEntries(entries))
}

/** What stands there when the router's wish is done. */
export function applied(routed: Routed, found: Found): Found {
  if (!('placed' in routed)) throw new Error(`not placed: ${JSON.stringify(routed)}`)
  const after: Record<RefKey, KubeObject> = { ...found }
  for (const { ref, object } of routed.placed) {
    if (object === undefined) delete after[refKey(ref)]
    else after[refKey(ref)] = object
  }
  return deepFreeze(after)
}

interface Asked {
  readonly rollout: KubeObject
  readonly found: Found
  readonly route: (intent: TrafficIntent, found: Found) => Routed
  readonly read: (found: Found) => ReturnType<TrafficRouter<unknown>['read']>
  readonly leave: (at: LeftAt, found: Found) => Placing
  readonly keys: ReadonlySet<RefKey>
}

function asked<Config>(member: RouterMember<Config>, scene: Scene): Asked {
  const { router } = member
  const binding = bound(router, scene.trafficRouting)
  const found = foundIn(member, scene.objects)
  return {
    rollout: binding.rollout,
    found,
    route: (intent, state) => router.route(binding, deepFreeze(intent), state),
    read: state => router.read(binding, state),
    leave: (at, state) => router.leave(binding, at, state),
    keys: new Set([...router.refs(binding), ...(router.linked?.refs(binding, found) ?? [])].map(refKey)),
  }
}

/** The world after each pass of leaving, until the router says that it is done. */
export function left(leave: (at: LeftAt, found: Found) => Placing, before: Found): readonly Found[] {
  const states: Found[] = []
  let [state, now] = [before, 1_000_000]
  for (let passes = 0; passes < 10; passes++) {
    const placing = leave({ now }, state)
    const untils = (placing.waits ?? []).map(wait => wait.until ?? Infinity)
    if (placing.placed.length === 0 && untils.length === 0) return states
    state = applied(placing, state)
    states.push(state)
    now = placing.placed.length > 0 ? now + 1 : Math.min(...untils)
  }
  throw new Error('it never says that it is done')
}

const share = fc.integer({ min: 0, max: 100 })
const weightIn = (scene: Scene, percent: number) => Math.floor((percent * scene.maxWeight) / 100)

export function routerLaws<Config>(member: RouterMember<Config>): void {
  const { router, scenes } = member
  describe(`the laws of every router, for ${router.name}`, () => {
    test('what it reads is what it was told, whatever stood there before; the weights add up', () => {
      fc.assert(
        fc.property(scenes, share, share, (scene, first, second) => {
          const { found, route, read } = asked(member, scene)
          const { maxWeight } = scene
          const after = [first, second].reduce((state, percent) => {
            const weight = weightIn(scene, percent)
            const next = applied(route(anIntent(weight, { maxWeight }), state), state)
            const { canaryHash = 'new', stableHash = 'old', ...weights } = read(next) ?? {}
            expect(weights).toEqual({ canary: weight, stable: maxWeight - weight, others: {} })
            expect([canaryHash, stableHash]).toEqual(['new', 'old'])
            return next
          }, found)
          expect(Object.keys(after).length).toBeGreaterThanOrEqual(Object.keys(found).length)
        }),
      )
    })

    test.runIf(member.carriesOthers === true)(
      'experiments get their weights, and leave nothing behind',
      () => {
        const given = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 3 })
        fc.assert(
          fc.property(scenes, share, given, (scene, percent, weights) => {
            const { found, route, read } = asked(member, scene)
            const { maxWeight } = scene
            const services = weights.map((weight, i) => ({
              service: `guestbook-6dffcf47fd-2-1-exp-${i}`,
              podHash: `hash-${i}`,
              weight,
            }))
            const beside = weights.reduce((sum, weight) => sum + weight, 0)
            const weight = Math.floor((percent * (maxWeight - beside)) / 100)
            const plainly = anIntent(weight, { maxWeight })
            const stable = { ...plainly.stable, weight: maxWeight - weight - beside }
            const beneath = applied(route({ ...plainly, stable, others: services }, found), found)
            const { canaryHash = 'new', stableHash = 'old', ...said } = read(beneath) ?? {}
            expect([canaryHash, stableHash]).toEqual(['new', 'old'])
            expect(said).toEqual({
              canary: weight,
              stable: stable.weight,
              others: Object.fromEntries(services.map(one => [one.service, one.weight])),
            })
            const again = applied(route({ ...plainly, stable, others: services }, beneath), beneath)
            expect(again).toEqual(beneath)
            expect(applied(route(plainly, beneath), beneath)).toEqual(applied(route(plainly, found), found))
          }),
        )
      },
    )

    test('it reads nothing where nothing stands, and something where one of its objects does', () => {
      fc.assert(
        fc.property(scenes, share, fc.nat(), (scene, percent, at) => {
          const { found, route, read, keys } = asked(member, scene)
          expect(read({})).toBeUndefined()
          const { maxWeight } = scene
          const after = applied(route(anIntent(weightIn(scene, percent), { maxWeight }), found), found)
          const standing = Object.entries(after).filter(
            ([key, object]) => keys.has(key) && member.isSilent?.(object) !== true,
          )
          const one = standing[at % Math.max(1, standing.length)]
          if (one === undefined) return
          expect(read(Object.fromEntries([one]))).toBeDefined()
        }),
      )
    })

    test('left, it takes its weight away in one pass, and no object that is not the Rollout’s', () => {
      fc.assert(
        fc.property(scenes, share, fc.boolean(), (scene, percent, isRouted) => {
          const { rollout, found, route, read, leave, keys } = asked(member, scene)
          const { maxWeight } = scene
          const intent = anIntent(weightIn(scene, percent), { maxWeight })
          const before = isRouted ? applied(route(intent, found), found) : found
          const states = left(leave, before)
          for (const after of states) expect(read(after)?.canary ?? 0).toBe(0)
          const end = states.at(-1) ?? before
          expect(read(end)?.canary ?? 0).toBe(0)
          for (const [key, object] of Object.entries(before)) {
            const after = end[key]
            if (!keys.has(key)) expect(after).toBe(object)
            else if (after === undefined) expect([undefined, rollout.metadata.uid]).toContain(ownerIn(object))
            else expect(member.withoutOurs(asJson(after))).toEqual(member.withoutOurs(asJson(object)))
          }
        }),
      )
    })

    test('left where nothing stands, or nothing that it can read, it does nothing', () => {
      fc.assert(
        fc.property(scenes, anyJson, fc.nat(), (scene, junk, at) => {
          const { leave, found } = asked(member, scene)
          expect(leave({ now: 1_000_000 }, {}).placed).toEqual([])
          expect(() => leave({ now: 1_000_000 }, brokenIn(found, junk as Json, at))).not.toThrow()
        }),
      )
    })

    test('left and asked for again, it does what it did', () => {
      fc.assert(
        fc.property(scenes, share, (scene, percent) => {
          const { found, route, leave } = asked(member, scene)
          const intent = anIntent(weightIn(scene, percent), { maxWeight: scene.maxWeight })
          const before = applied(route(intent, found), found)
          for (const state of left(leave, before)) {
            const routed = applied(route(intent, state), state)
            const meaning = (spec: Json = null) => member.meaning?.(spec) ?? spec
            const specs = (world: Found) =>
              Object.fromEntries(
                Object.entries(world).map(([key, one]) => [key, meaning(asJson(one)['spec'])]),
              )
            if (intent.canary.weight > 0) expect(specs(routed)).toEqual(specs(before))
          }
        }),
      )
    })

    test('asked again, it changes nothing', () => {
      fc.assert(
        fc.property(scenes, share, (scene, percent) => {
          const { found, route } = asked(member, scene)
          const intent = anIntent(weightIn(scene, percent), { maxWeight: scene.maxWeight })
          const once = applied(route(intent, found), found)
          expect(applied(route(intent, once), once)).toEqual(once)
        }),
      )
    })

    test('it touches only its own fields, and objects that it named; what it makes is owned', () => {
      fc.assert(
        fc.property(scenes, share, (scene, percent) => {
          const { rollout, found, route, keys } = asked(member, scene)
          const routed = route(anIntent(weightIn(scene, percent), { maxWeight: scene.maxWeight }), found)
          if (!('placed' in routed)) throw new Error(JSON.stringify(routed))
          for (const { ref, object } of routed.placed) {
            expect(keys.has(refKey(ref))).toBe(true)
            if (object === undefined) continue
            const before = found[refKey(ref)]
            if (before === undefined) expect(controllerOf(object)?.uid).toBe(rollout.metadata.uid)
            else {
              const [mine, theirs] = [object, before].map(one => member.withoutOurs(asJson(one)))
              expect(mine).toEqual(theirs)
            }
          }
        }),
      )
    })

    test('header and mirror routes change what it makes only where it says that it can do them', () => {
      const asking = {
        headerRoutes: {
          headerRoutes: [{ name: 'h', match: [{ headerName: 'x', headerValue: { exact: '1' } }] }],
        },
        mirrorRoutes: { mirrorRoutes: [{ name: 'm', match: [], percentage: 100 }] },
      }
      fc.assert(
        fc.property(
          scenes,
          fc.constantFrom('headerRoutes' as const, 'mirrorRoutes' as const),
          (scene, what) => {
            const { found, route } = asked(member, scene)
            const { maxWeight } = scene
            const plainly = route(anIntent(0, { maxWeight }), found)
            const routed = route(anIntent(0, { maxWeight, ...asking[what] }), found)
            if (router.can[what]) expect(routed).not.toEqual(plainly)
            else expect(routed).toEqual(plainly)
          },
        ),
      )
    })

    test.skipIf(member.isMade)('a missing object is named to its user, with the cure', () => {
      fc.assert(
        fc.property(scenes, scene => {
          const { route } = asked(member, scene)
          const routed = route(anIntent(10, { maxWeight: scene.maxWeight }), {})
          expect(routed).toHaveProperty('invalid.path')
          const { invalid } = routed as Extract<Routed, { invalid: unknown }>
          expect(invalid.path).toContain('trafficRouting')
          expect(invalid.message).toContain('not found')
          expect(invalid.cure).not.toBe('')
        }),
      )
    })

    test('no broken object makes it throw: it says what is wrong, or does its work; what it reads is a weight', () => {
      fc.assert(
        fc.property(scenes, anyJson, fc.nat(), (scene, junk, at) => {
          const { found, route, read } = asked(member, scene)
          const broken = brokenIn(found, junk as Json, at)
          const routed = route(anIntent(10, { maxWeight: scene.maxWeight }), broken)
          expect(['placed', 'problem', 'invalid'].some(outcome => outcome in routed)).toBe(true)
          const said = read(broken)
          if (said === undefined) return
          const beside = Object.values(said.others).reduce((sum, weight) => sum + weight, 0)
          expect(said.stable).toBe(Math.max(0, scene.maxWeight - said.canary - beside))
          expect(Number.isInteger(said.canary) && said.canary >= 0 && said.stable >= 0).toBe(true)
        }),
        { numRuns: 500 },
      )
    })
  })
}

/** Also what cannot become a text or a number. */
const anyJson = fc.oneof(fc.jsonValue(), fc.constant({ toString: false, valueOf: 1 }))

const ownerIn = (object: KubeObject) => controllerOf(object)?.uid

function brokenIn(found: Found, junk: Json, at: number): Found {
  const objects = Object.entries(found).map(([key, object]) => [key, brokenAt(asJson(object), junk, at)])
  return deepFreeze(Object.fromEntries(objects)) as Found
}

/** The object with one of its values (found by counting) replaced by junk: in its spec or its annotations. */
function brokenAt(object: JsonObject, junk: Json, at: number): JsonObject {
  const metadata = object['metadata'] as JsonObject
  const parts = [object['spec'] ?? null, metadata['annotations'] ?? null]
  let before = at % Math.max(1, countValues(parts))
  const replaced = (value: Json): Json => {
    if (before-- === 0) return junk
    if (Array.isArray(value)) return value.map(replaced)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part as Json)]))
  }
  const [spec = null, annotations = null] = parts.map(replaced)
  return { ...object, spec, metadata: annotations === null ? metadata : { ...metadata, annotations } }
}

function countValues(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, part) => sum + countValues(part as Json), 1)
}

interface Golden {
  readonly about: string
  readonly trafficRouting: TrafficRouting
  readonly intent: Partial<TrafficIntent> & { readonly weight: number }
  readonly found: readonly KubeObject[]
  readonly outcome?: unknown
}

/** Each file: what stands there, what is wished, and the outcome, word for word. */
export function routerGoldens<Config>(member: RouterMember<Config>, folder: URL): void {
  const files = readdirSync(folder).filter(name => name.endsWith('.yaml'))
  describe(`golden files of ${member.router.name}`, () => {
    test('exist', () => expect(files.length).toBeGreaterThan(0))
    test.each(files)('%s', name => {
      const file = new URL(name, folder)
      const golden = yaml.load(readFileSync(file, 'utf8')) as Golden
      const { weight, ...more } = golden.intent
      const scene = { trafficRouting: golden.trafficRouting, maxWeight: 100, objects: golden.found }
      const { found, route } = asked(member, scene)
      const outcome = plain(route(anIntent(weight, more), found))
      if (process.env['UPDATE'] === '1') {
        writeFileSync(file, yaml.dump({ ...golden, outcome }, { lineWidth: 110, noRefs: true }))
      }
      expect(outcome).toEqual(process.env['UPDATE'] === '1' ? outcome : golden.outcome)
    })
  })
}

/** References as their keys, as data names objects. */
function plain(routed: Routed): unknown {
  if (!('placed' in routed)) return JSON.parse(JSON.stringify(routed))
  const placed = routed.placed.map(one => ({ ...one, ref: refKey(one.ref), object: one.object ?? null }))
  return JSON.parse(JSON.stringify({ ...routed, placed }))
}
