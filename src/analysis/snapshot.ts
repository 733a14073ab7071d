// All that a decision about an AnalysisRun may know.
import type { AnalysisRun } from '../api/analysis.ts'
import type { Job } from '../kube/apps.ts'
import type { Answer } from '../kube/reconciler.ts'
import type { Instant } from '../std/instant.ts'

export interface AnalysisSnapshot {
  readonly now: Instant
  readonly run: AnalysisRun
  /** The Jobs of its measurements. */
  readonly jobs: readonly Job[]
  /** What is known of the Jobs' pods. */
  readonly answers: Readonly<Record<string, Answer>>
  /** Jobs that could not be made, by name, and what the API server said. */
  readonly refused: Readonly<Record<string, string>>
}
