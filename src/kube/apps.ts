// The fields that we use of ReplicaSets, Deployments and Jobs.
import type { Condition, LabelSelector, PodTemplateSpec } from './core.ts'
import type { KubeObject } from './object.ts'

export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
  }
  readonly status?: {
    readonly replicas?: number
    readonly fullyLabeledReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly observedGeneration?: number
    readonly conditions?: readonly Condition[]
  }
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
  }
  readonly status?: { readonly replicas?: number; readonly observedGeneration?: number }
}

export interface Job extends KubeObject {
  readonly spec: { readonly [field: string]: unknown }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly succeeded?: number
    readonly failed?: number
    readonly active?: number
  }
}
