// Kubernetes Events in client-go's shape: a note becomes a new Event, or one more count of the same one. Pure
// of IO; the loop sends the writes in lanes of their own. Nothing is dropped by a filter; what is remembered
// is bounded.
import { EVENT } from '../../kube/kinds.ts'
import { apiVersionOf, fromJson } from '../../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { EventNote, Write } from '../../kube/write.ts'
import { printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'

/** What an Event is about: the object as the cache has it, or a reference alone when it is gone. */
export interface Subject {
  readonly ref: ObjectRef
  readonly object: KubeObject | undefined
}

export interface Recorder {
  record(note: EventNote, subject: Subject, now: Instant): Write
  /** The same Event under a fresh name: when its name is taken, or the one to be counted has expired. */
  renew(note: EventNote, subject: Subject, now: Instant): Write
}

interface Said {
  readonly name: string
  readonly namespace: string
  readonly firstTimestamp: string
  readonly count: number
}

const REMEMBERED = 4096

export function createRecorder(component: string): Recorder {
  const said = new Map<string, Said>()
  let lastNanos = 0n

  /** Hexadecimal nanoseconds that never repeat and sort as they were drawn. */
  const nextHex = (now: Instant): string => {
    const nanos = BigInt(Math.floor(now)) * 1_000_000n
    lastNanos = nanos > lastNanos ? nanos : lastNanos + 1n
    return lastNanos.toString(16)
  }
  const remember = (fingerprint: string, event: Said): Said => {
    said.delete(fingerprint)
    said.set(fingerprint, event)
    if (said.size > REMEMBERED) said.delete(said.keys().next().value as string)
    return event
  }
  const create = (note: EventNote, subject: Subject, at: { event: Said; now: Instant }): Write => ({
    verb: 'create',
    why: whyOf(note),
    object: eventObject(note, subject, { component, ...at }),
  })
  const named = (subject: Subject, now: Instant) => ({
    name: `${subject.ref.name}.${nextHex(now)}`,
    // Objects outside of namespaces have their Events in `default`.
    namespace: subject.ref.namespace ?? 'default',
  })

  return {
    record(note, subject, now) {
      const fingerprint = fingerprintOf(note, subject)
      const before = said.get(fingerprint)
      if (before !== undefined)
        return countWrite(note, remember(fingerprint, { ...before, count: before.count + 1 }), now)
      const first = { ...named(subject, now), firstTimestamp: printInstant(now), count: 1 }
      return create(note, subject, { event: remember(fingerprint, first), now })
    },
    renew(note, subject, now) {
      const fingerprint = fingerprintOf(note, subject)
      const before = said.get(fingerprint) ?? { firstTimestamp: printInstant(now), count: 1 }
      const event = remember(fingerprint, { ...before, ...named(subject, now) })
      return create(note, subject, { event, now })
    },
  }
}

function whyOf(note: EventNote): string {
  return `event ${note.reason}: ${note.message}`
}

function countWrite(note: EventNote, event: Said, now: Instant): Write {
  return {
    verb: 'patch',
    why: whyOf(note),
    target: { kind: EVENT, name: event.name, namespace: event.namespace },
    patch: { count: event.count, lastTimestamp: printInstant(now) },
  }
}

function fingerprintOf(note: EventNote, subject: Subject): string {
  const { ref, object } = subject
  return JSON.stringify([
    apiVersionOf(ref.kind),
    ref.kind.kind,
    ref.namespace ?? '',
    ref.name,
    object?.metadata.uid ?? '',
    note.part ?? '',
    note.source ?? '',
    note.type,
    note.reason,
    note.message,
  ])
}

function eventObject(
  note: EventNote,
  subject: Subject,
  from: { component: string; event: Said; now: Instant },
): KubeObject {
  const { name, namespace, firstTimestamp, count } = from.event
  const component = note.source ?? from.component
  return fromJson({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      ...involved(subject.ref.kind, subject),
      ...(note.part === undefined ? {} : { fieldPath: note.part }),
    },
    reason: note.reason,
    message: note.message,
    type: note.type,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    firstTimestamp,
    lastTimestamp: printInstant(from.now),
    count,
  })
}

function involved(kind: Kind, { ref, object }: Subject): Readonly<Record<string, string>> {
  const { uid, resourceVersion } = object?.metadata ?? {}
  return {
    kind: kind.kind,
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
    name: ref.name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion: apiVersionOf(kind),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
