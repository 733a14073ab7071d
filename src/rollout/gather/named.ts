// Everything that a Rollout names: Services, templates, Ingresses, the objects of its routers, and of those that
// it has left. One list for gathering, for the index that finds the Rollouts which a change concerns, and for what is
// watched.
import type { AnalysisTemplate } from '../../api/analysis.ts'
import { analysesOf, referencedObjects, templateRef } from '../../api/references.ts'
import type { Rollout, RolloutSpec } from '../../api/rollout.ts'
import { REMEMBERED_ROUTING } from '../../api/words.ts'
import type { Cache } from '../../kube/cache.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { apiVersionOf, keyOf, parseKey, refKey } from '../../kube/object.ts'
import type { Key, ObjectRef, RefKey } from '../../kube/object.ts'
import { rememberedOn } from '../../std/remembered-on.ts'
import type { Found } from '../../traffic/router.ts'
import type { BoundRouter } from '../../traffic/registry.ts'
import { askedRouters, leftBy } from '../remembered.ts'

export function namedRefs(rollout: Rollout): readonly ObjectRef[] {
  return named(rollout).refs
}

/** Without those of routers that it has left. */
export function askedRefs(rollout: Rollout): readonly ObjectRef[] {
  return named(rollout).asked
}

/** Their keys, for the index. */
export function namedKeys(rollout: Rollout): readonly RefKey[] {
  return named(rollout).keys
}

interface Named {
  readonly refs: readonly ObjectRef[]
  readonly asked: readonly ObjectRef[]
  readonly keys: readonly RefKey[]
}

/** A status that moves changes no name. */
function named(rollout: Rollout): Named {
  return namedIn(rollout.spec, keyOf(rollout), rollout.metadata.annotations?.[REMEMBERED_ROUTING])
}

const namedIn = rememberedOn((spec: RolloutSpec, key: Key, routing: string | undefined): Named => {
  const { namespace, name } = parseKey(key)
  const annotations = routing === undefined ? {} : { [REMEMBERED_ROUTING]: routing }
  const metadata = { name, ...(namespace === '' ? {} : { namespace }), annotations }
  const rollout: Rollout = { apiVersion: apiVersionOf(ROLLOUT), kind: ROLLOUT.kind, metadata, spec }
  const objects = referencedObjects(rollout)
  const left = leftBy(rollout)
  const asked = [...objects, ...askedRouters(rollout, left).flatMap(router => router.refs)]
  const refs = [...asked, ...left.flatMap(one => one.routers).flatMap(router => router.refs)]
  return { refs, asked, keys: refs.map(refKey) }
})

/** What the objects that were found name in turn. */
export function linkedRefs(rollout: Rollout, found: Found): readonly ObjectRef[] {
  return allRouters(rollout).flatMap(router => router.linked(found))
}

/** Those that it asks for, and those that it has left and that still have something to do. */
export function allRouters(rollout: Rollout): readonly BoundRouter[] {
  const left = leftBy(rollout)
  const asked = askedRouters(rollout, left)
  return left.length === 0 ? asked : [...asked, ...left.flatMap(one => one.routers)]
}

/** The templates of its analyses, those that these include, and so on; each is looked at once. */
export function includedTemplates(rollout: Rollout, cache: Cache): Found {
  const found: Record<string, AnalysisTemplate> = {}
  const waiting = analysesOf(rollout).flatMap(({ analysis }) => analysis.templates ?? [])
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const ref = templateRef(rollout, next)
    const template = cache.get<AnalysisTemplate>(ref)
    if (template === undefined || found[refKey(ref)] !== undefined) continue
    found[refKey(ref)] = template
    waiting.push(...(template.spec.templates ?? []))
  }
  return found
}
