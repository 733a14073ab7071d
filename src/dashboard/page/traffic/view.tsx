// Live traffic of a rollout: requests a second and shares by revision, and what each revision answers.
import { useMemo, useState } from 'preact/hooks'
import type { Detail } from '../../wire.ts'
import { Chart } from './chart.tsx'
import type { ChartLine } from './chart.tsx'
import { useTopic } from '../live/live.ts'
import { colourOf, RevisionMark } from '../marks.tsx'
import { now } from '../ticking.ts'
import { momentsOf } from './moments.ts'
import { figuresOf, linesOf, routesOf } from './lines.ts'
import type { Choice, Figures, Lines, RouteChoice } from './lines.ts'
import type { Traffic } from './feed.ts'
import { word } from '../words/words.ts'

const DIRECT_ROLES = ['preview', 'canary', 'next', 'stable']
const FIGURES_S = 10

export function TrafficView({ detail }: { readonly detail: Detail }) {
  const traffic = useTraffic(detail)
  const [wanted, setWanted] = useState<Wanted>({ id: '', minutes: 5, withLoad: true })
  if (traffic === undefined) return <Section>{word('connecting')}</Section>
  if (traffic.isMissing === true) return <Section>{word('trafficMissing')}</Section>
  const routes = routesOf(traffic, directRoutes(detail))
  const id = routes.some(one => one.id === wanted.id) ? wanted.id : (routes[0]?.id ?? '')
  const choice: Choice = { id, withLoad: wanted.withLoad, seconds: wanted.minutes * 60 }
  return (
    <section class="traffic">
      <h2>{word('traffic')}</h2>
      <Choices routes={routes} wanted={{ ...wanted, id }} want={setWanted} />
      <Charts traffic={traffic} choice={choice} detail={detail} />
      <FiguresTable figures={figuresOf(traffic, { ...choice, seconds: FIGURES_S })} detail={detail} />
    </section>
  )
}

function Section({ children }: { readonly children: string }) {
  return (
    <section class="traffic">
      <h2>{word('traffic')}</h2>
      <p class="quiet">{children}</p>
    </section>
  )
}

/** Nothing is told while nobody asks: the time line goes on. */
function useTraffic({ namespace, name }: Detail): Traffic | undefined {
  const told = useTopic<Traffic>(`traffic:${namespace}/${name}`)
  const ahead = useMemo(() => (told === undefined ? 0 : told.now - Date.now()), [told])
  return told === undefined ? undefined : { ...told, now: Math.max(told.now, now.value + ahead) }
}

/** Those of Services that do not stand for all users. */
function directRoutes({ services }: Detail): ReadonlySet<string> {
  return new Set(
    services.filter(({ role }) => DIRECT_ROLES.includes(role)).map(({ name }) => `services/${name}`),
  )
}

interface Wanted {
  readonly id: string
  readonly minutes: number
  readonly withLoad: boolean
}

interface ChoicesProps {
  readonly routes: readonly RouteChoice[]
  readonly wanted: Wanted
  readonly want: (wanted: Wanted) => void
}

function Choices({ routes, wanted, want }: ChoicesProps) {
  const set = (change: Partial<Wanted>) => want({ ...wanted, ...change })
  return (
    <div class="choices">
      <select
        aria-label={word('route')}
        value={wanted.id}
        onChange={event => set({ id: event.currentTarget.value })}
      >
        {routes.map(one => (
          <option key={one.id} value={one.id}>
            {one.route} {one.host}
          </option>
        ))}
      </select>
      <div role="group" aria-label={word('window')} class="phases">
        {[1, 5, 15].map(minutes => (
          <button
            key={minutes}
            type="button"
            class="chip"
            aria-pressed={wanted.minutes === minutes}
            onClick={() => set({ minutes })}
          >
            {word('minutes', { count: minutes })}
          </button>
        ))}
      </div>
      <label>
        <input
          type="checkbox"
          checked={wanted.withLoad}
          onChange={event => set({ withLoad: event.currentTarget.checked })}
        />{' '}
        {word('showLoad')}
      </label>
    </div>
  )
}

interface ChartsProps {
  readonly traffic: Traffic
  readonly choice: Choice
  readonly detail: Detail
}

function Charts({ traffic, choice, detail }: ChartsProps) {
  const lines = useMemo(() => linesOf(traffic, choice), [traffic, choice.id, choice.withLoad, choice.seconds])
  const moments = useMemo(() => momentsOf(detail.events), [detail.events])
  const hashes = byRevision(Object.keys({ ...lines.requests, ...lines.wished }), detail)
  if (hashes.length === 0) return <p class="empty">{word('trafficNone')}</p>
  const shares = shareLines(lines, hashes, detail)
  return (
    <div class="charts">
      <figure>
        <figcaption>{word('requestsPerSecond')}</figcaption>
        <Chart
          label={word('requestsPerSecond')}
          at={lines.at}
          lines={stacked(lines, hashes, detail)}
          moments={moments}
          show={value => String(Math.round(value))}
        />
      </figure>
      <figure>
        <figcaption>{word('shareSeenWished')}</figcaption>
        <Chart
          label={word('shareSeenWished')}
          at={lines.at}
          lines={shares}
          moments={moments}
          range={[0, 1.05]}
          show={value => (value > 1 ? '' : `${Math.round(value * 100)} %`)}
        />
      </figure>
    </div>
  )
}

function byRevision(hashes: readonly string[], { revisions }: Detail): readonly string[] {
  const order = new Map(Object.values(revisions).map(({ hash, revision }) => [hash, revision]))
  return hashes.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
}

function revisionOf(hash: string, { revisions }: Detail): number {
  return Object.values(revisions).find(one => one.hash === hash)?.revision ?? 0
}

/** Each area stands on those below it; the largest sum is drawn first, so that the others lie on it. */
function stacked({ at, requests }: Lines, hashes: readonly string[], detail: Detail): readonly ChartLine[] {
  let below: readonly number[] = at.map(() => 0)
  const areas = hashes.flatMap(hash => {
    const line = requests[hash]
    if (line === undefined) return []
    below = below.map((sum, i) => sum + (line[i] ?? 0))
    const revision = revisionOf(hash, detail)
    const label = word('revisionNumber', { revision })
    return [{ label, colour: colourOf(revision), isFilled: true, values: below }]
  })
  return areas.toReversed()
}

function shareLines(
  { seen, wished }: Lines,
  hashes: readonly string[],
  detail: Detail,
): readonly ChartLine[] {
  return hashes.flatMap(hash => {
    const revision = revisionOf(hash, detail)
    const label = word('revisionNumber', { revision })
    const colour = colourOf(revision)
    return [
      ...(wished[hash] === undefined
        ? []
        : [{ label: `${label} w`, colour, isDashed: true, values: wished[hash] }]),
      ...(seen[hash] === undefined ? [] : [{ label, colour, values: seen[hash] }]),
    ]
  })
}

interface FiguresProps {
  readonly figures: readonly Figures[]
  readonly detail: Detail
}

function FiguresTable({ figures, detail }: FiguresProps) {
  const rows = figures.toSorted((a, b) => revisionOf(b.hash, detail) - revisionOf(a.hash, detail))
  return rows.length === 0 ? null : (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {(
              ['revision', 'share', 'wished', 'requestsPerSecond', 'errors', 'median', 'slowest'] as const
            ).map(key => (
              <th key={key} scope="col">
                {word(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(one => (
            <tr key={one.hash}>
              <th scope="row">
                <RevisionMark revision={revisionOf(one.hash, detail)} /> {revisionOf(one.hash, detail)}
              </th>
              <td>{percent(one.share)}</td>
              <td>{percent(one.wished)}</td>
              <td>{one.requestsPerSecond.toFixed(1)}</td>
              <td class={(one.errorShare ?? 0) > 0 ? 'bad' : ''}>{percent(one.errorShare)}</td>
              <td>{duration(one.p50)}</td>
              <td>{duration(one.p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
}

function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '–'
  if (seconds >= 1) return `${seconds.toFixed(1)} s`
  return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`
}
