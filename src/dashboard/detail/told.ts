// What objects say of themselves, for a rollout's page: its conditions, and the Events of it and of what it owns.
import type { Rollout } from '../../api/rollout.ts'
import type { Cache } from '../../kube/cache.ts'
import { compareText } from '../../std/compare.ts'
import { EVENT } from '../../kube/kinds.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { IndexDeclaration } from '../../kube/reconciler.ts'
import { short } from '../showable.ts'
import type { ConditionDetail, EventDetail } from '../wire.ts'

interface Event extends KubeObject {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string }
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string }
}

const EVENTS_MAX = 100
const MESSAGE_MAX = 1000

const ABOUT = 'events-about'

/** By the uid of the object that they are about. */
export const EVENT_INDICES: Readonly<Record<string, IndexDeclaration>> = {
  [ABOUT]: {
    of: EVENT,
    values: event => {
      const { uid } = (event as Event).involvedObject ?? {}
      return typeof uid === 'string' ? [uid] : []
    },
  },
}

/** Of these objects, the latest first; the copy has EVENT_INDICES. */
export function eventsOf(objects: readonly KubeObject[], cache: Cache): readonly EventDetail[] {
  return objects
    .flatMap(({ metadata: { uid = '' } }) => cache.by<Event>(EVENT, ABOUT, uid))
    .map(eventDetail)
    .toSorted((a, b) => compareText(b.at, a.at))
    .slice(0, EVENTS_MAX)
}

function eventDetail(event: Event): EventDetail {
  const { type = '', reason = '', message = '', involvedObject, series } = event
  const at = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp
  return {
    at: at ?? event.metadata.creationTimestamp ?? '',
    type,
    reason,
    message: short(message, MESSAGE_MAX),
    count: series?.count ?? event.count ?? 1,
    on: `${involvedObject?.kind ?? ''} ${involvedObject?.name ?? ''}`,
  }
}

export function conditionsOf({ status }: Rollout): readonly ConditionDetail[] {
  return (status?.conditions ?? []).map(({ type, status: is, reason, message, lastUpdateTime }) => ({
    type: short(type),
    status: short(is),
    reason: short(reason),
    message: short(message, MESSAGE_MAX),
    at: lastUpdateTime ?? '',
  }))
}
