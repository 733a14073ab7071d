// The Experiments that bench/beside-peer.ts has a controller work on: two templates of one pod each, side by side for a
// while, and gone soon after.
import { INSTANCE_ID } from '../src/api/words.ts'
import { fromJson } from '../src/kube/object.ts'
import type { KubeObject } from '../src/kube/object.ts'
import { HOME, ID } from './controlled-rollouts.ts'

export function anExperiment(name: string): KubeObject {
  return fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name, namespace: HOME, labels: { [INSTANCE_ID]: ID } },
    spec: {
      duration: '20s',
      scaleDownDelaySeconds: 5,
      templates: ['a', 'b'].map(template => aTemplate(name, template)),
    },
  })
}

function aTemplate(experiment: string, name: string) {
  const labels = { app: experiment, template: name }
  const requests = { cpu: '5m', memory: '32Mi' }
  const containers = [{ name: 'app', image: `demo:${name}`, resources: { requests } }]
  return {
    name,
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels: { ...labels, bench: 'experiment' } }, spec: { containers } },
  }
}
