// What is watched for one rollout's page: all that a decision about it looks at, and what tells its story.
import { EVENT } from '../../kube/kinds.ts'
import type { Kind } from '../../kube/object.ts'
import type { Selection } from '../../kube/reconciler.ts'
import { INDICES } from '../../rollout/gather/indices.ts'
import { watchesOf } from '../../rollout/watches.ts'
import type { PlannedWatch } from '../../runtime/mirror/watches.ts'

export const DETAIL_INDICES = [INDICES]

export function detailWatches(selection: Selection): readonly PlannedWatch[] {
  // What somebody may not read is left out of the picture.
  const watched = (kind: Kind, of: Selection) => ({ kind, selection: of, optional: true, trim: undefined })
  const decided = watchesOf({ ours: selection, theirs: selection })
  return [...decided.map(one => watched(one.kind, one.selection ?? {})), watched(EVENT, selection)]
}
