// An AnalysisRun's reconciler: itself and its Jobs are watched; a Job that can not be made is an error of its
// measurement, not of the controller.
import type { AnalysisRun, AnalysisRunStatus } from '../api/analysis.ts'
import { JOB_RUN_UID } from '../api/words.ts'
import type { Job } from '../kube/apps.ts'
import type { KubeErrorReason } from '../kube/errors.ts'
import { ANALYSIS_RUN, JOB } from '../kube/kinds.ts'
import { controllerKeys, controllerOf, keyOf, parseKey } from '../kube/object.ts'
import type { Reconciler, Selection } from '../kube/reconciler.ts'
import { decide } from './decide.ts'
import { isJobOf } from './jobs.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

const JOBS_OF = 'jobs-of-run'

/** Another attempt at the same Job would be answered the same. */
const FINAL: readonly KubeErrorReason[] = ['Invalid', 'BadRequest', 'Forbidden', 'AlreadyExists']

export interface AnalysisWatches {
  readonly ours: Selection
  readonly theirs: Selection
}

export function analysisReconciler({
  ours,
  theirs,
}: AnalysisWatches): Reconciler<AnalysisSnapshot, AnalysisRunStatus> {
  return {
    kind: ANALYSIS_RUN,
    indices: {
      [JOBS_OF]: {
        of: JOB,
        values: job => {
          const owner = controllerOf(job)
          return owner?.kind === ANALYSIS_RUN.kind ? [owner.uid] : []
        },
      },
    },
    watches: [
      {
        kind: ANALYSIS_RUN,
        selection: ours,
        optional: true,
        keysFor: now => (now === undefined ? [] : [keyOf(now)]),
      },
      {
        kind: JOB,
        selection: { ...theirs, labels: JOB_RUN_UID },
        keysFor: (now, before) => controllerKeys(now ?? before, ANALYSIS_RUN),
      },
    ],
    gather(key, cache, now, answers) {
      const { namespace, name } = parseKey(key)
      const run = cache.get<AnalysisRun>({ kind: ANALYSIS_RUN, namespace, name })
      if (run === undefined || run.metadata.deletionTimestamp !== undefined) return undefined
      const jobs = cache.by<Job>(JOB, JOBS_OF, run.metadata.uid ?? '')
      return { now, run, jobs, answers, refused: {} }
    },
    decide,
    recover(snapshot, write, error, found) {
      if (write.verb !== 'create' || !FINAL.includes(error.reason)) return undefined
      if (found !== undefined && isJobOf(snapshot.run, found as Job)) return undefined
      const refused = { ...snapshot.refused, [write.object.metadata.name]: error.message }
      return decide({ ...snapshot, refused })
    },
  }
}
