// The icons that stand before status words, and which words have a colour: one table for every view.
import { unreachable } from '../std/assert.ts'

export type Colour = 'red' | 'green' | 'yellow' | 'blue'

export const ICONS = {
  rollout: '⟳',
  revision: '#',
  replicaSet: '⧉',
  pod: '□',
  job: '⊞',
  experiment: 'Σ',
  analysisRun: 'α',
} as const

const OK = '✔'
const BAD = '✖'
const WARNING = '⚠'
const PROGRESSING = '◌'
const WAITING = '◷'
const PAUSED = '॥'
const UNKNOWN = '?'
const NEUTRAL = '•'
const NONE = ' '

/** The marks before numbers of measurements in an AnalysisRun's row. */
export const MEASUREMENT_ICONS = {
  successful: OK,
  failed: BAD,
  inconclusive: UNKNOWN,
  error: WARNING,
} as const

const PHASES: Readonly<Record<string, string>> = {
  Progressing: PROGRESSING,
  Paused: PAUSED,
  Healthy: OK,
  Degraded: BAD,
}

const ANALYSIS: Readonly<Record<string, string>> = {
  Pending: WAITING,
  Running: PROGRESSING,
  Successful: OK,
  Failed: BAD,
  Error: WARNING,
  Inconclusive: UNKNOWN,
}

const REPLICA_SETS: Readonly<Record<string, string>> = {
  Progressing: PROGRESSING,
  Healthy: OK,
  ReplicaFailure: BAD,
  ScaledDown: NEUTRAL,
}

const PODS: Readonly<Record<string, string>> = {
  Pending: PROGRESSING,
  Terminating: PROGRESSING,
  ContainerCreating: PROGRESSING,
  Running: OK,
  Completed: OK,
  Failed: BAD,
  InvalidImageName: BAD,
  CrashLoopBackOff: BAD,
  ImagePullBackOff: WARNING,
  RegistryUnavailable: WARNING,
  Unknown: UNKNOWN,
}

export function icon(of: 'rollout' | 'analysis' | 'replica set' | 'pod', status: string): string {
  switch (of) {
    case 'rollout':
      return PHASES[status] ?? NONE
    case 'analysis':
      return ANALYSIS[status] ?? NONE
    case 'replica set':
      return REPLICA_SETS[status] ?? NONE
    case 'pod':
      return PODS[status] ?? podIcon(status)
    default:
      return unreachable(of)
  }
}

function podIcon(status: string): string {
  if (status.startsWith('Init:')) return PROGRESSING
  if (status.startsWith('Signal:') || status.startsWith('ExitCode:')) return BAD
  return status.endsWith('Error') || status.startsWith('Err') ? WARNING : NONE
}

const COLOURS: Readonly<Record<string, Colour>> = {
  [OK]: 'green',
  [BAD]: 'red',
  [WARNING]: 'red',
  [PROGRESSING]: 'blue',
  [WAITING]: 'yellow',
  [UNKNOWN]: 'yellow',
  canary: 'yellow',
  stable: 'green',
  active: 'green',
  preview: 'blue',
}

/** Undefined: the terminal's own colour. */
export function colourOf(word: string): Colour | undefined {
  return COLOURS[word]
}
