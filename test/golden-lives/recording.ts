// The shape of a golden life on disk: a scenario (what is created, done and looked at) and its recording.
// test/golden/README.md says what the files are.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Json } from '../../src/std/json.ts'

export interface Settle {
  /** The phase that must be reached; any when absent. */
  readonly phase?: string
  /** How long nothing but time may have changed. */
  readonly seconds?: number
  /** `plural/name`; the scenario's first Rollout when absent. */
  readonly of?: string
  readonly status?: { readonly [field: string]: Json }
  readonly timeout?: number
}

export type Step =
  | { readonly settle: Settle }
  | { readonly snapshot: string; readonly cli?: readonly string[] }
  | { readonly cli: string }
  | {
      readonly patch: string
      readonly with: Json
      readonly type?: string
      readonly subresource?: 'status' | 'scale'
    }
  | { readonly create: KubeObject }
  | { readonly delete: string }
  | { readonly sleep: number }

export interface Scenario {
  readonly name: string
  readonly about: string
  /** Further namespaces whose objects count; `{{NS}}` is the life's own. */
  readonly namespaces?: readonly string[]
  readonly objects: readonly KubeObject[]
  readonly steps: readonly Step[]
  /** Of the second controller that played it, which had an instance id of its own. */
  readonly flags?: readonly string[]
}

/** The instance id of the controller of a life with flags, as it was recorded. */
export function instanceOf({ name, flags }: Scenario): string | undefined {
  return flags === undefined ? undefined : `o3-${name.replace(/^router-/, '')}`
}

export interface CommandRun {
  readonly command: string
  readonly from: string
  readonly until: string
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface LogEntry {
  readonly step: Step
  readonly at: string
  readonly result?: CommandRun
  readonly now?: string
  readonly objects?: readonly KubeObject[]
  readonly cli?: readonly CommandRun[]
  /** The objects never stood still while the commands ran. */
  readonly moving?: true
}

export interface RecordedEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count?: number | null
  /** `Kind/name` of what it is about. */
  readonly object: string
  readonly name: string
  readonly [field: string]: unknown
}

export interface Recording {
  readonly scenario: string
  readonly log: readonly LogEntry[]
  readonly events: readonly RecordedEvent[]
  readonly failed?: string
}

/** What several recordings of the same controller did not do alike, by file name. */
export type Racy = Readonly<Record<string, RacyLife>>

export interface RacyLife {
  readonly fields: readonly string[]
  /** Object → the lists of [type, reason, message] that were recorded for it. */
  readonly events: Readonly<Record<string, readonly (readonly EventLine[])[]>>
}

export type EventLine = readonly [type: string, reason: string, message: string]

/** Where the project keeps its recordings, seen from its own folder. */
export function goldenFolder(): string {
  return join(process.cwd(), 'test', 'golden')
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}

export function readScenario(name: string): Scenario {
  return readJson(`${goldenFolder()}/scenarios/${name}.json`)
}

export function readRecording(name: string): Recording {
  return readJson(`${goldenFolder()}/recorded/${name}.json`)
}

export function readRacy(): Racy {
  return readJson(`${goldenFolder()}/racy.json`)
}

export function recordedNames(): string[] {
  return jsonNames(`${goldenFolder()}/recorded`)
}

/** The names, without `.json`, of the recordings in a folder. */
function jsonNames(folder: string): string[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.json') && file !== 'racy.json')
    .toSorted()
    .map(file => file.slice(0, -'.json'.length))
}

export function isSnapshot(entry: LogEntry): entry is LogEntry & { readonly step: { snapshot: string } } {
  return 'snapshot' in entry.step
}
