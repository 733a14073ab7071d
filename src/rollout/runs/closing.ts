// What becomes of the AnalysisRuns and Experiments that a Rollout has made: those that nobody needs any more are ended,
// finished ones beyond the history limits and those of lost revisions are forgotten.
import { isUnderWay } from '../../analysis/make-run.ts'
import { successfulRunHistoryLimit, unsuccessfulRunHistoryLimit } from '../../api/defaults.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { refOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { byCreation, podHashOf } from '../../workload/replica-set.ts'
import { isPastProof } from '../story.ts'
import type { Story } from '../story.ts'

/** An AnalysisRun or an Experiment. */
export interface Closable extends KubeObject {
  readonly spec: { readonly terminate?: boolean }
  readonly status?: {
    readonly phase?: string
    readonly startedAt?: string
    readonly completedAt?: string
    readonly conditions?: readonly {
      readonly lastUpdateTime?: string
      readonly lastTransitionTime?: string
    }[]
  }
}

export interface Closing {
  readonly kind: Kind
  readonly ours: readonly Closable[]
  /** Names of those that are still needed. */
  readonly kept: ReadonlySet<string | undefined>
  /** Names of those that the status speaks of. */
  readonly reported: ReadonlySet<string | undefined>
}

export function closingWrites(story: Story, { kind, ours, kept, reported }: Closing): readonly Write[] {
  const needless = ours.filter(
    one =>
      isUnderWay(one) && one.spec.terminate !== true && !kept.has(one.metadata.name) && mayEnd(story, one),
  )
  const others = ours.filter(one => !reported.has(one.metadata.name))
  return [
    ...needless.map(one => endOf(kind, one)),
    ...(story.isReset ? [] : forgotten(story, others).map(one => deletion(kind, one))),
  ]
}

/**
 * What is ended counts as passed when it is asked for again. So the status must no longer name it, or say that the
 * update is over: what leads to that may be taken back before it is recorded.
 */
function mayEnd(story: Story, { metadata }: Closable): boolean {
  const { status, isAborted, isReset } = story
  if (isAborted) return status.abortedAt !== undefined
  const { currentStepAnalysisRunStatus, currentBackgroundAnalysisRunStatus, currentExperiment } =
    status.canary ?? {}
  const { prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus } = status.blueGreen ?? {}
  const runs = [
    currentStepAnalysisRunStatus,
    currentBackgroundAnalysisRunStatus,
    prePromotionAnalysisRunStatus,
    postPromotionAnalysisRunStatus,
  ]
  const isNamed = [currentExperiment, ...runs.map(run => run?.name)].includes(metadata.name)
  return !isNamed || (isPastProof(story) && !isReset)
}

function endOf(kind: Kind, one: Closable): Write {
  return {
    verb: 'patch',
    target: refOf(kind, one),
    patch: { spec: { terminate: true } },
    why: `end ${kind.kind} ${one.metadata.name}, which is no longer needed`,
  }
}

function forgotten(story: Story, all: readonly Closable[]): readonly Closable[] {
  const { spec } = story.rollout
  const hashes = new Set(story.all.map(podHashOf))
  // One under way may have users; it is ended first.
  const over = all.filter(one => !isUnderWay(one))
  const isLost = (one: Closable) => !hashes.has(one.metadata.labels?.[POD_TEMPLATE_HASH] ?? '')
  const finished = over
    .filter(one => !isLost(one))
    .toSorted(byCreation)
    .toReversed()
  const isGood = (one: Closable) => one.status?.phase === 'Successful'
  return [
    ...over.filter(isLost),
    ...finished.filter(isGood).slice(successfulRunHistoryLimit(spec)),
    ...finished.filter(one => !isGood(one)).slice(unsuccessfulRunHistoryLimit(spec)),
  ]
}

function deletion(kind: Kind, one: Closable): Write {
  return {
    verb: 'delete',
    target: refOf(kind, one),
    ...(one.metadata.uid === undefined ? {} : { ifUid: one.metadata.uid }),
    why: `delete ${kind.kind} ${one.metadata.name}, which is beyond the history limit`,
  }
}
