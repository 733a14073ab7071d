// Our kinds as CustomResourceDefinitions: what an API server, embedded or real, needs to serve, check and default them.
import { CUSTOM_RESOURCE_DEFINITION, ROLLOUT } from '../kube/kinds.ts'
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE, EXPERIMENT } from '../kube/kinds.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import { apiVersionOf, resourceName } from '../kube/object.ts'
import { analysisRunSpec, analysisRunStatus, analysisTemplateSpec } from './analysis.ts'
import { experimentSpec, experimentStatus } from './experiment.ts'
import { rolloutStatus } from './rollout-status.ts'
import { rolloutSpec } from './rollout.ts'
import type { Schema } from './schema.ts'
import type { Structural } from './structural-schema.ts'
import { structural } from './structural.ts'

interface PrinterColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly jsonPath: string
  readonly description: string
}

interface Subresources {
  readonly status?: Record<string, never>
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string
    readonly scope: 'Namespaced' | 'Cluster'
    readonly names: {
      readonly kind: string
      readonly listKind: string
      readonly plural: string
      readonly singular: string
      readonly shortNames: readonly string[]
    }
    readonly versions: readonly {
      readonly name: string
      readonly served: boolean
      readonly storage: boolean
      readonly additionalPrinterColumns: readonly PrinterColumn[]
      readonly schema: { readonly openAPIV3Schema: Structural }
      readonly subresources: Subresources
    }[]
  }
}

/** One of our kinds, whole: what docs.ts, crds() and the sanitiser need to know of it. */
export interface OwnKind {
  readonly kind: Kind
  readonly shortName: string
  readonly doc: string
  readonly spec: Schema
  readonly status?: Schema
  readonly columns: readonly PrinterColumn[]
  readonly subresources: Subresources
}

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since it was created',
}

const number = (name: string, jsonPath: string, description: string): PrinterColumn => ({
  name,
  type: 'integer',
  jsonPath,
  description,
})

const phase: PrinterColumn = {
  name: 'Status',
  type: 'string',
  jsonPath: '.status.phase',
  description: 'Where it stands',
}

export const OWN_KINDS: readonly OwnKind[] = [
  {
    kind: ROLLOUT,
    shortName: 'ro',
    doc: 'Pods that are updated by a strategy: blue/green or canary.',
    spec: rolloutSpec,
    status: rolloutStatus,
    columns: [
      number('Desired', '.spec.replicas', 'Wanted pods'),
      number('Current', '.status.replicas', 'Pods of all revisions'),
      number('Up-to-date', '.status.updatedReplicas', 'Pods of the present revision'),
      number('Available', '.status.availableReplicas', 'Available pods'),
      age,
    ],
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
        labelSelectorPath: '.status.selector',
      },
    },
  },
  {
    kind: ANALYSIS_TEMPLATE,
    shortName: 'at',
    doc: 'What to measure and how to judge it, for Rollouts and Experiments of the namespace.',
    spec: analysisTemplateSpec,
    columns: [age],
    subresources: {},
  },
  {
    kind: CLUSTER_ANALYSIS_TEMPLATE,
    shortName: 'cat',
    doc: 'What to measure and how to judge it, for all namespaces.',
    spec: analysisTemplateSpec,
    columns: [age],
    subresources: {},
  },
  {
    kind: ANALYSIS_RUN,
    shortName: 'ar',
    doc: 'A running or finished analysis.',
    spec: analysisRunSpec,
    status: analysisRunStatus,
    columns: [phase, age],
    subresources: {},
  },
  {
    kind: EXPERIMENT,
    shortName: 'exp',
    doc: 'Pods of several templates side by side, with analyses.',
    spec: experimentSpec,
    status: experimentStatus,
    columns: [phase, age],
    subresources: {},
  },
]

/** The definitions of our five kinds, ready to be created. */
export function crds(): readonly CustomResourceDefinition[] {
  return OWN_KINDS.map(definition)
}

function definition(own: OwnKind): CustomResourceDefinition {
  const { kind } = own
  return {
    apiVersion: apiVersionOf(CUSTOM_RESOURCE_DEFINITION),
    kind: CUSTOM_RESOURCE_DEFINITION.kind,
    metadata: { name: resourceName(kind) },
    spec: {
      group: kind.group,
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames: [own.shortName],
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          additionalPrinterColumns: own.columns,
          schema: { openAPIV3Schema: wholeObject(own) },
          subresources: own.subresources,
        },
      ],
    },
  }
}

function wholeObject(own: OwnKind): Structural {
  return {
    description: own.doc,
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: structural(own.spec),
      ...(own.status === undefined ? {} : { status: structural(own.status) }),
    },
    required: ['spec'],
  }
}
