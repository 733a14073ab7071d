// A manifest as a strict reader has it: the first field that nobody knows, or whose type is wrong, in the words of Go's
// JSON decoder, as `lint` has always said it. Fields are met in the order of their names, for YAML becomes JSON first.
import { KUBERNETES_TYPES } from '../kube/go-print.ts'
import { parseQuantity } from '../kube/quantity.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import { goField, GO_TYPES } from './malformed.ts'
import type { Rollout } from './rollout.ts'
import { rolloutSpec } from './rollout.ts'
import type { Schema } from './schema.ts'

/** A type, however it is known: by our schema or by Kubernetes' table. */
type Type =
  | { readonly scalar: 'string' | 'bool' | 'int32' | 'int64' | 'quantity' | 'int-or-string' | 'anything' }
  | { readonly list: Type }
  | { readonly map: Type }
  | { readonly struct: string; readonly field: (name: string) => Type | undefined }

interface At {
  readonly struct: string
  readonly path: string
}

/** Undefined when a strict reader takes the spec. */
export function decodeProblem(rollout: Rollout): string | undefined {
  const type = typeOf(rolloutSpec, 'spec')
  return problemIn(type, rollout.spec as Json, { struct: 'Rollout', path: 'spec' })
}

const NAMES: Readonly<Record<string, string>> = {
  spec: 'RolloutSpec',
  strategy: 'RolloutStrategy',
  blueGreen: 'BlueGreenStrategy',
  canary: 'CanaryStrategy',
  steps: 'CanaryStep',
  pause: 'RolloutPause',
  workloadRef: 'ObjectRef',
  rollbackWindow: 'RollbackWindowSpec',
  analysis: 'RolloutAnalysis',
  prePromotionAnalysis: 'RolloutAnalysis',
  postPromotionAnalysis: 'RolloutAnalysis',
  experiment: 'RolloutExperimentStep',
  trafficRouting: 'RolloutTrafficRouting',
  pingPong: 'PingPongSpec',
  istio: 'IstioTrafficRouting',
  nginx: 'NginxTrafficRouting',
  alb: 'ALBTrafficRouting',
  smi: 'SMITrafficRouting',
  ambassador: 'AmbassadorTrafficRouting',
  traefik: 'TraefikTrafficRouting',
  apisix: 'ApisixTrafficRouting',
  previewMetadata: 'PodTemplateMetadata',
  activeMetadata: 'PodTemplateMetadata',
  canaryMetadata: 'PodTemplateMetadata',
  stableMetadata: 'PodTemplateMetadata',
}

function typeOf({ shape }: Schema, name: string): Type {
  switch (shape.kind) {
    case 'string':
      return { scalar: 'string' }
    case 'boolean':
      return { scalar: 'bool' }
    case 'integer':
      return { scalar: shape.bits === 32 ? 'int32' : 'int64' }
    case 'int-or-string':
      return { scalar: 'int-or-string' }
    case 'list':
      return { list: typeOf(shape.of, name) }
    case 'map':
      return { map: typeOf(shape.of, name) }
    case 'kubernetes':
      return goType(GO_TYPES[shape.type])
    case 'object':
      return {
        struct: NAMES[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        field: field =>
          Object.hasOwn(shape.fields, field) ? typeOf(shape.fields[field] as Schema, field) : undefined,
      }
    default:
      return { scalar: 'anything' }
  }
}

const GO_SCALARS: Readonly<Record<string, Type>> = {
  string: { scalar: 'string' },
  bool: { scalar: 'bool' },
  int32: { scalar: 'int32' },
  int64: { scalar: 'int64' },
  'apimachinery.pkg.api.resource.Quantity': { scalar: 'quantity' },
  'apimachinery.pkg.util.intstr.IntOrString': { scalar: 'int-or-string' },
}

function goType(name: string): Type {
  const scalar = GO_SCALARS[name]
  if (scalar !== undefined) return scalar
  if (KUBERNETES_TYPES[name] === undefined) return { scalar: 'anything' }
  const field = (wanted: string): Type | undefined => {
    const found = goField(name, wanted)
    if (found === undefined) return undefined
    const type = goType(found[1])
    if (found[3].includes('m')) return { map: type }
    return found[3].includes('r') ? { list: type } : type
  }
  return { struct: name.slice(name.lastIndexOf('.') + 1), field }
}

function problemIn(type: Type, value: Json, at: At): string | undefined {
  if (value === null) return undefined
  if ('scalar' in type) return scalarProblem(type.scalar, value, at)
  if ('list' in type) {
    if (!Array.isArray(value)) return mismatch(value, at, 'slice')
    return first(value as readonly Json[], one => problemIn(type.list, one, at))
  }
  if (!isJsonObject(value)) return mismatch(value, at, 'struct' in type ? `v1alpha1.${type.struct}` : 'map')
  const names = Object.keys(value).toSorted()
  if ('map' in type) return first(names, name => problemIn(type.map, value[name] as Json, at))
  return first(names, name => {
    const field = type.field(name)
    if (field === undefined) return `json: unknown field ${JSON.stringify(name)}`
    return problemIn(field, value[name] as Json, { struct: type.struct, path: `${at.path}.${name}` })
  })
}

function first<T>(list: readonly T[], problemOf: (one: T) => string | undefined): string | undefined {
  for (const one of list) {
    const problem = problemOf(one)
    if (problem !== undefined) return problem
  }
  return undefined
}

const QUANTITY_PROBLEM =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

function scalarProblem(scalar: string, value: Json, at: At): string | undefined {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? undefined : mismatch(value, at, scalar)
    case 'bool':
      return typeof value === 'boolean' ? undefined : mismatch(value, at, scalar)
    case 'int32':
    case 'int64':
      return Number.isInteger(value) ? undefined : mismatch(value, at, scalar)
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value) ? undefined : mismatch(value, at, 'int32')
    case 'quantity':
      return (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined
        ? undefined
        : QUANTITY_PROBLEM
    default:
      return undefined
  }
}

function mismatch(value: Json, { struct, path }: At, wanted: string): string {
  return `json: cannot unmarshal ${wordFor(value, wanted)} into Go struct field ${struct}.${path} of type ${wanted}`
}

function wordFor(value: Json, wanted: string): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' && wanted.startsWith('int') ? `number ${value}` : typeof value
}
