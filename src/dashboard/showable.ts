// Objects of ours as they can be shown. An API server keeps what an older or looser schema let in: what is of a wrong
// type is left out, as a tolerant reader has it, and one bad object hides no other.
import { OWN_KINDS } from '../api/crds.ts'
import { tolerantReader } from '../api/sanitise.ts'
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import { ANALYSIS_RUN, EXPERIMENT, ROLLOUT } from '../kube/kinds.ts'
import { asJson, fromJson } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import { record } from '../std/json-parts.ts'
import type { JsonObject } from '../std/json.ts'
import type { RolloutParts } from '../view/rollout-view.ts'
import { wellFormed } from '../rollout/gather/well-formed.ts'

type Reading = (object: KubeObject) => KubeObject

/** For a local copy: what is kept of each kind's objects. */
export const SHOWABLE = [ROLLOUT, ANALYSIS_RUN, EXPERIMENT].map(of => ({ of, trim: readingOf(of) }))

/** A Rollout's spec stays as it is: who decides about it looks for what is wrong there. */
function readingOf(kind: Kind): Reading {
  const own = OWN_KINDS.find(one => one.kind === kind)
  const [readSpec, readStatus] = [own?.spec, own?.status].map(schema =>
    schema === undefined ? record : tolerantReader(schema),
  )
  return object => {
    const { spec, status, metadata, ...rest } = asJson(object)
    const { managedFields: _, ...kept } = record(metadata)
    return fromJson({
      ...rest,
      metadata: kept,
      spec: kind === ROLLOUT ? (spec ?? {}) : part(spec, readSpec),
      ...(status === undefined ? {} : { status: part(status, readStatus) }),
    })
  }
}

function part(value: unknown, read: ((value: JsonObject) => JsonObject) | undefined): JsonObject {
  return read?.(record(value)) ?? {}
}

const readRollout = readingOf(ROLLOUT)
const readRun = readingOf(ANALYSIS_RUN)
const readExperiment = readingOf(EXPERIMENT)

/** Of an object as the server gives it. */
export function showableRollout(rollout: Rollout): Rollout {
  return wellFormed(readRollout(rollout) as Rollout)
}

/** From objects as they are, or, when that fails, from what can be read of them. */
export function shownOf<T>(
  make: (rollout: Rollout, parts: RolloutParts) => T,
  rollout: Rollout,
  parts: RolloutParts,
): T {
  try {
    return make(rollout, parts)
  } catch {
    return make(showableRollout(rollout), {
      ...parts,
      analysisRuns: parts.analysisRuns.map(one => readRun(one) as AnalysisRun),
      experiments: parts.experiments.map(one => readExperiment(one) as Experiment),
    })
  }
}

/** What is left to show of a Rollout that even so cannot be shown: its name, and why. */
export function bareRollout({ metadata }: Rollout, error: unknown): Rollout {
  const { name, namespace = '', uid = '' } = metadata
  const message = `this Rollout cannot be shown: ${String(error)}`
  return { metadata: { name, namespace, uid }, spec: {}, status: { phase: 'Degraded', message } } as Rollout
}

const TEXT_MAX = 500

/** A text of an object for a line of a list: there may be hundreds of them. */
export function short(text: unknown, most = TEXT_MAX): string {
  const whole = typeof text === 'string' ? text : ''
  return whole.length > most ? `${whole.slice(0, most)} …` : whole
}
