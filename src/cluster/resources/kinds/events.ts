// Events: selected by what they are about.
import type { JsonObject } from '../../../std/json.ts'
import { validateEvent } from '../../schema/validation/object-validation.ts'
import type { Hooks } from '../behaviour.ts'
import { record, text } from '../../../std/json-parts.ts'

const ABOUT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

export const events: Hooks = {
  createsOnUpdate: true,
  validate: validateEvent,
  fields: event => fieldsOf(event),
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
