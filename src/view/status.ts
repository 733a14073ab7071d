// `status`: a rollout's phase in one line, and whether it is a failure.
import type { Rollout } from '../api/rollout.ts'
import { shownPhase } from './phase.ts'

export interface StatusText {
  readonly phase: string
  /** `Healthy`, `Degraded`, or `Paused - BlueGreenPause`. */
  readonly text: string
  /** Why a command that asks for success must fail. */
  readonly error?: string
}

export function rolloutStatus(rollout: Rollout): StatusText {
  const { phase, message } = shownPhase(rollout)
  switch (phase) {
    case 'Healthy':
      return { phase, text: phase }
    case 'Degraded':
      return { phase, text: phase, error: `The rollout is in a degraded state with message: ${message}` }
    default:
      return { phase, text: `${phase} - ${message}` }
  }
}
