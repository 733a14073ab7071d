// An AnalysisRun for whoever asks for an analysis, a Rollout or another owner: its spec from the templates that are
// named and the arguments that are handed to them, a name that is free, the marks of its owner.
import type {
  AnalysisRun,
  AnalysisRunSpec,
  AnalysisTemplateRef,
  Argument,
  DryRun,
  MeasurementRetention,
} from '../api/analysis.ts'
import { templatesOf } from '../api/references.ts'
import type { FoundObjects } from '../api/references.ts'
import { INSTANCE_ID } from '../api/words.ts'
import { ANALYSIS_RUN } from '../kube/kinds.ts'
import { apiVersionOf, controllerOf, ownerReference } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import { equal } from '../std/equal.ts'
import type { Outcome } from './arguments.ts'
import { compose } from './compose.ts'

/** What an owner asks to be measured. */
export interface AnalysisRequest {
  readonly templates: readonly AnalysisTemplateRef[]
  readonly args: readonly Argument[]
  readonly dryRun: readonly DryRun[]
  readonly measurementRetention: readonly MeasurementRetention[]
}

/** Its templates are looked for in the owner's namespace, or in the cluster where they say so. */
export function runSpecFor(
  owner: KubeObject,
  request: AnalysisRequest,
  found: FoundObjects,
): Outcome<AnalysisRunSpec> {
  return compose({ ...request, templates: templatesOf(owner, request.templates, found) })
}

type Words = Readonly<Record<string, string>>

export interface RunDraft {
  readonly name: string
  readonly spec: AnalysisRunSpec
  /** What people want on it; the owner's own words below win. */
  readonly metadata: { readonly labels?: Words; readonly annotations?: Words } | undefined
  readonly labels: Words
  readonly annotations: Words
  /** Whether one that is there is what is asked for. Default: while it is under way. */
  readonly isTaken?: (run: AnalysisRun) => boolean
}

export interface MadeRun {
  readonly run: AnalysisRun
  readonly isNew: boolean
}

/** A run with that very task is taken, as long as that may be; else a new one under a name that is free. */
export function makeRun(owner: KubeObject, draft: RunDraft, known: readonly AnalysisRun[]): MadeRun {
  const { isTaken = isUnderWay } = draft
  const taken = new Map(known.map(run => [run.metadata.name, run]))
  for (let n = 0; ; n++) {
    const name = n === 0 ? draft.name : `${draft.name}.${n}`
    const run = taken.get(name)
    if (run === undefined) return { run: newRun(owner, { ...draft, name }), isNew: true }
    if (isRunOf(owner, run) && isTaken(run) && equal(run.spec, draft.spec)) return { run, isNew: false }
  }
}

export function isRunOf(owner: KubeObject, run: KubeObject): boolean {
  return controllerOf(run)?.uid === owner.metadata.uid && run.metadata.deletionTimestamp === undefined
}

/** Of a run, or an Experiment: what gives an update up. One that is inconclusive asks a person. */
export function hasFailed({ status }: { readonly status?: { readonly phase?: string } }): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Error'
}

export function isUnderWay({ status }: { readonly status?: { readonly phase?: string } }): boolean {
  return ['', 'Pending', 'Running'].includes(status?.phase ?? '')
}

function newRun(owner: KubeObject, { name, spec, metadata, labels, annotations }: RunDraft): AnalysisRun {
  const instance = owner.metadata.labels?.[INSTANCE_ID]
  return {
    apiVersion: apiVersionOf(ANALYSIS_RUN),
    kind: ANALYSIS_RUN.kind,
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? '',
      labels: {
        ...metadata?.labels,
        ...labels,
        ...(instance === undefined ? {} : { [INSTANCE_ID]: instance }),
      },
      annotations: { ...metadata?.annotations, ...annotations },
      ownerReferences: [ownerReference(owner)],
    },
    spec,
  }
}
