// What this loop's controllers have reported of their objects, and the cache does not show yet. The barrier holds up
// the key that has written; a pass of another key sees the report, too: an analysis that has failed stops its Rollout
// also while the watch is late.
import type { Cache } from '../../kube/cache.ts'
import type { KubeObject } from '../../kube/object.ts'
import { freezeObjects } from '../../std/freeze.ts'
import { isWithin } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import type { Change } from '../mirror/store.ts'
import { isNewer } from '../network/versions.ts'
import { BARRIER_GIVES_UP_MS } from './barrier.ts'

export interface Reports {
  /** The answer to the write of a status, unless the cache knows it already. */
  note(answer: KubeObject, known: KubeObject | undefined, now: Instant): void
  /** The cache has changed: what it shows is no longer kept here. */
  seen(change: Change): void
  /** The cache with all that is reported and that it shows older. What it does not show for 30 s counts no longer. */
  over(cache: Cache, now: Instant): Cache
}

interface Report {
  readonly object: KubeObject
  readonly at: Instant
}

export function createReports(): Reports {
  const reports = new Map<string, Report>()
  const latest = <T extends KubeObject>(object: T): T => {
    const reported = reports.get(object.metadata.uid ?? '')?.object
    return reported !== undefined && isAfter(reported, object) ? (reported as T) : object
  }
  return {
    note(answer, known, at) {
      const { uid } = answer.metadata
      if (uid !== undefined && uid === known?.metadata.uid && isAfter(answer, known))
        reports.set(uid, { object: freezeObjects(answer), at })
    },
    seen({ now, before }) {
      const uid = (now ?? before)?.metadata.uid ?? ''
      const reported = reports.get(uid)?.object
      if (reported !== undefined && (now === undefined || !isAfter(reported, now))) reports.delete(uid)
    },
    over(cache, now) {
      for (const [uid, { at }] of reports) if (!isWithin(BARRIER_GIVES_UP_MS, at, now)) reports.delete(uid)
      if (reports.size === 0) return cache
      return {
        has: kind => cache.has(kind),
        isForbidden: kind => cache.isForbidden(kind),
        served: kind => cache.served(kind),
        get<T extends KubeObject>(...asked: Parameters<Cache['get']>) {
          const object = cache.get<T>(...asked)
          return object && latest(object)
        },
        list: <T extends KubeObject>(...asked: Parameters<Cache['list']>) =>
          cache.list<T>(...asked).map(latest),
        by: <T extends KubeObject>(...asked: Parameters<Cache['by']>) => cache.by<T>(...asked).map(latest),
      }
    },
  }
}

function isAfter(reported: KubeObject, known: KubeObject): boolean {
  return isNewer(reported.metadata.resourceVersion ?? '', known.metadata.resourceVersion ?? '')
}
