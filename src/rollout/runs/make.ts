// The AnalysisRun that a Rollout makes: its spec from templates and arguments, its name, its labels.
import { compose } from '../../analysis/compose.ts'
import type { AnalysisRun, AnalysisRunSpec, RolloutAnalysis } from '../../api/analysis.ts'
import type { Rollout } from '../../api/rollout.ts'
import { templatesOf } from '../../api/references.ts'
import { INSTANCE_ID, POD_TEMPLATE_HASH, REVISION, ROLLOUT_TYPE, STEP_INDEX } from '../../api/words.ts'
import type { RolloutType } from '../../api/words.ts'
import { ANALYSIS_RUN } from '../../kube/kinds.ts'
import { apiVersionOf, controllerOf, ownerReference } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import type { RolloutSnapshot } from '../snapshot.ts'
import type { Story } from '../story.ts'
import { argumentsOf } from './arguments.ts'

/** An analysis that the strategy asks for. */
export interface Ask {
  readonly type: RolloutType
  readonly analysis: RolloutAnalysis
  readonly stepIndex?: number
}

export type Composed = { readonly value: AnalysisRunSpec } | { readonly problem: string }

export function composed(snapshot: RolloutSnapshot, hash: string, analysis: RolloutAnalysis): Composed {
  const { rollout, named } = snapshot
  const hashes = { latest: hash, stable: rollout.status?.stableRS ?? '' }
  const args = argumentsOf(rollout, analysis.args ?? [], hashes)
  if ('problem' in args) return args
  return compose({
    templates: templatesOf(rollout, analysis.templates ?? [], named),
    args: args.value,
    dryRun: analysis.dryRun ?? [],
    measurementRetention: analysis.measurementRetention ?? [],
  })
}

/** A run with that very task that is still under way is taken; else a new one under a name that is free. */
export function madeRun(
  story: Story,
  ask: Ask,
): { readonly run: AnalysisRun; readonly isNew: boolean } | undefined {
  const spec = composed(story.snapshot, story.hash, ask.analysis)
  if ('problem' in spec) return undefined
  const base = baseName(story, ask)
  const taken = new Map(story.snapshot.analysisRuns.map(run => [run.metadata.name, run]))
  for (let n = 0; ; n++) {
    const name = n === 0 ? base : `${base}.${n}`
    const known = taken.get(name)
    if (known === undefined) {
      return { run: newRun(story, { ask, name, spec: spec.value }), isNew: true }
    }
    if (isOurs(story.rollout, known) && isUnderWay(known) && equal(known.spec, spec.value)) {
      return { run: known, isNew: false }
    }
  }
}

export function isOurs(rollout: Rollout, run: AnalysisRun): boolean {
  return controllerOf(run)?.uid === rollout.metadata.uid && run.metadata.deletionTimestamp === undefined
}

export function isUnderWay({ status }: AnalysisRun): boolean {
  const phase = status?.phase
  return phase === undefined || phase === 'Pending' || phase === 'Running'
}

const SUFFIX: Readonly<Record<RolloutType, string>> = {
  Background: '',
  Step: '',
  PrePromotion: '-pre',
  PostPromotion: '-post',
}

function baseName({ rollout, hash, revision }: Story, ask: Ask): string {
  const step = ask.stepIndex === undefined ? '' : `-${ask.stepIndex}`
  return `${rollout.metadata.name}-${hash}-${revision}${step}${SUFFIX[ask.type]}`
}

function newRun(
  { rollout, hash, revision }: Story,
  { ask, name, spec }: { ask: Ask; name: string; spec: AnalysisRunSpec },
): AnalysisRun {
  const { analysisRunMetadata } = ask.analysis
  const { namespace = '', labels } = rollout.metadata
  const instance = labels?.[INSTANCE_ID]
  return {
    apiVersion: apiVersionOf(ANALYSIS_RUN),
    kind: ANALYSIS_RUN.kind,
    metadata: {
      name,
      namespace,
      labels: {
        ...analysisRunMetadata?.labels,
        ...rollout.spec.selector?.matchLabels,
        [POD_TEMPLATE_HASH]: hash,
        [ROLLOUT_TYPE]: ask.type,
        ...(ask.stepIndex === undefined ? {} : { [STEP_INDEX]: String(ask.stepIndex) }),
        ...(instance === undefined ? {} : { [INSTANCE_ID]: instance }),
      },
      annotations: { ...analysisRunMetadata?.annotations, [REVISION]: String(revision) },
      ownerReferences: [ownerReference(rollout)],
    },
    spec,
  }
}
