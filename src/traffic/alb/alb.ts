// AWS Load Balancer Controller: the weights are an annotation of the user's Ingress, whose rule names it as its
// backend. Of a pair of Services that swap roles the action always names both.
import type { FieldError } from '../../api/field-error.ts'
import { MANAGED_ALB } from '../../api/words.ts'
import { INGRESS } from '../../kube/kinds.ts'
import type { Ingress } from '../../kube/networking.ts'
import { asJson, refKey } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import type { EventNote } from '../../kube/write.ts'
import { equal } from '../../std/equal.ts'
import { list, objects, record, text } from '../../std/json-parts.ts'
import type { Binding, Found, Placed, Routed, TrafficIntent, TrafficRouter, Weights } from '../router.ts'
import { isText, listOf, optional, shape } from '../shape.ts'
import { largestOf, shareOf, withOthers } from '../weights.ts'
import { groupsIn } from './action.ts'
import { hasHeaderRoute, notesIn, withoutWeights, withWeights } from './ingress.ts'
import { ingressOwners, unmarkedIngress } from './unmarked.ts'
import type { AlbParts } from './ingress.ts'
import { actionKey, albConfig, routeKeys, stickinessProblem } from './settings.ts'
import type { AlbConfig } from './settings.ts'

type Bound = Binding<AlbConfig>
type Refused = Exclude<Routed, { readonly placed: unknown }>

const ALL = 100

export const alb: TrafficRouter<AlbConfig> = {
  name: 'ALB',
  field: 'alb',
  kinds: [INGRESS],
  can: { headerRoutes: true, mirrorRoutes: false },
  marks: { kind: INGRESS, ownersIn: ingressOwners, without: unmarkedIngress },
  prefersSwapping: true,
  config: albConfig,
  refs: bound => bound.config.ingresses.map(name => refTo(bound, name)),
  route(bound, intent, found) {
    const problem = stickinessProblem(bound.config)
    if (problem !== undefined) {
      return refused(bound.config, '', { message: problem, cure: 'Give stickinessConfig such a duration.' })
    }
    const placed: Placed[] = []
    for (const name of bound.config.ingresses) {
      const one = placedIngress(name, { bound, intent, found })
      if (!('ref' in one)) return one
      placed.push(one)
    }
    return { placed }
  },
  read(bound, found) {
    const all = bound.config.ingresses.map(name => ingressIn(bound, name, found))
    const said = largestOf(
      all.map(one => weightSaid(one, bound)),
      ALL,
    )
    const weights = withOthers(
      said,
      all.map(one => othersSaid(one, bound)),
    )
    const byHeader = all.some(one => one !== undefined && hasHeaderRoute(one, partsOf(bound).config))
    return weights && byHeader ? { ...weights, byHeader } : weights
  },
  leave(bound, _at, found) {
    return { placed: bound.config.ingresses.flatMap(name => leftIngress(bound, name, found)) }
  },
}

function refTo({ rollout }: Bound, name: string): ObjectRef {
  return { kind: INGRESS, namespace: rollout.metadata.namespace ?? '', name }
}

function ingressIn(bound: Bound, name: string, found: Found): Ingress | undefined {
  return found[refKey(refTo(bound, name))] as Ingress | undefined
}

function partsOf({ config, services, rollout }: Bound): AlbParts {
  const own = [config.root, services.stable, services.canary]
  const managed = config.managed.filter(name => !own.includes(name))
  return { config: { ...config, managed }, services, rollout: rollout.metadata.name }
}

function refused({ path }: AlbConfig, value: string, said: Pick<FieldError, 'message' | 'cure'>): Refused {
  return { invalid: { path, value, ...said } }
}

const isPath = shape({ backend: optional(shape({ service: optional(shape({ name: optional(isText) })) })) })
const isRule = shape({ http: optional(shape({ paths: optional(listOf(isPath)) })) })
const isIngress = shape({ spec: shape({ rules: optional(listOf(isRule)) }) })

interface Pass {
  readonly bound: Bound
  readonly intent: TrafficIntent
  readonly found: Found
}

function placedIngress(name: string, { bound, intent, found }: Pass): Placed | Refused {
  const { config, services } = bound
  const ingress = ingressIn(bound, name, found)
  if (ingress === undefined) {
    const message = `ingress.networking.k8s.io "${name}" not found`
    return refused(config, name, { message, cure: 'Create the Ingress, or correct the name.' })
  }
  if (!isIngress(ingress)) {
    const cure = 'Correct the rules of the Ingress.'
    return refused(config, name, { message: `ingress \`${name}\` is malformed`, cure })
  }
  const root = config.root === '' ? services.stable : config.root
  if (!backendsOf(ingress).includes(root)) {
    const message = `ingress \`${name}\` has no rules using service ${root} backend`
    return refused(config, name, { message, cure: `Give it a rule whose backend is the Service ${root}.` })
  }
  const other = otherOwner(ingress, bound)
  if (other !== undefined) {
    const message = `the action of Service ${root} in ingress \`${name}\` is managed by another Rollout, ${other}`
    return refused(config, name, { message, cure: 'Give each Rollout a root Service of its own.' })
  }
  const object = withWeights(ingress, partsOf(bound), intent)
  const { weight } = intent.canary
  return {
    ref: refTo(bound, name),
    object,
    why: `set the weights in Ingress ${name} to ${weight} canary, ${intent.stable.weight} stable`,
    event: updated(ingress, object, { bound, intent }),
  }
}

/** Whose the action is by the note, if it is not ours. */
function otherOwner(ingress: Ingress, { config, services, rollout }: Bound): string | undefined {
  const key = actionKey(config, services)
  const notes = Object.entries(notesIn(ingress.metadata.annotations?.[MANAGED_ALB]))
  return notes.find(([name, keys]) => name !== rollout.metadata.name && list(keys).includes(key))?.[0]
}

function backendsOf(ingress: Ingress): readonly string[] {
  const paths = objects(record(asJson(ingress.spec))['rules']).flatMap(rule =>
    objects(record(rule['http'])['paths']),
  )
  return paths.map(path => text(record(record(path['backend'])['service'])['name']))
}

function updated(before: Ingress, after: Ingress, { bound, intent }: Omit<Pass, 'found'>): EventNote {
  const { name } = before.metadata
  const say = (what: string): EventNote => ({
    type: 'Normal',
    reason: 'PatchingALBIngress',
    message: `Updating Ingress \`${name}\` ${what}`,
  })
  const isNew = (key: string) => before.metadata.annotations?.[key] !== after.metadata.annotations?.[key]
  if (isNew(actionKey(bound.config, bound.services))) return say(`to desiredWeight '${intent.canary.weight}'`)
  const header = intent.headerRoutes.find(one => routeKeys(bound.config, one.name).some(isNew))
  return say(header === undefined ? 'removing managed routes' : `to headerRoute '${header.name}'`)
}

/** Without an action the rule serves nobody. */
function weightSaid(ingress: Ingress | undefined, bound: Bound): number | undefined {
  const groups = groupsOf(ingress, bound)
  if (groups === undefined) return undefined
  const canary = weightOf(groups.filter(one => one.service === bound.services.canary))
  return shareOf(canary, weightOf(groups), ALL)
}

type Groups = NonNullable<ReturnType<typeof groupsIn>>

function groupsOf(ingress: Ingress | undefined, { config, services }: Bound): Groups | undefined {
  const annotations = record(ingress === undefined ? undefined : ingress.metadata.annotations)
  return groupsIn(text(annotations[actionKey(config, services)]))
}

function weightOf(groups: Groups): number {
  return groups.reduce((total, one) => total + one.weight, 0)
}

/** Whatever stands beside the two in an action that is ours is an experiment's. */
function othersSaid(ingress: Ingress | undefined, bound: Bound): Weights['others'] {
  const groups = groupsOf(ingress, bound) ?? []
  const { stable, canary } = bound.services
  const others = groups.filter(({ service }) => service !== stable && service !== canary)
  return Object.fromEntries(
    others.map(({ service, weight }) => [service, shareOf(weight, weightOf(groups), ALL)]),
  )
}

function leftIngress(bound: Bound, name: string, found: Found): readonly Placed[] {
  const ingress = ingressIn(bound, name, found)
  if (ingress === undefined || !isIngress(ingress) || otherOwner(ingress, bound) !== undefined) return []
  const object = withoutWeights(ingress, partsOf(bound))
  const why = `take the canary's weight out of Ingress ${name}, whose router was left`
  return isSame(ingress, object) ? [] : [{ ref: refTo(bound, name), object, why }]
}

/** An Ingress without annotations is one with none. */
function isSame(before: KubeObject, after: KubeObject): boolean {
  const plain = (one: KubeObject) =>
    asJson({ ...one, metadata: { ...one.metadata, annotations: { ...one.metadata.annotations } } })
  return equal(plain(before), plain(after))
}
