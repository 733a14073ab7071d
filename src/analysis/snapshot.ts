// All that a decision about an AnalysisRun may know.
import type { AnalysisRun } from '../api/analysis.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Answer } from '../kube/reconciler.ts'
import type { Instant } from '../std/instant.ts'

export interface AnalysisSnapshot {
  readonly now: Instant
  readonly run: AnalysisRun
  /** The objects that providers made for its measurements. */
  readonly made: readonly KubeObject[]
  /** What is known of what providers asked. */
  readonly answers: Readonly<Record<string, Answer>>
  /** Which questions are asked and not answered yet. */
  readonly open: readonly string[]
  /** Objects that could not be made, by name, and what the API server said. */
  readonly refused: Readonly<Record<string, string>>
}
