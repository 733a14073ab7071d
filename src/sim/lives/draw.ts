// Any life by chance: the seed says which.
import type { CanaryStep } from '../../api/rollout.ts'
import { seededRandom } from '../../doors/random.ts'
import { hasManagedRoutes, isRouted, routeIn, sidesOf, sound } from './furniture.ts'
import { MIRROR_ROUTE, HEADER_ROUTE } from './routes/life-route.ts'
import { CALM_MS } from './scenario.ts'
import type { Act, Deed, Fault, LifeSpec, Refused, Scenario } from './scenario.ts'

interface Dice {
  below(limit: number): number
  often(chance: number): boolean
  one<T>(of: readonly T[]): T
}

/** So many seeds in a row share so many specs: what is known of a spec is found out once. */
const BLOCK = 20_000
const SPECS = 400

function diceOf(seed: number): Dice {
  const random = seededRandom(seed)
  return {
    below: limit => Math.floor(random.next() * limit),
    often: chance => random.next() < chance,
    one: of => of[Math.floor(random.next() * of.length)] as (typeof of)[number],
  }
}

export function drawScenario(seed: number): Scenario {
  const dice = diceOf(seed)
  const spec = drawSpec(diceOf(Math.floor(seed / BLOCK) * SPECS + dice.below(SPECS)))
  return {
    isGrown: dice.often(0.85),
    spec,
    acts: drawActs(dice, spec),
    faults: drawFaults(dice, spec),
    ...(dice.often(0.25) ? { raid: dice.one(RAIDS) } : {}),
  }
}

/** What somebody breaks at rest. */
const RAIDS: readonly Deed[] = [
  { do: 'weigh' },
  ...[0, 1, 2].flatMap((nth): readonly Deed[] => [
    { do: 'move', what: 'stable', nth },
    { do: 'move', what: 'canary', nth },
    { do: 'empty-set', nth },
  ]),
]

function drawSpec(dice: Dice): LifeSpec {
  const spec = drawAnySpec(dice)
  return sound({ ...spec, steps: withRoutes(dice, spec, spec.steps) })
}

const ROUTERS = [
  'nginx',
  'ambassador',
  'httpRoute',
  'istio',
  'istio',
  'alb',
  'smi',
  'traefik',
  'apisix',
] as const

const STRATEGIES = ['blueGreen', 'basic', 'routed', 'dynamic'] as const

function drawAnySpec(dice: Dice): LifeSpec {
  const maybe = <T>(chance: number, name: string, value: T) => (dice.often(chance) ? { [name]: value } : {})
  return {
    strategy: dice.one(STRATEGIES),
    router: dice.one(ROUTERS),
    ...dice.one<Pick<LifeSpec, 'sides'>>([{}, { sides: 'pair' }, { sides: 'subsets' }]),
    replicas: dice.one([0, 1, 2, 2, 3, 3, 4, 5]),
    steps: drawSteps(dice),
    ...dice.one([
      {},
      {},
      { maxSurge: 2 },
      { maxSurge: 0, maxUnavailable: 1 },
      { maxUnavailable: 2 },
      { maxSurge: '50%', maxUnavailable: '50%' },
    ]),
    hasServices: dice.often(0.6),
    isAutomatic: dice.often(0.5),
    ...maybe(0.3, 'autoPromotionSeconds', 20),
    ...maybe(0.25, 'previewReplicaCount', dice.one([1, 2])),
    ...maybe(0.25, 'minReadySeconds', 5),
    ...maybe(0.3, 'abortsAtDeadline', true),
    isAnalysed: dice.often(0.3),
    ...maybe(0.2, 'isWatched', true),
    ...maybe(0.15, 'isDressed', true),
    ...maybe(0.15, 'isAutoscaled', true),
    ...maybe(0.3, 'scaleDownDelaySeconds', dice.one([0, 5, 60])),
    ...maybe(0.3, 'abortScaleDownDelaySeconds', dice.one([0, 5, 60])),
    ...maybe(0.2, 'scaleDownDelayRevisionLimit', dice.one([0, 1])),
    ...maybe(0.3, 'revisionHistoryLimit', dice.one([0, 1, 2])),
    ...maybe(0.25, 'isTried', true),
    ...maybe(0.75, 'triedWeight', dice.one([5, 10, 30])),
    ...maybe(0.35, 'isByJob', true),
    ...maybe(0.15, 'rollbackWindow', dice.one([1, 2])),
    ...maybe(0.15, 'minPods', 2),
    ...maybe(0.5, 'hasManagedRoutes', true),
    ...maybe(0.15, 'progressThreshold', dice.one(THRESHOLDS)),
    ...maybe(0.15, 'other', dice.one(STRATEGIES)),
    ...maybe(0.3, 'endsAnalysed', true),
  }
}

const THRESHOLDS = [
  { type: 'Percent', value: 50 },
  { type: 'Percent', value: 80 },
  { type: 'Pods', value: 1 },
] as const

const SCALES = [{ replicas: 1 }, { weight: 50 }, { matchTrafficWeight: true }, { replicas: 0 }, { weight: 0 }]

function drawSteps(dice: Dice): readonly CanaryStep[] {
  if (dice.often(0.3)) {
    const [first, second] = dice.one([
      [20, 60],
      [50, 75],
      [34, 100],
    ] as const)
    const pause = dice.often(0.5) ? { pause: {} } : { pause: { duration: 20 } }
    return [{ setWeight: first }, pause, { setWeight: second }, pause]
  }
  return Array.from({ length: dice.below(6) }, (): CanaryStep => {
    const weight = dice.one([0, 10, 20, 34, 40, 50, 60, 80, 100])
    return dice.one<CanaryStep>([
      { setWeight: weight },
      { setWeight: weight },
      { pause: {} },
      { pause: { duration: dice.one([1, 5, 20]) } },
      { setCanaryScale: dice.one(SCALES) },
    ])
  })
}

/** With a route for a header, or for copies, among them; it may be taken away again. */
function withRoutes(dice: Dice, spec: LifeSpec, steps: readonly CanaryStep[]): readonly CanaryStep[] {
  if (!hasManagedRoutes(spec)) return steps
  const [byHeader, byCopy] = ROUTE_STEPS
  const [set, clear] = routeIn(spec).copies === true ? dice.one([byHeader, byCopy]) : byHeader
  const from = dice.below(steps.length + 1)
  const to = from + dice.below(steps.length - from + 1)
  const end = dice.often(0.3) ? [clear] : []
  return [...steps.slice(0, from), set, ...steps.slice(from, to), ...end, ...steps.slice(to)]
}

type Steps = readonly [set: CanaryStep, clear: CanaryStep]

const ROUTE_STEPS: readonly [byHeader: Steps, byCopy: Steps] = [
  [
    {
      setHeaderRoute: {
        name: HEADER_ROUTE,
        match: [{ headerName: 'team', headerValue: { exact: 'inside' } }],
      },
    },
    { setHeaderRoute: { name: HEADER_ROUTE } },
  ],
  [
    { setMirrorRoute: { name: MIRROR_ROUTE, percentage: 50, match: [{ method: { exact: 'GET' } }] } },
    { setMirrorRoute: { name: MIRROR_ROUTE } },
  ],
]

/** A life near another: the nth that differs in one act or fault more. */
export function drawNear(scenario: Scenario, nth: number): Scenario {
  const dice = diceOf(nth)
  const { spec, acts, faults } = scenario
  if (dice.often(0.5)) {
    const more = [...acts, drawAct(dice, spec)].toSorted((a, b) => a.at - b.at)
    return { ...scenario, acts: more }
  }
  return { ...scenario, faults: [...faults, drawFault(dice, spec)] }
}

const LAST_ACT_MS = 240_000

function drawActs(dice: Dice, spec: LifeSpec): readonly Act[] {
  const loose = Array.from({ length: dice.one([0, 1, 1, 2, 3, 7]) }, () => drawAct(dice, spec))
  const acts = dice.often(0.7) ? [...drawStory(dice, spec), ...loose] : [...loose, drawAct(dice, spec)]
  return acts.toSorted((a, b) => a.at - b.at)
}

/** An update, and what people do to it while it is under way. */
function drawStory(dice: Dice, spec: LifeSpec): readonly Act[] {
  const deeds = dice.one<readonly Deed[]>([
    ...(spec.other === undefined ? [] : OTHERWISE),
    [],
    [{ do: 'promote' }, { do: 'promote' }],
    [{ do: 'full' }],
    [{ do: 'abort' }],
    [{ do: 'abort' }],
    [{ do: 'abort' }, { do: 'retry' }],
    [{ do: 'abort' }, { do: 'full' }],
    [{ do: 'undo' }],
    [{ do: 'image', image: 3 }],
    [{ do: 'image', image: 3 }, { do: 'full' }],
    [{ do: 'scale', replicas: dice.one([1, 2, 5]) }],
    [drawDeed(dice, spec)],
  ])
  let at = 12_000 + dice.below(8000)
  const begin: Act = { at, do: 'image', image: 2 }
  const after = deeds.map(deed => ({ at: (at += dice.one([300, 4000, 20_000, 45_000, 90_000])), ...deed }))
  return [begin, ...after]
}

function drawAct(dice: Dice, spec: LifeSpec): Act {
  // Acts of people follow upon each other quickly, or after a while.
  const at = dice.often(0.3) ? 12_000 + dice.below(8000) : dice.below(LAST_ACT_MS)
  return { at, ...drawDeed(dice, spec) }
}

function drawDeed(dice: Dice, spec: LifeSpec): Deed {
  const what = dice.one(['stable', 'canary', 'route'] as const)
  return dice.one<Deed>([
    { do: 'image', image: dice.one([1, 2, 3]) },
    { do: 'image', image: dice.one([1, 2, 3]) },
    { do: 'image', image: 2 },
    { do: 'promote' },
    { do: 'promote' },
    { do: 'full' },
    { do: 'abort' },
    { do: 'abort' },
    { do: 'retry' },
    { do: 'undo' },
    { do: 'restart' },
    { do: 'scale', replicas: dice.one([0, 1, 2, 3, 5, spec.replicas]) },
    { do: 'pause', paused: dice.often(0.5) },
    { do: 'steps', steps: withRoutes(dice, spec, drawSteps(dice)) },
    { do: 'delete-set', nth: dice.below(3) },
    { do: 'renew', what, afterMs: dice.one([0, 3000, 20_000]) },
    { do: 'revert', what },
    { do: 'move', what: dice.one(['stable', 'canary']), nth: dice.below(3) },
    { do: 'spoil', isSpoiled: dice.often(0.6) },
    { do: 'replace-set', nth: dice.below(3) },
    { do: 'empty-set', nth: dice.below(3) },
    { do: 'weigh' },
    { do: 'lose-status' },
    ...(spec.isAutoscaled === true ? LOADS : []),
    ...(spec.other === undefined ? [] : CHANGES),
    ...(spec.isTried === true ? ENDS : []),
  ])
}

const LOADS: readonly Deed[] = [1, 2, 4, 6].map(pods => ({ do: 'load', pods }))

const ELSE: Deed = { do: 'strategy', isOther: true }

const OTHERWISE: readonly (readonly Deed[])[] = [
  [ELSE],
  [ELSE],
  [ELSE, { do: 'promote' }],
  [ELSE, { do: 'abort' }],
  [ELSE, { do: 'image', image: 3 }],
  [ELSE, { do: 'undo' }],
  [ELSE, { do: 'full' }],
  [ELSE, { do: 'strategy', isOther: false }],
  [{ do: 'abort' }, ELSE],
  [{ do: 'promote' }, ELSE],
  [{ do: 'pause', paused: true }, ELSE],
]

const CHANGES: readonly Deed[] = [true, true, false].map(isOther => ({
  do: 'strategy',
  isOther,
}))

const ENDS: readonly Deed[] = [true, false].map(isDeleted => ({ do: 'end-experiment', isDeleted }))

function drawFaults(dice: Dice, spec: LifeSpec): readonly Fault[] {
  const single = Array.from({ length: dice.below(7) }, () => drawFault(dice, spec))
  if (dice.often(0.15)) single.push(drawImage(dice))
  const faults = dice.often(0.4) ? [...single, ...drawLines(dice, spec)] : single
  return dice.often(0.1) ? [...faults, ...drawJumps(dice)] : faults
}

/** An image that is broken; the first one has stood. */
function drawImage(dice: Dice): Fault {
  const nth = dice.one([1, 2, 2, 3])
  const ms = dice.below(CALM_MS / 2)
  return { on: 'image', nth, do: nth === 1 ? 'sickens' : dice.one(['never', 'sickens']), ms }
}

/** A clock that is set to another time once, or there and back. */
function drawJumps(dice: Dice): readonly Fault[] {
  const jump = (): Fault => ({
    on: 'clock',
    nth: dice.below(40),
    ms: dice.one([-300_000, -60_000, -2000, 2000, 60_000, 300_000]),
  })
  return dice.often(0.5) ? [jump()] : [jump(), jump()]
}

/** A cluster that is slow from the beginning. */
function drawLines(dice: Dice, spec: LifeSpec): readonly Fault[] {
  const slow = dice.one<Fault>([
    { on: 'line', nth: 0, ms: dice.one([5, 50, 500]) },
    { on: 'event', kind: 'replicasets', nth: 0, do: 'slow', ms: dice.one([20, 200, 2000]) },
  ])
  return [
    slow,
    { on: 'event', kind: dice.one(watched(spec)), nth: 0, do: 'slow', ms: dice.one([10, 100, 1000]) },
  ]
}

/** Kinds whose news may be late. */
function watched(spec: LifeSpec): readonly string[] {
  const { other = spec.strategy } = spec
  const routed = [spec, { ...spec, strategy: other }].find(isRouted)
  const routes = routed === undefined ? [] : [routeIn(routed).kind.plural]
  const rules = routed !== undefined && sidesOf(routed) === 'subsets' ? ['destinationrules'] : []
  return ['rollouts', 'replicasets', 'replicasets', 'services', ...routes, ...rules]
}

const REFUSED: readonly Refused[] = ['status', 'status', 'replicasets', 'services', 'routes', 'analysisruns']

function drawFault(dice: Dice, spec: LifeSpec): Fault {
  const ms = dice.one([5, 50, 500, 3000, 12_000, 20_000])
  const kind = dice.one([
    ...watched(spec),
    ...(spec.isTried === true ? ['experiments'] : []),
    ...(spec.isByJob === true ? ['jobs', 'analysisruns'] : []),
  ])
  const pod = dice.one(['slow', 'slow', 'never', 'dies', 'dies', 'flaps'] as const)
  return dice.one<Fault>([
    {
      on: 'write',
      nth: dice.below(30),
      do: dice.one(['touch', 'refuse', 'busy', 'lose', 'late', 'crash-before', 'crash-after'] as const),
      ms: dice.one([5, 50, 500, 3000]),
    },
    { on: 'write', nth: 4 + dice.below(40), do: dice.one(['before', 'after']), deed: drawDeed(dice, spec) },
    { on: 'write', nth: dice.below(40), do: 'crash-late', ms: dice.one([500, 2500, 6000, 20_000]) },
    {
      on: 'event',
      kind,
      nth: dice.below(25),
      do: dice.one(['late', 'slow', 'slow', 'twice', 'miss'] as const),
      ms,
    },
    { on: 'pod', nth: dice.below(12), do: pod, ms: pod === 'dies' ? dice.below(CALM_MS / 2) : ms },
    spec.isByJob === true
      ? { on: 'job', nth: dice.below(4), do: dice.one(['vanishes', 'fails'] as const), ms }
      : { on: 'measurement', nth: dice.below(4), do: dice.one(['bad', 'unclear', 'error', 'slow'] as const) },
    { on: 'refusal', of: dice.one(REFUSED), nth: dice.below(40), ms: dice.one([3000, 30_000, 120_000]) },
  ])
}
