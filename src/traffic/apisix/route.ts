// An ApisixRoute as it should be: the backends of the named rules, and the route of our own that a header step makes.
import { asJson, fromJson, ownerReference, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, text } from '../../std/json-parts.ts'
import { byName, pairBack, pairProblem, pairShare, weighedPair } from '../pair.ts'
import type { PairOptions, Side } from '../pair.ts'
import type { Services, TrafficIntent } from '../router.ts'

export interface RuleParts {
  /** Names of the rules that are ours. */
  readonly rules: readonly string[]
  readonly services: Services
}

const ALL = 100

function pairOf({ services }: RuleParts): PairOptions {
  return { sideOf: byName(services, 'serviceName'), usual: ALL }
}

function rulesIn(route: KubeObject): readonly JsonObject[] {
  return objects(specOf(route)['http'])
}

function isRuleList(route: KubeObject): boolean {
  const written = specOf(route)['http']
  return !Array.isArray(written) || written.length === rulesIn(route).length
}

/** Why the named rules cannot be weighed; undefined when they can. */
export function rulesProblem(route: KubeObject, parts: RuleParts): string | undefined {
  const rules = rulesIn(route)
  if (!isRuleList(route)) return 'the rules are malformed'
  for (const name of parts.rules) {
    const rule = rules.find(one => one['name'] === name)
    if (rule === undefined) return `Apisix http route rule ${name} not found`
    const problem = pairProblem(objects(rule['backends']), pairOf(parts))
    if (problem === undefined) continue
    if ('missing' in problem) return `apisix route ${parts.services[problem.missing]} backend was not found`
    if ('twice' in problem) return `apisix route ${parts.services[problem.twice]} backend is named twice`
    return `the weight ${JSON.stringify(problem.odd)} is none`
  }
  return undefined
}

export function withWeights(
  route: KubeObject,
  parts: RuleParts,
  weights: Readonly<Record<Side, number>>,
): KubeObject {
  return withRules(route, parts, rule => ({
    ...rule,
    backends: weighedPair(objects(rule['backends']), pairOf(parts), weights),
  }))
}

/** All to the stable Service, in each rule that has both. */
export function withoutCanary(route: KubeObject, parts: RuleParts): KubeObject {
  if (!isRuleList(route)) return route
  return withRules(route, parts, rule => ({
    ...rule,
    backends: pairBack(objects(rule['backends']), pairOf(parts), ALL),
  }))
}

function withRules(
  route: KubeObject,
  { rules }: RuleParts,
  changed: (rule: JsonObject) => JsonObject,
): KubeObject {
  const http = rulesIn(route).map(rule => (rules.includes(text(rule['name'])) ? changed(rule) : rule))
  return fromJson({ ...asJson(route), spec: { ...specOf(route), http } } as JsonObject)
}

/** The largest share that one of the rules gives the canary. */
export function routeShare(route: KubeObject, parts: RuleParts): number | undefined {
  const said = rulesIn(route)
    .filter(rule => parts.rules.includes(text(rule['name'])))
    .map(rule => pairShare(objects(rule['backends']), pairOf(parts), ALL))
    .filter(share => share !== undefined)
  return said.length === 0 ? undefined : Math.max(...said)
}

interface Made {
  readonly parts: RuleParts
  readonly existing: KubeObject | undefined
  readonly rollout: KubeObject
}

/** A copy of the user's route whose named rules send requests with the header to the canary alone. */
export function headerRoute(
  { name, match }: TrafficIntent['headerRoutes'][number],
  base: KubeObject,
  { parts, existing, rollout }: Made,
): KubeObject {
  const { sideOf } = pairOf(parts)
  const copied = withRules(base, parts, rule => ({
    ...rule,
    backends: objects(rule['backends'])
      .filter(backend => sideOf(backend) !== 'stable')
      .map(backend => (sideOf(backend) === 'canary' ? { ...backend, weight: ALL } : backend)),
    priority: (typeof rule['priority'] === 'number' ? rule['priority'] : 0) + 1,
    match: { ...record(rule['match']), exprs: match.map(expression) },
  }))
  const { namespace = '' } = base.metadata
  const metadata = existing?.metadata ?? { name, namespace, ownerReferences: [ownerReference(rollout)] }
  const { apiVersion, kind } = base
  return fromJson({
    ...asJson(existing ?? { apiVersion, kind }),
    metadata: asJson(metadata),
    spec: specOf(copied),
  } as JsonObject)
}

function expression({
  headerName,
  headerValue,
}: TrafficIntent['headerRoutes'][number]['match'][number]): JsonObject {
  const subject = { scope: 'Header', name: headerName }
  const { exact = '', prefix = '', regex = '' } = headerValue
  if (exact !== '') return { subject, op: 'Equal', value: exact }
  return { subject, op: 'RegexMatch', value: prefix === '' ? regex : `^${prefix}.*` }
}
