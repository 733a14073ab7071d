// CustomResourceDefinitions: are the names free, which versions hold objects, what is their state. Ours are
// established at once: the names are checked while the write is prepared.
import { asJson } from '../../../kube/object.ts'
import type { Instant } from '../../../std/instant.ts'
import { printInstant } from '../../../std/instant.ts'
import { equal } from '../../../std/equal.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { validateDefinition } from '../../schema/definition-validation.ts'
import { invalid } from '../../schema/field-errors.ts'
import type { FieldProblem } from '../../schema/field-errors.ts'
import { lackingRules } from '../../schema/lacking-rules.ts'
import type { Hooks, Surroundings } from '../behaviour.ts'
import { metaOf } from '../metadata.ts'
import { list, record, text, withFields } from '../../../std/json-parts.ts'

export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'
const RESOURCE = 'apiextensions.k8s.io/customresourcedefinitions'

export const definitions: Hooks = {
  cleanupFinalizer: CLEANUP,
  bumpsGeneration: (object, old) => !equal(object['spec'], old['spec']),
  prepareCreate(object, around) {
    lackingRules(object).forEach(around.warn)
    return withFields(object, { status: statusOf(object, undefined, around) })
  },
  prepareUpdate(object, old, around) {
    if (!equal(object['spec'], old['spec'])) lackingRules(object).forEach(around.warn)
    return withFields(object, { status: statusOf(object, old, around) })
  },
  validate: (object, old) => [...validateDefinition(object, old), ...validateStored(object)],
}

function validateStored(object: JsonObject): readonly FieldProblem[] {
  if (list(record(object['status'])['storedVersions']).length > 0) return []
  return [invalid('status.storedVersions', null, 'must have at least one stored version')]
}

function statusOf(object: JsonObject, old: JsonObject | undefined, around: Surroundings): JsonObject {
  const spec = record(object['spec'])
  const before = record(old?.['status'])
  const conflict = nameConflict(object, around)
  const stored = list(spec['versions'])
    .map(record)
    .filter(version => version['storage'] === true)
    .map(version => text(version['name']))
  const storedVersions = [...new Set([...list(before['storedVersions']).map(text), ...stored])]
  const names = conflict ? (before['acceptedNames'] ?? { plural: '', kind: '' }) : (spec['names'] ?? {})
  const accepted = withCondition(
    { ...before, acceptedNames: names, storedVersions },
    namesCondition(conflict, around.now),
  )
  if (conflict && !isTrue(before, 'Established')) return withCondition(accepted, notEstablished(around.now))
  return withCondition(accepted, established(around.now))
}

function namesCondition(conflict: Conflict | undefined, now: Instant): JsonObject {
  return {
    type: 'NamesAccepted',
    status: conflict ? 'False' : 'True',
    lastTransitionTime: printInstant(now),
    reason: conflict ? conflict.reason : 'NoConflicts',
    message: conflict ? conflict.message : 'no conflicts found',
  }
}

function established(now: Instant): JsonObject {
  return {
    type: 'Established',
    status: 'True',
    lastTransitionTime: printInstant(now),
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  }
}

function notEstablished(now: Instant): JsonObject {
  return {
    type: 'Established',
    status: 'False',
    lastTransitionTime: printInstant(now),
    reason: 'NotAccepted',
    message: 'not all names are accepted',
  }
}

function isTrue(status: JsonObject, type: string): boolean {
  return list(status['conditions'])
    .map(record)
    .some(one => one['type'] === type && one['status'] === 'True')
}

/** The status with a condition set; one that says the same already keeps its time. */
export function withCondition(status: JsonObject, condition: JsonObject): JsonObject {
  const conditions = list(status['conditions']).map(record)
  const standing = conditions.find(one => one['type'] === condition['type'])
  if (!standing) return withFields(status, { conditions: [...conditions, condition] })
  const isSame = standing['status'] === condition['status']
  const next: JsonObject = isSame
    ? { ...condition, lastTransitionTime: standing['lastTransitionTime'] as Json }
    : condition
  return withFields(status, { conditions: conditions.map(one => (one === standing ? next : one)) })
}

interface Conflict {
  readonly reason: string
  readonly message: string
}

/** A name that another definition of the group has taken. */
function nameConflict(object: JsonObject, around: Surroundings): Conflict | undefined {
  const spec = record(object['spec'])
  const others = around
    .all(RESOURCE)
    .map(asJson)
    .filter(one => text(record(one['spec'])['group']) === text(spec['group']))
    .filter(one => text(metaOf(one)['name']) !== text(metaOf(object)['name']))
    .map(one => record(record(one['status'])['acceptedNames']))
  const names = record(spec['names'])
  const takenNames = new Set(
    others.flatMap(one => [one['plural'], one['singular'], ...list(one['shortNames'])]),
  )
  const takenKinds = new Set(others.flatMap(one => [one['kind'], one['listKind']]))
  const wanted = [
    ['PluralConflict', names['plural'], takenNames],
    ['SingularConflict', names['singular'], takenNames],
    ...list(names['shortNames']).map(one => ['ShortNamesConflict', one, takenNames] as const),
    ['KindConflict', names['kind'], takenKinds],
    ['ListKindConflict', names['listKind'], takenKinds],
  ] as const
  const found = wanted.find(([, name, taken]) => name !== undefined && taken.has(name))
  return found && { reason: found[0], message: `${JSON.stringify(found[1])} is already in use` }
}
