// Events: selected by what they are about. Two groups serve the same objects: the core one, which keeps them, and
// events.k8s.io, which has other names for some fields and asks for more.
import type { Json, JsonObject } from '../../../std/json.ts'
import { validateEvent, validateNewEvent } from '../../schema/validation/object-validation.ts'
import type { Hooks } from '../behaviour.ts'
import { record, text } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'

const ABOUT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

export const events: Hooks = {
  createsOnUpdate: true,
  validate: validateEvent,
  fields: event => fieldsOf(event),
}

/** Field of events.k8s.io → the field that is kept. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
}
const SHOWN_NAMES = Object.fromEntries(Object.entries(OTHER_NAMES).map(([shown, kept]) => [kept, shown]))

export function storedEvent(shown: JsonObject): JsonObject {
  return { ...renamed(shown, OTHER_NAMES), apiVersion: 'v1' }
}

export function shownEvent(stored: JsonObject): JsonObject {
  return { ...renamed(stored, SHOWN_NAMES), apiVersion: 'events.k8s.io/v1' }
}

function renamed(event: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  const entries = Object.entries(event).map(([field, value]): [string, Json] => [
    own(names, field) ?? field,
    value,
  ])
  return Object.fromEntries(entries)
}

export const newEvents: Hooks = {
  validate: (event, old) => [
    ...validateEvent(storedEvent(event)),
    ...(old === undefined ? validateNewEvent(event) : []),
  ],
  fields: event =>
    Object.fromEntries(
      Object.entries(fieldsOf(event)).flatMap(([field, value]) => {
        const [head = '', ...rest] = field.split('.')
        return head === 'source' ? [] : [[[own(SHOWN_NAMES, head) ?? head, ...rest].join('.'), value]]
      }),
    ),
}

function fieldsOf(event: JsonObject): Readonly<Record<string, string>> {
  const about = record(event['involvedObject'])
  return {
    ...Object.fromEntries(ABOUT.map(field => [`involvedObject.${field}`, text(about[field])])),
    reason: text(event['reason']),
    reportingComponent: text(event['reportingComponent']),
    source: text(record(event['source'])['component']),
    type: text(event['type']),
  }
}
