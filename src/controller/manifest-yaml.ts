// Objects as one YAML document each, ready for `kubectl apply -f`.
import { printManifest } from '../doors/yaml.ts'
import type { KubeObject } from '../kube/object.ts'

export function manifestYaml(objects: readonly KubeObject[]): string {
  return objects.map(object => printManifest(object, 110)).join('---\n')
}
