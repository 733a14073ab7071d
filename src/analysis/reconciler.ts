// An AnalysisRun's reconciler: itself and what its providers make for it are watched; an object that can not be made is
// an error of its measurement, not of the controller.
import type { AnalysisRun, AnalysisRunStatus } from '../api/analysis.ts'
import { EVENTS } from '../api/event-words.ts'
import { ANALYSIS_RUN } from '../kube/kinds.ts'
import { controllerKeysOf, controllerOf, keyOf, parseKey } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import type { IndexDeclaration, Memory, Reconciler, Selection, WatchDeclaration } from '../kube/reconciler.ts'
import { isLost } from '../kube/refusal.ts'
import { withoutSecrets } from '../kube/secrets.ts'
import { decide } from './decide.ts'
import { PROVIDERS } from './registry.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

const MADE = PROVIDERS.flatMap(provider => provider.makes)

const indexOf = ({ plural }: Kind) => `${plural}-of-run`

export interface AnalysisWatches {
  readonly ours: Selection
  readonly theirs: Selection
}

const NO_MEMORY: Memory = { open: [], repeats: {} }

export function analysisReconciler({
  ours,
  theirs,
}: AnalysisWatches): Reconciler<AnalysisSnapshot, AnalysisRunStatus> {
  return {
    kind: ANALYSIS_RUN,
    indices: Object.fromEntries(MADE.map(({ kind }) => [indexOf(kind), madeForRuns(kind)])),
    watches: [
      {
        kind: ANALYSIS_RUN,
        selection: ours,
        optional: true,
        // What was asked for one that has gone is dropped.
        keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)],
      },
      ...MADE.map(({ kind, labels }): WatchDeclaration => ({
        kind,
        selection: { ...theirs, labels },
        keysFor: controllerKeysOf(ANALYSIS_RUN),
      })),
    ],
    gather(key, cache, now, answers, { open } = NO_MEMORY) {
      const { namespace, name } = parseKey(key)
      const run = cache.get<AnalysisRun>({ kind: ANALYSIS_RUN, namespace, name })
      if (run === undefined || run.metadata.deletionTimestamp !== undefined) return undefined
      const made = MADE.flatMap(({ kind }) => cache.by(kind, indexOf(kind), run.metadata.uid ?? ''))
      return { now, run, made, answers, open, refused: {} }
    },
    decide,
    recover(snapshot, write, error, found) {
      if (write.verb !== 'create' || !isLost(snapshot.run, error, found)) return undefined
      const refused = {
        ...snapshot.refused,
        [write.object.metadata.name]: withoutSecrets(error.message, write),
      }
      return decide({ ...snapshot, refused })
    },
    // Its status has no place for it.
    refused: (_, { message }) => ({ events: [EVENTS.writeRefused(message)] }),
  }
}

function madeForRuns(of: Kind): IndexDeclaration {
  return {
    of,
    values: object => {
      const owner = controllerOf(object)
      return owner?.kind === ANALYSIS_RUN.kind ? [owner.uid] : []
    },
  }
}
