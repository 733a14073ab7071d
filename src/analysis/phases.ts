// The phases of measurements, metrics and runs: which are final, and which of two is worse.
import type { AnalysisPhase } from '../api/analysis.ts'

const BEST_FIRST: readonly AnalysisPhase[] = [
  'Successful',
  'Running',
  'Pending',
  'Inconclusive',
  'Error',
  'Failed',
]

export function isOver(phase: AnalysisPhase | undefined): boolean {
  return phase !== undefined && phase !== 'Pending' && phase !== 'Running'
}

export function isBad(phase: AnalysisPhase | undefined): boolean {
  return phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive'
}

export function isWorse(phase: AnalysisPhase, than: AnalysisPhase | undefined): boolean {
  return than === undefined || BEST_FIRST.indexOf(phase) > BEST_FIRST.indexOf(than)
}
