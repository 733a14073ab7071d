// The rules of `canaryMetadata`, `stableMetadata`, `previewMetadata` and `activeMetadata`: labels that Kubernetes
// takes, and that leave alone what pods are selected by. Argo Rollouts has no such rules, so these paths are whole.
import { selectorKeys } from '../../kube/selector.ts'
import type { FieldError } from '../field-error.ts'
import { invalid } from '../field-error.ts'
import type { MetadataMaps } from '../metadata.ts'
import type { RolloutSpec } from '../rollout.ts'
import { POD_TEMPLATE_HASH } from '../words.ts'
import { annotationErrors, labelErrors } from './labels.ts'

type Errors = readonly FieldError[]

export function roleMetadataErrors(spec: RolloutSpec): Errors {
  const { blueGreen, canary } = spec.strategy ?? {}
  const roles: readonly (readonly [string, MetadataMaps | undefined])[] = [
    ['blueGreen.previewMetadata', blueGreen?.previewMetadata],
    ['blueGreen.activeMetadata', blueGreen?.activeMetadata],
    ['canary.canaryMetadata', canary?.canaryMetadata],
    ['canary.stableMetadata', canary?.stableMetadata],
  ]
  return roles.flatMap(([name, role]) => {
    // A definition that is not ours lets `null` through.
    const [labels, annotations] = [role?.labels ?? {}, role?.annotations ?? {}]
    const path = `spec.strategy.${name}`
    return [
      ...Object.entries(labels)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(label => selectedErrors(`${path}.labels`, label, spec)),
      ...labelErrors(`${path}.labels`, labels),
      ...annotationErrors(`${path}.annotations`, annotations),
    ]
  })
}

/** A role may only repeat what the selector selects by. */
function selectedErrors(path: string, [key, value]: readonly [string, string], spec: RolloutSpec): Errors {
  const { selector, template } = spec
  const place = { path: `${path}[${key}]`, value }
  if (key === POD_TEMPLATE_HASH) {
    return [invalid({ ...place, cure: 'Take it away.' }, 'the controller gives this label to each revision')]
  }
  if (selector === undefined || template === undefined || !selectorKeys(selector).includes(key)) return []
  const { labels = {} } = template.metadata ?? {}
  const own = Object.hasOwn(labels, key) ? labels[key] : undefined
  if (own === value) return []
  const cure = own === undefined ? 'Take it away.' : `Take it away, or write ${JSON.stringify(own)}.`
  const must = own === undefined ? 'be absent' : `be ${JSON.stringify(own)}`
  const message = `\`selector\` selects by this label, so it must ${must} as in the template`
  return [invalid({ ...place, cure }, message)]
}
