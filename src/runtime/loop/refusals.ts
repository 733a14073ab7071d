// What became of each key's failed writes: which failure people are to hear of, and how often (station h). A
// refusal is told at once, any other failure when the same write has failed the same way three times in a
// row. Bounded: a few numbers a key, until a pass of it succeeds or its object goes.
import type { KubeError } from '../../kube/errors.ts'
import { refKey } from '../../kube/object.ts'
import type { Key } from '../../kube/object.ts'
import { isFinal, refusalOf } from '../../kube/refusal.ts'
import type { Refusal } from '../../kube/refusal.ts'
import type { Write } from '../../kube/write.ts'
import { fnv1a } from '../../std/fnv.ts'
import { isWithin } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { delayAfter } from './backoff.ts'

export interface Refusals {
  /** Takes note of a failure; what is to be told of it now. */
  failed(key: Key, failure: { write: Write; error: KubeError }, now: Instant): Refusal | undefined
  /** Something is being told of the key. */
  told(key: Key, now: Instant): void
  forget(key: Key): void
}

interface Remembered {
  /** The last failure, as a hash, and how often it came in a row. */
  readonly failure: number
  readonly times: number
  readonly telling?: Telling
}

interface Telling {
  readonly times: number
  readonly at: Instant
}

const SAME_TIMES = 3
/** A server whose words are others each time is not repeated each time. */
const TELL_AGAIN = { baseMs: 500, maxMs: 300_000 }

export function createRefusals(): Refusals {
  const known = new Map<Key, Remembered>()
  return {
    failed(key, { write, error }, now) {
      const refusal = refusalOf(write, error)
      const before = known.get(key)
      const failure = hashOf(identityOf(write), refusal.reason, refusal.message)
      const times = before?.failure === failure ? before.times + 1 : 1
      known.set(key, { ...before, failure, times })
      if (!isFinal(error) && times < SAME_TIMES) return undefined
      return isTold(before?.telling, now) ? undefined : refusal
    },
    told(key, now) {
      const before = known.get(key)
      const times = (before?.telling?.times ?? 0) + 1
      if (before !== undefined) known.set(key, { ...before, telling: { times, at: now } })
    },
    forget: key => void known.delete(key),
  }
}

/** A clock that was set back keeps nothing from being told. */
function isTold(telling: Telling | undefined, now: Instant): boolean {
  return telling !== undefined && isWithin(delayAfter(telling.times, TELL_AGAIN), telling.at, now)
}

function identityOf(write: Write): string {
  if (write.verb !== 'create') {
    const part = write.verb === 'patch' ? (write.subresource ?? '') : ''
    return `${write.verb} ${refKey(write.target)} ${part}`
  }
  const { apiVersion, kind, metadata } = write.object
  const name = metadata.name || metadata.generateName
  return `create ${apiVersion} ${kind} ${metadata.namespace ?? ''} ${name}`
}

function hashOf(...parts: readonly string[]): number {
  return fnv1a(new TextEncoder().encode(parts.join('\n')))
}
