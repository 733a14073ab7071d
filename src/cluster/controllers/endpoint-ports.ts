// Where a Service's ports lead in one pod: numbers as they are, names looked up in its containers.
import type { Container, Pod, Service, ServicePort } from '../../kube/core.ts'

export interface EndpointPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly appProtocol?: string
}

/** In the Service's order. A named port that the pod does not declare is left out, as Kubernetes does. */
export function endpointPorts(service: Service, pod: Pod): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap(servicePort => {
    const port = targetIn(pod, servicePort)
    if (port === undefined) return []
    const { appProtocol } = servicePort as ServicePort & { readonly appProtocol?: string }
    const protocol = servicePort.protocol ?? 'TCP'
    return [{ name: servicePort.name ?? '', port, protocol, ...(appProtocol && { appProtocol }) }]
  })
}

function targetIn(pod: Pod, servicePort: ServicePort): number | undefined {
  const target = servicePort.targetPort ?? servicePort.port
  if (typeof target === 'number') return target
  const sidecars = (pod.spec.initContainers ?? []).filter(
    container => container['restartPolicy'] === 'Always',
  )
  const declared = [...pod.spec.containers, ...sidecars].flatMap(
    (container: Container) => container.ports ?? [],
  )
  return declared.find(
    port => port.name === target && (port.protocol ?? 'TCP') === (servicePort.protocol ?? 'TCP'),
  )?.containerPort
}
