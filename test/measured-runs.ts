// Many runs that measure at servers which answer after some time or never, on the simulated cluster: what tests and
// bench/analysis.ts watch.
import type { AnalysisRun } from '../src/api/analysis.ts'
import type { Metric } from '../src/api/metric.ts'
import type { Clock } from '../src/doors/clock.ts'
import { HttpError } from '../src/doors/http.ts'
import type { Answered, Hop } from '../src/doors/outgoing/hop.ts'
import { ANALYSIS_RUN } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { SimulatedOutside, World } from '../src/sim/world.ts'

export interface Servers {
  /** The hosts that were asked, in order. */
  readonly asked: readonly string[]
  readonly outside: SimulatedOutside
  /** The clock by which they take their time. */
  follow(clock: Clock): void
}

export function servers(answerMs: (host: string) => number): Servers {
  const asked: string[] = []
  const state = { sleeping: 0, clock: undefined as Clock | undefined }
  const roundTrip = async ({ url }: Hop, signal: AbortSignal): Promise<Answered> => {
    asked.push(url.host)
    state.sleeping++
    await state.clock?.sleepUntil(state.clock.now() + answerMs(url.host), signal)
    state.sleeping--
    if (signal.aborted) throw new HttpError('EABORTED', 'context canceled')
    return { status: 200, statusText: '200 OK', headers: {}, text: async () => '1', discard: () => {} }
  }
  const outgoing = { transport: () => roundTrip, close: () => {} }
  const outside: SimulatedOutside = { outgoing, env: {}, sleeping: () => state.sleeping }
  return { asked, outside, follow: clock => void (state.clock = clock) }
}

export async function createRun(world: World, name: string, metric: Partial<Metric>): Promise<void> {
  const object = fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name, namespace: 'default' },
    spec: { metrics: [{ name: 'm', consecutiveErrorLimit: 1000, ...metric }] },
  } as never)
  await world.client.write({ verb: 'create', why: 'measure', object })
}

/** One of five servers never answers. */
export const FIVE_SERVERS = (host: string) => (host === 'h0' ? 3_600_000 : 50)

/** Runs with an interval of 10 s, in turn at one of five servers. */
export async function createRuns(world: World, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const provider = { web: { url: `http://h${i % 5}/` } }
    await createRun(world, `r${i}`, { interval: '10s', provider })
  }
}

export interface Result {
  readonly name: string
  /** It asks the server that never answers. */
  readonly isLate: boolean
  readonly phase: string
  readonly count: number
  readonly errors: number
}

export async function resultsOf(world: World): Promise<readonly Result[]> {
  const { items } = await world.client.list(ANALYSIS_RUN, {})
  return (items as readonly AnalysisRun[]).map(({ metadata: { name }, status }) => {
    const { count = 0, error = 0 } = status?.metricResults?.[0] ?? {}
    const isLate = Number(name.slice(1)) % 5 === 0
    return { name, isLate, phase: status?.phase ?? '', count, errors: error }
  })
}
