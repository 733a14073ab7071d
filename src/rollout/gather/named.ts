// Everything that a Rollout names: Services, templates, Ingresses, the objects of its routers, and of those that
// it has left. One list for
// gathering, for the index that finds the Rollouts which a change concerns, and for what is watched.
import type { AnalysisTemplate } from '../../api/analysis.ts'
import { analysesOf, referencedObjects, templateRef } from '../../api/references.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { Cache } from '../../kube/cache.ts'
import { refKey } from '../../kube/object.ts'
import { rememberedOn } from '../../std/remembered-on.ts'
import type { ObjectRef } from '../../kube/object.ts'
import type { Found } from '../../traffic/router.ts'
import { routersOf } from '../../traffic/registry.ts'
import type { BoundRouter } from '../../traffic/registry.ts'
import { leftBy } from '../remembered.ts'

export const namedRefs = rememberedOn((rollout: Rollout): readonly ObjectRef[] => {
  return [...referencedObjects(rollout), ...allRouters(rollout).flatMap(router => router.refs)]
})

/** What the objects that were found name in turn. */
export function linkedRefs(rollout: Rollout, found: Found): readonly ObjectRef[] {
  return allRouters(rollout).flatMap(router => router.linked(found))
}

const allRouters = rememberedOn((rollout: Rollout): readonly BoundRouter[] => {
  return [...routersOf(rollout), ...leftBy(rollout).flatMap(one => one.routers)]
})

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
