// Objects as one YAML document each, ready for `kubectl apply -f`.
import { dump } from 'js-yaml'
import type { KubeObject } from '../kube/object.ts'

export function manifestYaml(objects: readonly KubeObject[]): string {
  return objects
    .map(object => dump(object, { noRefs: true, noArrayIndent: true, lineWidth: 110 }))
    .join('---\n')
}
