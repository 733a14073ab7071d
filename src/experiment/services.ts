// The Services that lead to the pods of templates: made with them, gone when their last pod has gone.
import { EXPERIMENT_NAME, EXPERIMENT_TEMPLATE_NAME } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Service } from '../kube/core.ts'
import { SERVICE } from '../kube/kinds.ts'
import { ownerReference, refOf } from '../kube/object.ts'
import type { Write } from '../kube/write.ts'
import type { JsonObject } from '../std/json.ts'
import { text } from '../std/json-parts.ts'
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import { availableReplicas } from '../workload/availability.ts'
import { strays } from './situation.ts'
import type { Situation } from './situation.ts'
import { templateNameOf } from './templates.ts'
import type { TemplateState } from './templates.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

interface ServiceWrites {
  readonly create: readonly Write[]
  readonly trim: readonly Write[]
}

export function serviceWrites(situation: Situation): ServiceWrites {
  const { snapshot, templates } = situation
  const { services, carrying, experiment } = snapshot
  // Whoever sends users reads the status: a Service goes when that names it no more.
  const told = (experiment.status?.templateStatuses ?? []).map(one => one.serviceName)
  const found = new Set(services.map(one => one.metadata.name))
  const standing = strays(situation).filter(one => availableReplicas(one) > 0)
  const kept = new Set([
    ...templates.filter(isNeeded).map(one => one.service),
    ...standing.map(one => serviceOf(snapshot, one)),
  ])
  return {
    create: templates.flatMap(one =>
      one.service === undefined || one.desired === 0 || found.has(one.service) ? [] : made(snapshot, one),
    ),
    trim: services
      .filter(({ metadata: { name } }) => !kept.has(name) && !carrying.includes(name) && !told.includes(name))
      .map(service => ({
        verb: 'delete',
        target: refOf(SERVICE, service),
        ...(service.metadata.uid === undefined ? {} : { ifUid: service.metadata.uid }),
        why: `delete Service ${service.metadata.name}, whose pods are gone`,
      })),
  }
}

/** Whether a template's Service has somebody to lead to, now or soon. */
export function isNeeded({ desired, found }: TemplateState): boolean {
  return desired > 0 || availableReplicas(found) > 0
}

/** The Service that was made for the template of a ReplicaSet. */
export function serviceOf({ services }: ExperimentSnapshot, replicaSet: ReplicaSet): string | undefined {
  const template = templateNameOf(replicaSet)
  return services.find(({ metadata }) => metadata.annotations?.[EXPERIMENT_TEMPLATE_NAME] === template)
    ?.metadata.name
}

/** Compat: one port for each port of a container. */
function made({ experiment }: ExperimentSnapshot, state: TemplateState): Write {
  const { template, service: name = '', hash } = state
  const { namespace } = experiment.metadata
  const object: Service = {
    apiVersion: 'v1',
    kind: SERVICE.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      annotations: { [EXPERIMENT_NAME]: experiment.metadata.name, [EXPERIMENT_TEMPLATE_NAME]: template.name },
      ownerReferences: [ownerReference(experiment)],
    },
    spec: {
      selector: { ...template.template.metadata?.labels, [POD_TEMPLATE_HASH]: hash },
      ports: state.ports.map(servicePort),
    },
  } as Service
  return { verb: 'create', object, why: `create Service ${name} for template ${template.name}` }
}

function servicePort({ containerPort, name, protocol }: JsonObject) {
  return {
    ...(text(name) === '' ? {} : { name: text(name) }),
    protocol: text(protocol) === '' ? 'TCP' : text(protocol),
    port: containerPort as number,
    targetPort: containerPort as number,
  }
}
