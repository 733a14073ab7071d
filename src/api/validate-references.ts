// What a Rollout names must be there and fit it: Services, analysis templates, Ingresses, the objects of its routers.
// Existence comes first and stops at the first thing that is missing; then the contents of all are looked at.
import type { Service } from '../kube/core.ts'
import { INGRESS, SERVICE } from '../kube/kinds.ts'
import { refKey, resourceName } from '../kube/object.ts'
import type { KubeObject, ObjectRef } from '../kube/object.ts'
import { list, record, text } from '../std/json-parts.ts'
import type { AnalysisTemplate, AnalysisTemplateRef } from './analysis.ts'
import type { FieldError } from './field-error.ts'
import { internal, invalid } from './field-error.ts'
import type { FoundObjects, NamedAnalysis, Reference } from './references.ts'
import { analysesOf, ingressReferences, serviceReferences, templateRef, templatesOf } from './references.ts'
import type { Rollout } from './rollout.ts'
import { managedNameErrors } from './validation/managed-routes.ts'
import { routerConfigErrors } from './validation/router-config.ts'
import { MANAGED_BY_ROLLOUTS, POD_TEMPLATE_HASH } from './words.ts'

type Errors = readonly FieldError[]

export interface ReferenceCheck {
  readonly found: FoundObjects
  /** The objects of meshes and gateways that the routers want to be there. */
  readonly routerReferences?: readonly Reference[]
}

/** `rollout`: with the pod template of its workload filled in. */
export function validateReferences(rollout: Rollout, check: ReferenceCheck): Errors {
  const { found, routerReferences = [] } = check
  const services = serviceReferences(rollout)
  const ingresses = ingressReferences(rollout)
  const missing = [
    ...missingErrors(services, found),
    ...analysesOf(rollout).flatMap(analysis => missingTemplates(rollout, analysis, found)),
    ...routerConfigErrors(rollout),
    ...managedNameErrors(rollout),
    ...missingErrors([...ingresses, ...routerReferences], found),
  ]
  if (missing[0] !== undefined) return [missing[0]]
  return [
    ...services.flatMap(service => serviceErrors(rollout, service, found)),
    ...analysesOf(rollout).flatMap(analysis => templateErrors(rollout, analysis, found)),
    ...ingresses.flatMap(ingress => ingressErrors(ingress, found)),
  ]
}

function missingErrors(references: readonly Reference[], found: FoundObjects): Errors {
  return references
    .filter(({ ref }) => found[refKey(ref)] === undefined)
    .map(({ path, ref, quoted = ref.name }) =>
      invalid(
        { path, value: quoted, cure: `Create it, or name another.` },
        `${notFoundName(ref)} "${ref.name}" not found`,
      ),
    )
}

/** Built-in kinds are named in the singular, the kinds of others in the plural. */
function notFoundName({ kind }: ObjectRef): string {
  if (kind === SERVICE || kind === INGRESS) return resourceName({ ...kind, plural: kind.kind.toLowerCase() })
  return resourceName(kind)
}

function serviceErrors(rollout: Rollout, { path, ref }: Reference, found: FoundObjects): Errors {
  const service = found[refKey(ref)] as Service
  const labels = rollout.spec.template?.metadata?.labels ?? {}
  const selector = Object.entries(service.spec.selector ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const manager = service.metadata.annotations?.[MANAGED_BY_ROLLOUTS]
  const unmatched = selector.filter(([key, value]) => key !== POD_TEMPLATE_HASH && labels[key] !== value)
  const place = { path, value: ref.name, cure: 'Let the Service select labels of the pod template.' }
  return [
    ...unmatched.map(([key]) =>
      invalid(place, `Service "${ref.name}" has unmatch label "${key}" in rollout`),
    ),
    ...(manager !== undefined && manager !== rollout.metadata.name
      ? [
          invalid(
            { ...place, cure: 'Use a Service of its own for each Rollout.' },
            `Service "${ref.name}" is managed by another Rollout`,
          ),
        ]
      : []),
  ]
}

function ingressErrors({ path, ref, quoted, backend = '' }: Reference, found: FoundObjects): Errors {
  if (serviceNamesIn(found[refKey(ref)]).includes(backend)) return []
  const place = { path, value: Array.isArray(quoted) ? ref.name : (quoted ?? ref.name) }
  const problem = `ingress \`${ref.name}\` has no rules using service ${backend} backend`
  return [invalid({ ...place, cure: 'Add a rule that routes to the Service.' }, problem)]
}

/** An Ingress that nobody can read names none. */
function serviceNamesIn(ingress: KubeObject | undefined): readonly string[] {
  const { spec } = record(ingress)
  const paths = list(record(spec)['rules']).flatMap(rule => list(record(record(rule)['http'])['paths']))
  return paths.map(path => text(record(record(record(path)['backend'])['service'])['name']))
}

function missingTemplates(rollout: Rollout, { path, analysis }: NamedAnalysis, found: FoundObjects): Errors {
  const references = analysis.templates ?? []
  const inner = templatesOf(rollout, references, found).flatMap(template => template.spec.templates ?? [])
  const problems = (at: string, named: readonly AnalysisTemplateRef[]) =>
    named.flatMap(one => {
      const ref = templateRef(rollout, one)
      if (found[refKey(ref)] !== undefined) return []
      const place = { path: at, value: ref.name, cure: 'Create the template, or name another.' }
      return [invalid(place, `${ref.kind.kind} '${ref.name}' not found`)]
    })
  return [...problems(path, references), ...problems('spec.templates', inner)]
}

function templateErrors(rollout: Rollout, named: NamedAnalysis, found: FoundObjects): Errors {
  const templates = templatesOf(rollout, named.analysis.templates ?? [], found)
  return templates.flatMap(template =>
    named.isBackground ? missingArguments(named, template) : endlessMetrics(named, template),
  )
}

/** What a step or a promotion waits for must end by itself. */
function endlessMetrics({ path }: NamedAnalysis, template: AnalysisTemplate): Errors {
  const { name } = template.metadata
  const place = { path, value: name, cure: 'Write a count.' }
  return (template.spec.metrics ?? [])
    .filter(({ count, interval = '' }) => interval !== '' && (count === undefined || Number(count) === 0))
    .map(metric =>
      invalid(
        place,
        `AnalysisTemplate ${name} has metric ${metric.name} which runs indefinitely.` +
          ` Invalid value for count: ${metric.count ?? '<nil>'}`,
      ),
    )
}

function missingArguments({ path, analysis }: NamedAnalysis, template: AnalysisTemplate): Errors {
  const { name } = template.metadata
  const place = { path, value: name, cure: 'Give the argument a value in `args`.' }
  return (template.spec.args ?? [])
    .filter(arg => arg.value === undefined && arg.valueFrom === undefined)
    .filter(arg => !(analysis.args ?? []).some(given => given.name === arg.name))
    .map(arg =>
      invalid(place, analysis.args === undefined ? 'missing analysis arguments in rollout spec' : arg.name),
    )
}

/** A workload whose template is wanted, of a kind that has none. Compat: without a path. */
export function workloadKindError({ spec }: Rollout): FieldError | undefined {
  const { apiVersion = '', kind = '' } = spec.workloadRef ?? { kind: 'Deployment' }
  if (['Deployment', 'ReplicaSet', 'PodTemplate'].includes(kind)) return undefined
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const message = `workload of type ${group}/${kind} is not supported`
  const place = { path: '', value: kind, cure: 'Name a Deployment, a ReplicaSet or a PodTemplate.' }
  return { ...internal(place, message), message }
}
