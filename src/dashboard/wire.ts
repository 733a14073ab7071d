// What the page's own stream and calls carry, as types alone: the server makes them, the page reads them.

/** What needs a person comes first: broken, waiting for somebody, under way, at rest. */
export type Attention = 'broken' | 'person' | 'moving' | 'none'

/** A line of the list. */
export interface Row {
  readonly namespace: string
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly attention: Attention
  readonly strategy: 'Canary' | 'BlueGreen' | ''
  readonly labels: Readonly<Record<string, string>>
  readonly step?: number
  readonly steps?: number
  readonly setWeight?: number
  readonly actualWeight?: number
  readonly desired: number
  readonly current: number
  readonly updated: number
  readonly ready: number
  readonly available: number
  readonly revisions: readonly RowRevision[]
}

interface RowRevision {
  readonly revision: number
  readonly tags: readonly string[]
  readonly replicas: number
  readonly available: number
  readonly images: readonly string[]
}

export interface Step {
  /** The field that the step sets: `setWeight`, `pause` … */
  readonly type: string
  /** Its value, short: `20 %`, `10m`. */
  readonly detail: string
}

export interface PodState {
  readonly name: string
  readonly status: string
  readonly icon: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
}

export interface RevisionDetail {
  readonly name: string
  readonly revision: number
  readonly hash: string
  readonly status: string
  readonly tags: readonly string[]
  readonly createdAt: string
  readonly replicas: number
  readonly available: number
  readonly images: readonly string[]
  readonly scaleDownAt?: string
  readonly pods: readonly PodState[]
  /** Against the revision before it, a line a field: `spec.containers[web].image: a -> b`. */
  readonly differences: readonly string[]
  /** The template of an Experiment that it runs. */
  readonly template?: string
}

export interface MeasuredMetric {
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly conditions: readonly string[]
  /** Lines to draw: what the conditions compare the value with. */
  readonly limits: readonly number[]
  readonly measurements: readonly MeasuredValue[]
}

export interface MeasuredValue {
  readonly at: string
  readonly value: string
  readonly phase: string
  readonly message: string
}

export interface RunDetail {
  readonly name: string
  readonly revision: number
  readonly phase: string
  readonly message: string
  readonly startedAt: string
  readonly metrics: readonly MeasuredMetric[]
}

export interface WaitDetail {
  readonly for: string
  /** RFC 3339. */
  readonly since: string
  readonly until?: string
  readonly cure?: string
}

export interface ConditionDetail {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly at: string
}

export interface EventDetail {
  readonly at: string
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly on: string
}

export interface ServiceDetail {
  readonly role: string
  readonly name: string
  readonly port: number
  /** The revision that it selects now. */
  readonly hash?: string
}

interface ExperimentDetail {
  readonly name: string
  readonly phase: string
  readonly message: string
}

/** One rollout, whole. */
export interface Detail extends Omit<Row, 'revisions'> {
  readonly currentHash: string
  readonly stableHash: string
  readonly isPaused: boolean
  readonly isAborted: boolean
  readonly isTimed: boolean
  readonly containers: readonly { readonly name: string; readonly image: string }[]
  readonly plan: readonly Step[]
  /** By name. */
  readonly revisions: Readonly<Record<string, RevisionDetail>>
  readonly runs: Readonly<Record<string, RunDetail>>
  readonly experiments: readonly ExperimentDetail[]
  readonly waits: readonly WaitDetail[]
  readonly conditions: readonly ConditionDetail[]
  readonly events: readonly EventDetail[]
  readonly services: readonly ServiceDetail[]
}

/** What somebody at the page asks for; `seen` is what the page showed then: who is late is told so. */
export interface ActAsked {
  readonly act: ActName
  readonly namespace: string
  readonly name: string
  readonly seen?: { readonly hash: string; readonly step: number | null; readonly phase: string }
  readonly revision?: number
  readonly container?: string
  readonly image?: string
  /** Only tells what would happen. */
  readonly dryRun?: boolean
}

export const ACTS = [
  'promote',
  'promote-full',
  'skip-step',
  'abort',
  'retry',
  'restart',
  'undo',
  'set-image',
  'pause',
  'resume',
] as const

export type ActName = (typeof ACTS)[number]

export interface ActAnswer {
  /** What it did or would do, a sentence each. */
  readonly will: readonly string[]
  readonly text: string
  /** Of the pod template, for who only asks. */
  readonly differences: readonly string[]
}
