// Whether two lives told the same Events, object by object. The recorder that people use today drops some:
// from the 26th on of an object, and of ten alike it keeps one, marked as combined. So a full list must be
// equal, a list of 25 or more must be the beginning of ours, and of a combined reason we must have all that
// is there.
import { differences } from './difference.ts'
import type { Difference } from './difference.ts'
import { normalText } from './normalise.ts'
import type { EventLine, RacyLife, RecordedEvent, Recording } from './recording.ts'

const COMBINED = '(combined from similar events): '
const CAP = 25

/** An Event's name ends in the moment of its first emission, in hexadecimal nanoseconds. */
export function emittedAt(name: string): bigint {
  const tail = name.slice(name.lastIndexOf('.') + 1)
  return /^[0-9a-f]{12,16}$/.test(tail) ? BigInt(`0x${tail}`) : 0n
}

interface Told {
  readonly lines: ReadonlyMap<string, readonly EventLine[]>
  /** Object → how often something was said about it. */
  readonly counted: ReadonlyMap<string, number>
}

function told(recording: Recording, unsaid: readonly EventLine[]): Told {
  const lines = new Map<string, EventLine[]>()
  const counted = new Map<string, number>()
  for (const event of inOrder(recording.events)) {
    const list = lines.get(event.object) ?? []
    const line: EventLine = [normalText(event.type), normalText(event.reason), normalText(event.message)]
    if (!has(unsaid, line)) list.push(line)
    lines.set(event.object, list)
    counted.set(event.object, (counted.get(event.object) ?? 0) + (event.count || 1))
  }
  return { lines, counted }
}

function inOrder(events: readonly RecordedEvent[]): RecordedEvent[] {
  return events.toSorted((a, b) => {
    const [first, second] = [emittedAt(a.name), emittedAt(b.name)]
    return first < second ? -1 : first > second ? 1 : 0
  })
}

export interface EventAllowances {
  readonly racy: RacyLife['events']
  /** Lines that count on neither side. */
  readonly unsaid: readonly EventLine[]
}

export function eventDifferences(
  want: Recording,
  got: Recording,
  { racy, unsaid }: EventAllowances,
): Difference[] {
  const wanted = told(want, unsaid)
  const found = told(got, unsaid)
  const objects = [...new Set([...wanted.lines.keys(), ...found.lines.keys()])].toSorted()
  return objects.flatMap(object => {
    const side = {
      want: wanted.lines.get(object) ?? [],
      got: found.lines.get(object) ?? [],
      counted: wanted.counted.get(object) ?? 0,
    }
    const known = racy[object]?.map(list => list.filter(line => !has(unsaid, line)))
    return known === undefined ? exactly(object, side) : between(object, side, known)
  })
}

interface Sides {
  readonly want: readonly EventLine[]
  readonly got: readonly EventLine[]
  readonly counted: number
}

/** All that is in every known list, in its order, and nothing that is in none. */
function between(
  object: string,
  { got, counted }: Sides,
  known: readonly (readonly EventLine[])[],
): Difference[] {
  const foreign = counted < CAP ? got.filter(line => !known.some(list => has(list, line))) : []
  const must = sharedOrder(known)
  const have = got.filter(line => has(must, line))
  const isOneOfThem = known.some(
    list => list.length === got.length && list.every((line, i) => same(line, got[i])),
  )
  const inOrderToo = must.length <= have.length && must.every((line, i) => same(line, have[i]))
  if (isOneOfThem || (foreign.length === 0 && inOrderToo)) return []
  return [{ path: `events.${object}`, want: must, got: { extra: foreign, have } }]
}

/** What every list holds, in the order of the first, as far as all agree on it. */
function sharedOrder(lists: readonly (readonly EventLine[])[]): EventLine[] {
  const [first = [], ...others] = lists
  const common = first.filter(line => others.every(list => has(list, line)))
  return common.filter((line, i) =>
    lists.every(list => common.slice(i + 1).every(later => indexIn(list, line) < indexIn(list, later))),
  )
}

function exactly(object: string, { want, got, counted }: Sides): Difference[] {
  const combined = new Set(
    [...want, ...got].filter(([, , message]) => message.startsWith(COMBINED)).map(([, reason]) => reason),
  )
  const separate = (list: readonly EventLine[]) => list.filter(([, reason]) => !combined.has(reason))
  return [
    ...[...combined].flatMap(reason => missingOf(object, reason, { want, got, counted })),
    ...typeDifferences(object, separate(want), separate(got)),
    ...orderDifferences(object, { want: separate(want), got: separate(got), counted }),
  ]
}

function missingOf(object: string, reason: string, { want, got, counted }: Sides): Difference[] {
  const plain = (message: string) => message.replaceAll(COMBINED, '')
  const mine = new Set(got.filter(line => line[1] === reason).map(line => plain(line[2])))
  const missing = want
    .filter(line => line[1] === reason && counted < CAP && !mine.has(plain(line[2])))
    .map(line => line[2])
  return missing.length === 0 ? [] : [{ path: `events.${object}.${reason}`, want: missing, got: undefined }]
}

function typeDifferences(
  object: string,
  want: readonly EventLine[],
  got: readonly EventLine[],
): Difference[] {
  const types = new Map(got.map(([type, reason, message]) => [`${reason}\n${message}`, type]))
  return want.flatMap(([type, reason, message]) => {
    const found = types.get(`${reason}\n${message}`) ?? type
    return found === type ? [] : [{ path: `events.${object}.${reason} type`, want: type, got: found }]
  })
}

function orderDifferences(object: string, { want, got, counted }: Sides): Difference[] {
  const wanted = runs(want)
  const found = runs(got)
  const last = wanted.at(-1)
  const capped = counted >= CAP && last !== undefined && found.length >= wanted.length
  return differences(wanted, capped ? cutTo(found, wanted.length, last) : found).map(one => ({
    ...one,
    path: `events.${object}${one.path}`,
  }))
}

type Run = readonly [reason: string, messages: readonly string[]]

/** Neighbours with one reason have no order among them. */
function runs(lines: readonly EventLine[]): Run[] {
  const out: [string, string[]][] = []
  for (const [, reason, message] of lines) {
    const last = out.at(-1)
    if (last !== undefined && last[0] === reason) last[1].push(message)
    else out.push([reason, [message]])
  }
  return out.map(([reason, messages]) => [reason, messages.toSorted()])
}

/**
 * The beginning of a list; its last run may hold more than was wanted, since the wanted list was cut inside
 * it.
 */
function cutTo(found: readonly Run[], length: number, last: Run): Run[] {
  const start = found.slice(0, length)
  const mine = start.at(-1) as Run
  const covers = mine[0] === last[0] && last[1].every(message => mine[1].includes(message))
  return covers ? [...start.slice(0, -1), last] : start
}

function same(a: EventLine | undefined, b: EventLine | undefined): boolean {
  return a !== undefined && b !== undefined && a.every((text, i) => text === b[i])
}

function has(list: readonly EventLine[], line: EventLine): boolean {
  return list.some(one => same(one, line))
}

function indexIn(list: readonly EventLine[], line: EventLine): number {
  return list.findIndex(one => same(one, line))
}
