// Small pictures that several views share: a phase, a weight, a revision's colour. None says anything by colour alone.
import { word } from './words/words.ts'

const SIGNS: Readonly<Record<string, string>> = {
  Healthy: '✓',
  Successful: '✓',
  Running: '◐',
  Progressing: '◐',
  Paused: '‖',
  Pending: '…',
  Inconclusive: '?',
  Degraded: '✕',
  Failed: '✕',
  Error: '!',
}

/** Of a rollout, an analysis, an experiment. */
export function PhaseMark({ phase }: { readonly phase: string }) {
  return (
    <span class={`mark ${phase.toLowerCase()}`} aria-hidden="true">
      {SIGNS[phase] ?? '·'}
    </span>
  )
}

export function WeightBar({ weight, label }: { readonly weight: number; readonly label: string }) {
  return (
    <span class="weight" role="img" aria-label={label} title={label}>
      <i style={{ width: `${Math.min(100, Math.max(0, weight))}%` }} />
    </span>
  )
}

/** How many colours the stylesheet has for revisions. */
const COLOURS = 6

export function colourOf(revision: number): string {
  return `r${revision % COLOURS}`
}

export function RevisionMark({ revision }: { readonly revision: number }) {
  return (
    <span
      class={`dot ${colourOf(revision)}`}
      aria-hidden="true"
      title={word('revisionNumber', { revision })}
    />
  )
}
