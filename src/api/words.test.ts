// What conditions and Events say, against everything that was recorded.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import { available, completed, healthy, paused, PROGRESS } from './condition-words.ts'
import { EVENTS } from './event-words.ts'
import type { PauseReason, RolloutCondition } from './rollout.ts'

interface RecordedEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly object: string
}

const folder = new URL('../../test/golden/recorded/', import.meta.url)
const lives = readdirSync(folder).map(
  name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { log: Json; events: RecordedEvent[] },
)

function conditionsOf(value: Json): readonly RolloutCondition[] {
  if (Array.isArray(value)) return value.flatMap(conditionsOf)
  if (!isJsonObject(value)) return []
  const status = value['status']
  const own = value['kind'] === 'Rollout' && isJsonObject(status) ? (status['conditions'] ?? []) : []
  return [...(own as unknown as RolloutCondition[]), ...Object.values(value).flatMap(conditionsOf)]
}

/** The builder's text for what a condition seems to say. */
function rebuilt(condition: RolloutCondition): object | undefined {
  const { type, status, reason, message } = condition
  const is = status === 'True'
  const replicaSet = /"([^"]+)"/.exec(message)?.[1] ?? ''
  const aborted = /^Rollout aborted update to revision (\d+)(?:: ([^]*))?$/.exec(message)
  if (type === 'Available') return available(is)
  if (type === 'Paused') return paused(is)
  if (type === 'Completed') return completed(is)
  if (type === 'Healthy') return healthy(is)
  if (reason === 'ReplicaSetUpdated') return PROGRESS.updated(replicaSet)
  if (reason === 'NewReplicaSetAvailable') return PROGRESS.done(replicaSet)
  if (reason === 'ProgressDeadlineExceeded') return PROGRESS.timedOut(replicaSet)
  if (reason === 'RolloutPaused') return PROGRESS.paused
  if (aborted) return PROGRESS.aborted(Number(aborted[1]), aborted[2])
  return undefined
}

test('conditions', () => {
  const conditions = lives.flatMap(life => conditionsOf(life.log)).filter(one => one.type !== 'InvalidSpec')
  expect(conditions.length).toBeGreaterThan(500)
  for (const one of conditions) {
    const { type, status, reason, message } = one
    expect(rebuilt(one)).toEqual({ type, status, reason, message })
  }
})

const READ: readonly (readonly [RegExp, (...parts: string[]) => object])[] = [
  [/^Rollout resource added to informer: (.+)$/, EVENTS.added],
  [/^Rollout updated to revision (\d+)$/, n => EVENTS.updated(Number(n))],
  [
    /^Rollout not completed, started update to revision (\d+) \((.+)\)$/,
    (n, podHash) => EVENTS.notCompleted({ revision: Number(n), podHash: podHash ?? '' }),
  ],
  [
    /^Rollout completed update to revision (\d+) \(([^)]+)\): (.+)$/,
    (n, podHash, why) => EVENTS.completed({ revision: Number(n), podHash: podHash ?? '' }, why ?? ''),
  ],
  [
    /^Rollout step (\d+)\/(\d+) completed \((.+)\)$/,
    (done, steps, step) => EVENTS.stepCompleted(Number(done), Number(steps), step ?? ''),
  ],
  [/^Rollout is paused \((.+)\)$/, why => EVENTS.paused(why as PauseReason)],
  [/^Rollout is resumed$/, () => EVENTS.resumed],
  [
    /^Created ReplicaSet (\S+) \(revision (\d+)\)$/,
    (name, n) => EVENTS.replicaSetCreated(name ?? '', Number(n)),
  ],
  [
    /^Scaled (?:up|down) ReplicaSet (\S+) \(revision (\d+)\) from (\d+) to (\d+)$/,
    (replicaSet, n, from, to) =>
      EVENTS.scaled({
        replicaSet: replicaSet ?? '',
        revision: Number(n),
        from: Number(from),
        to: Number(to),
      }),
  ],
  [
    /^Switched selector for service '(.+)' from '(.*)' to '(.*)'$/,
    (service, from, to) => EVENTS.switched(service ?? '', from ?? '', to ?? ''),
  ],
  [/^Traffic weight updated (.*)$/, change => EVENTS.weightUpdated(change ?? '')],
  [/^Created Experiment '(.+)'$/, name => EVENTS.experimentCreated(name ?? '')],
  [/^Rollback to stable ReplicaSets$/, () => EVENTS.skippedToStable],
]

describe('events', () => {
  const events = lives.flatMap(life => life.events).filter(event => event.object.startsWith('Rollout/'))
  for (const [pattern, build] of READ) {
    test(pattern.source, () => {
      const found = events.filter(event => pattern.test(event.message))
      expect(found.length).toBeGreaterThan(0)
      for (const { type, reason, message } of found) {
        const [, ...parts] = pattern.exec(message) as RegExpExecArray
        expect(build(...parts)).toEqual({ type, reason, message })
      }
    })
  }
})
