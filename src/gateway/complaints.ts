// Says what is wrong with a route where its author looks: an Event on the object, once, and a line of the log.
import type { Clock } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import type { ObjectRef, RefKey } from '../kube/object.ts'
import { createRecorder } from '../runtime/loop/recorder.ts'
import type { Subject } from '../runtime/loop/recorder.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Notice } from './routes/route-family.ts'

export interface ComplaintOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  /** The object that asked for a route, as long as it is there. */
  find(from: RefKey): Subject | undefined
}

const MOST = 100

/** Told of all that is wrong now; what it has said before it does not say again until it has been mended. */
export function complaints(options: ComplaintOptions): (notices: readonly Notice[]) => void {
  const { clock } = options
  const recorder = createRecorder('gateway')
  let said = new Set<string>()
  const tell = ({ reason, message }: Notice, subject: Subject): void => {
    const log = options.log.with({ object: nameOf(subject.ref) })
    log.warn(message)
    const event = recorder.record({ type: 'Warning', reason, message }, subject, clock.now())
    options.client
      .write(event)
      .catch((error: unknown) => log.warn('an event could not be written', { error: String(error) }))
  }
  return notices => {
    const now = new Set<string>()
    for (const one of notices) {
      if (now.size >= MOST) break
      const key = `${one.from}\n${one.message}`
      const subject = now.has(key) ? undefined : options.find(one.from)
      if (subject === undefined) continue
      now.add(key)
      if (!said.has(key)) tell(one, subject)
    }
    said = now
  }
}

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind.kind} ${namespace ?? ''}/${name}`
}
