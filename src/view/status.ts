// `status`: a rollout's phase in one line, and whether it is a failure.
import type { Rollout } from '../api/rollout.ts'
import { printableLine } from '../std/printable.ts'
import { shownPhase } from './phase.ts'

export interface StatusText {
  readonly phase: string
  /** `Healthy`, `Degraded`, or `Paused - BlueGreenPause`. */
  readonly text: string
  /** Why a command that asks for success must fail. */
  readonly error?: string
}

/** In one line: what an object says may not look like another line of ours. */
export function shownLine(rollout: Rollout): { readonly phase: string; readonly message: string } {
  const { phase, message } = shownPhase(rollout)
  return { phase: printableLine(phase), message: printableLine(message) }
}

export function rolloutStatus(rollout: Rollout): StatusText {
  const { phase, message } = shownLine(rollout)
  switch (phase) {
    case 'Healthy':
      return { phase, text: phase }
    case 'Degraded':
      return { phase, text: phase, error: `The rollout is in a degraded state with message: ${message}` }
    default:
      return { phase, text: `${phase} - ${message}` }
  }
}
