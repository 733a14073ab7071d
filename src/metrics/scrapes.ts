// What pods answered to scrapes, put into the store: each series with the labels of its pod, `up` beside them; what a
// pod no longer tells ends, and all of it with the pod.
import { Labels, METRIC_NAME } from '../lang/promql/labels.ts'
import { parseExposition } from './exposition.ts'
import type { ScrapedSample } from './exposition.ts'
import type { PodTarget } from './pod-target.ts'
import type { SeriesStore } from './series-store.ts'

/** What a pod answered, or why there is no answer. */
export type ScrapeOutcome = { readonly text: string } | { readonly problem: string }

export interface Scrapes {
  take(target: PodTarget, outcome: ScrapeOutcome, now: number): void
  /** Ends the series of all others. */
  keepOnly(uids: ReadonlySet<string>, now: number): void
}

export interface ScrapesOptions {
  /** Is given a sentence when something goes wrong or is dropped, each once. */
  readonly tell: (sentence: string) => void
  readonly seriesMax?: number
}

/** The rest of the store's room is the gateway's. */
const SERIES_MAX = 5000
/** A time that is said with a sample may lie so far back. */
const LATE_MS = 300_000
const TOLD_MAX = 200

type Known = Map<string, Labels>

export function createScrapes(store: SeriesStore, { tell, seriesMax = SERIES_MAX }: ScrapesOptions): Scrapes {
  const pods = new Map<string, Known>()
  const told = new Set<string>()
  const say = (sentence: string) => {
    if (told.has(sentence) || told.size >= TOLD_MAX) return
    told.add(sentence)
    tell(sentence)
  }
  const room = (known: Known) => {
    const others = [...pods.values()].reduce((sum, one) => sum + (one === known ? 0 : one.size), 0)
    return seriesMax - others
  }
  const end = (known: Iterable<Labels>, now: number) => {
    for (const labels of known) store.stale(labels, now)
  }
  return {
    take(target, outcome, now) {
      const { namespace, pod } = target.labels
      const who = `pod ${namespace}/${pod}`
      const before = pods.get(target.uid) ?? new Map<string, Labels>()
      pods.set(target.uid, before)
      const { samples, problem } = 'text' in outcome ? parseExposition(outcome.text) : none(outcome)
      if (problem !== undefined) say(`${who} is not scraped whole: ${problem}`)
      const found = [
        ...samples.map(sample => seriesOf(sample, target, now)),
        up(target, problem === undefined || samples.length > 0, now),
      ]
      const most = Math.max(1, room(before))
      if (found.length > most) say(`pods have more than ${seriesMax} series: some of ${who} are dropped`)
      const next: Known = new Map()
      // `up` is the last, and has its place.
      for (const { labels, value, at } of [...found.slice(0, -1).slice(0, most - 1), ...found.slice(-1)]) {
        store.append(labels, at, value)
        next.set(labels.key, labels)
      }
      end(
        [...before].filter(([key]) => !next.has(key)).map(([, labels]) => labels),
        now,
      )
      pods.set(target.uid, next)
    },
    keepOnly(uids, now) {
      for (const [uid, known] of pods) {
        if (uids.has(uid)) continue
        pods.delete(uid)
        end(known.values(), now)
      }
    },
  }
}

function none({ problem }: { readonly problem: string }) {
  return { samples: [], problem }
}

function up({ labels }: PodTarget, isUp: boolean, at: number) {
  return { labels: Labels.of([[METRIC_NAME, 'up'], ...Object.entries(labels)]), value: isUp ? 1 : 0, at }
}

/** Where the pod's answer has a label of the same name, that one is called `exported_…`. */
function seriesOf({ labels, value, at }: ScrapedSample, target: PodTarget, now: number) {
  const own = labels
    .entries()
    .map(([name, text]) => [Object.hasOwn(target.labels, name) ? `exported_${name}` : name, text] as const)
  const isMeant = at !== undefined && at <= now && at > now - LATE_MS
  return { labels: Labels.of([...own, ...Object.entries(target.labels)]), value, at: isMeant ? at : now }
}
