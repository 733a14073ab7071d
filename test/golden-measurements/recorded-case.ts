// The shape of a recorded measurement on disk; test/golden/README.md says what the file is.
import { readFileSync } from 'node:fs'
import type { AnalysisRun } from '../../src/api/analysis.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Json, JsonObject } from '../../src/std/json.ts'

export interface ScriptedAnswer {
  readonly when?: { readonly path?: string; readonly method?: string; readonly host?: string }
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly json?: Json
  readonly bodyBase64?: string
  readonly repeat?: {
    readonly prefix: string
    readonly unit: string
    readonly times: number
    readonly suffix: string
  }
  readonly gzip?: boolean
  /** Seconds. */
  readonly delay?: number
  readonly chunks?: number
  readonly chunkDelay?: number
  readonly fault?: 'close' | 'truncate' | 'garbage'
}

export interface RecordedRequest {
  readonly at: number
  readonly via: string
  readonly method: string
  readonly path: string
  readonly rawQuery?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

export interface RecordedEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
}

export interface RecordedCase {
  readonly id: string
  readonly provider: string
  readonly title: string
  readonly note?: string
  readonly environment?: Readonly<Record<string, string | null>>
  readonly objects: readonly [AnalysisRun, ...KubeObject[]]
  readonly answers: readonly ScriptedAnswer[]
  readonly actions?: readonly { readonly at: number; readonly patch: JsonObject }[]
  readonly requests: readonly RecordedRequest[]
  /** Absent: the run could not be created. */
  readonly result?: { readonly status?: Json }
  readonly createError?: Json
  /** The whole controller ended while it measured. */
  readonly controllerEnded?: Json
  readonly unfinishedAfter?: number
  /** Seconds until the controller deleted it. */
  readonly deletedAfter?: number
  readonly events: readonly RecordedEvent[]
}

/** The values of a case's Secrets that nobody may see; what is shorter is found by chance. */
export function secretsIn({ objects }: RecordedCase): readonly string[] {
  return objects
    .flatMap(object => Object.values((object as { stringData?: Record<string, string> }).stringData ?? {}))
    .filter(secret => secret.length > 3)
}

const FILE = new URL('../golden/measurements.json', import.meta.url)

/** Whom the cases ask over HTTPS by a name. */
export function namesAsked(cases: readonly RecordedCase[]): readonly string[] {
  const hosts = JSON.stringify(cases.map(one => one.objects)).matchAll(/https:\/\/([a-z\d.-]+)/gi)
  return [...new Set([...hosts].map(([, host = '']) => host.toLowerCase()))]
}

export function recordedCases(providers: readonly string[]): readonly RecordedCase[] {
  const all = JSON.parse(readFileSync(FILE, 'utf8')) as readonly RecordedCase[]
  return all.filter(one => providers.includes(one.provider))
}
