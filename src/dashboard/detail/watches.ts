// What is watched for one rollout's page: all that a decision about it looks at, and what tells its story.
import { EVENT } from '../../kube/kinds.ts'
import type { Selection } from '../../kube/reconciler.ts'
import { INDICES } from '../../rollout/gather/indices.ts'
import { watchesOf } from '../../rollout/watches.ts'
import { plannedWatches } from '../../runtime/mirror/watches.ts'
import { wholeWatches } from '../live.ts'
import type { PlannedWatch } from '../../runtime/mirror/watches.ts'
import { OWNER_INDICES } from '../own-parts.ts'
import { EVENT_INDICES } from './told.ts'

export const DETAIL_INDICES = [INDICES, OWNER_INDICES, EVENT_INDICES]

/** What somebody may not read is left out of the picture. */
export function detailWatches(selection: Selection): readonly PlannedWatch[] {
  const decided = plannedWatches([{ watches: watchesOf({ ours: selection, theirs: selection }) }])
  return [
    ...decided.map(one => ({ ...one, optional: true, trim: undefined })),
    ...wholeWatches([EVENT], selection),
  ]
}
