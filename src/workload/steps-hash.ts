// The hash of a canary's steps: when it changes, the update begins anew. The same hash as a pod template's,
// over the steps as Go prints them.
import { goPrinter, KUBERNETES_TYPES, type GoTypes } from '../kube/go-print.ts'
import { safeHash } from './pod-hash.ts'

const INT_OR_STRING = 'apimachinery.pkg.util.intstr.IntOrString'
const RAW = 'apimachinery.pkg.runtime.RawExtension'
const SELECTOR = 'apimachinery.pkg.apis.meta.v1.LabelSelector'

/** The Go structs of a step; numbers are of no use here, since steps never travel as protobuf. */
const STEP_TYPES: GoTypes = {
  Steps: [['steps', 'Step', 0, 'r']],
  Step: [
    ['setWeight', 'int32', 0, 'ep'],
    ['pause', 'Pause', 0, 'ep'],
    ['experiment', 'Experiment', 0, 'ep'],
    ['analysis', 'Analysis', 0, 'ep'],
    ['setCanaryScale', 'SetCanaryScale', 0, 'ep'],
    ['setHeaderRoute', 'SetHeaderRoute', 0, 'ep'],
    ['setMirrorRoute', 'SetMirrorRoute', 0, 'ep'],
    ['plugin', 'Plugin', 0, 'ep'],
  ],
  Pause: [['duration', INT_OR_STRING, 0, 'ep']],
  SetCanaryScale: [
    ['weight', 'int32', 0, 'ep'],
    ['replicas', 'int32', 0, 'ep'],
    ['matchTrafficWeight', 'bool', 0, 'e'],
  ],
  SetHeaderRoute: [
    ['name', 'string', 0, 'e'],
    ['match', 'HeaderMatch', 0, 'er'],
  ],
  HeaderMatch: [
    ['headerName', 'string', 0, ''],
    ['headerValue', 'StringMatch', 0, 'p'],
  ],
  StringMatch: [
    ['exact', 'string', 0, 'e'],
    ['prefix', 'string', 0, 'e'],
    ['regex', 'string', 0, 'e'],
  ],
  SetMirrorRoute: [
    ['name', 'string', 0, ''],
    ['match', 'RouteMatch', 0, 'er'],
    ['percentage', 'int32', 0, 'ep'],
  ],
  RouteMatch: [
    ['method', 'StringMatch', 0, 'ep'],
    ['path', 'StringMatch', 0, 'ep'],
    ['headers', 'StringMatch', 0, 'em', 'string'],
  ],
  Plugin: [
    ['name', 'string', 0, ''],
    ['config', RAW, 0, 'ep'],
  ],
  Analysis: [
    ['templates', 'TemplateRef', 0, 'er'],
    ['args', 'Argument', 0, 'er'],
    ['dryRun', 'MetricName', 0, 'er'],
    ['measurementRetention', 'Retention', 0, 'er'],
    ['analysisRunMetadata', 'Metadata', 0, 'ep'],
  ],
  TemplateRef: [
    ['templateName', 'string', 0, ''],
    ['clusterScope', 'bool', 0, 'e'],
  ],
  Argument: [
    ['name', 'string', 0, ''],
    ['value', 'string', 0, 'e'],
    ['valueFrom', 'ValueFrom', 0, 'ep'],
  ],
  ValueFrom: [
    ['podTemplateHashValue', 'string', 0, 'ep'],
    ['fieldRef', 'FieldRef', 0, 'ep'],
  ],
  FieldRef: [['fieldPath', 'string', 0, '']],
  MetricName: [['metricName', 'string', 0, '']],
  Retention: [
    ['metricName', 'string', 0, ''],
    ['limit', 'int32', 0, ''],
  ],
  Metadata: [
    ['labels', 'string', 0, 'em', 'string'],
    ['annotations', 'string', 0, 'em', 'string'],
  ],
  Experiment: [
    ['templates', 'ExperimentTemplate', 0, 'r'],
    ['duration', 'string', 0, 'e'],
    ['analyses', 'ExperimentAnalysis', 0, 'er'],
    ['dryRun', 'MetricName', 0, 'er'],
    ['analysisRunMetadata', 'Metadata', 0, 'e'],
    ['scaleDownDelaySeconds', 'int32', 0, 'ep'],
  ],
  ExperimentTemplate: [
    ['name', 'string', 0, ''],
    ['specRef', 'string', 0, ''],
    ['replicas', 'int32', 0, 'ep'],
    ['metadata', 'Metadata', 0, 'e'],
    ['selector', SELECTOR, 0, 'ep'],
    ['weight', 'int32', 0, 'ep'],
    ['service', 'ServiceName', 0, 'ep'],
  ],
  ServiceName: [['name', 'string', 0, 'e']],
  ExperimentAnalysis: [
    ['name', 'string', 0, ''],
    ['templateName', 'string', 0, ''],
    ['clusterScope', 'bool', 0, 'e'],
    ['args', 'Argument', 0, 'er'],
    ['requiredForCompletion', 'bool', 0, 'e'],
  ],
}

const print = goPrinter({ ...KUBERNETES_TYPES, ...STEP_TYPES })

/** The hash of `spec.strategy.canary.steps`; no steps hash as `null`. */
export function stepsHash(steps: readonly object[] | undefined): string {
  const wrapped = print('Steps', { steps })
  return safeHash(new TextEncoder().encode(wrapped.slice('{"steps":'.length, -1)))
}
