// When the wished weights changed in the last 15 minutes, and what they were before.
import type { Instant } from '../../std/instant.ts'
import { equal } from '../../std/equal.ts'
import type { RouteTable } from '../routes/route.ts'
import { HISTORY_SECONDS } from './history.ts'
import { wishedOf } from './wished.ts'
import type { Wished } from './wished.ts'

export interface WishedChange extends Wished {
  readonly at: Instant
  /** Counts all changes. */
  readonly serial: number
  readonly key: string
}

export interface WishedHistory {
  tableChanged(table: RouteTable, now: Instant): void
  /** Oldest first; what held when the history begins stands at its beginning. */
  changes(now: Instant): readonly WishedChange[]
  /** The newest of them, oldest first. */
  since(serial: number): readonly WishedChange[]
  /** The serial number of the newest. */
  serial(): number
}

/** More changes than these are forgotten, the oldest first; what holds now never is. */
const CHANGES_MAX = 8192

export function createWishedHistory(max = CHANGES_MAX): WishedHistory {
  let changes: readonly WishedChange[] = []
  const current = new Map<string, WishedChange>()
  let serial = 0
  const forget = (now: Instant): void => {
    const whole = withoutOld(changes, now - HISTORY_SECONDS * 1000)
    const newest = whole.slice(-max)
    const cut = new Set(whole.slice(0, whole.length - newest.length))
    changes = [...[...current.values()].filter(one => cut.has(one)), ...newest]
  }
  return {
    tableChanged(table, now) {
      const wished = wishedOf(table)
      const gone = [...current].flatMap(([key, one]) =>
        wished.has(key) ? [] : [{ ...one, shares: {}, at: now, serial: ++serial }],
      )
      const changed = [...wished].flatMap(([key, one]) =>
        equal(current.get(key)?.shares, one.shares) ? [] : [{ ...one, key, at: now, serial: ++serial }],
      )
      if (gone.length + changed.length === 0) return
      for (const { key } of gone) current.delete(key)
      for (const one of changed) current.set(one.key, one)
      changes = [...changes, ...gone, ...changed]
      forget(now)
    },
    changes(now) {
      forget(now)
      return changes
    },
    since(seen) {
      const first = changes.findLastIndex(one => one.serial <= seen)
      return changes.slice(first + 1)
    },
    serial: () => serial,
  }
}

/** Of what is older only the last word remains, and of what had gone by then nothing. */
function withoutOld(changes: readonly WishedChange[], begin: Instant): readonly WishedChange[] {
  if ((changes[0]?.at ?? begin) >= begin) return changes
  const last = new Map(changes.filter(({ at }) => at < begin).map(one => [one.key, one]))
  return changes.filter(one => {
    if (one.at >= begin) return true
    return last.get(one.key) === one && Object.keys(one.shares).length > 0
  })
}
