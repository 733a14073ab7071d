// Whether a change is no more than a holder saying again that it is there. Such a change need not survive a crash: the
// next one comes in seconds, and nobody has come to hold anything by it.
import { asJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { record } from '../../std/json-parts.ts'
import type { Json } from '../../std/json.ts'
import type { Committed } from '../storage/store.ts'

export function isRenewal({ resource, value, previous }: Committed): boolean {
  if (resource !== 'coordination.k8s.io/leases' || value === undefined || previous === undefined) return false
  return equal(withoutTime(value), withoutTime(previous))
}

function withoutTime(lease: KubeObject): Json {
  const { spec, metadata, ...rest } = asJson(lease)
  const { renewTime: _, ...held } = record(spec)
  const { resourceVersion: __, managedFields: ___, ...named } = record(metadata)
  return { ...rest, spec: held, metadata: named }
}
