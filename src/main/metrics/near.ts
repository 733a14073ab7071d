// Services of the embedded cluster as measurements reach them: `S.N`, `S.N.svc` and `S.N.svc.cluster.local` lead to an
// endpoint that is ready, never by a proxy; an ExternalName is followed.
import type { Connect, SystemConnections } from '../../doors/outgoing/connect.ts'
import { HttpError } from '../../doors/http.ts'
import { SLICE_SERVICE } from '../../kube/core.ts'
import type { EndpointSlice, Service } from '../../kube/core.ts'
import { KubeError } from '../../kube/errors.ts'
import { ENDPOINT_SLICE, SERVICE } from '../../kube/kinds.ts'
import type { Client } from '../../runtime/network/client.ts'

interface RealAddress {
  readonly host: string
  readonly port: number
}

export interface NearOptions {
  readonly client: Client
  readonly system: SystemConnections
  /** Where an endpoint's address really is; undefined: nothing listens there. */
  resolve(address: string, port: number): RealAddress | undefined
}

const NAME = /^([a-z0-9-]+)\.([a-z0-9-]+)(\.svc(?:\.cluster\.local)?)?\.?$/
const FOLLOWED_MAX = 8

/** Names that only a cluster can have. */
export function isNear(host: string): boolean {
  return NAME.exec(host)?.[3] !== undefined
}

export function nearConnections(options: NearOptions): SystemConnections {
  const { system } = options
  const connect: Connect = async (target, signal) => {
    const at = await addressOf(options, target)
    if (at === undefined) return system.connect(target, signal)
    const socket = await system.connect({ ...at, tls: undefined }, signal)
    return target.tls === undefined ? socket : system.secure(socket, target.tls, signal)
  }
  return { ...system, connect }
}

/** Undefined: the name is none of ours. */
async function addressOf(
  options: NearOptions,
  { host, port }: RealAddress,
  followed = 0,
): Promise<RealAddress | undefined> {
  const [, name, namespace, suffix] = NAME.exec(host) ?? []
  if (name === undefined || namespace === undefined) return followed > 0 ? { host, port } : undefined
  const service = await found<Service>(options.client, name, namespace)
  const said = `Service ${namespace}/${name}`
  if (service === undefined) {
    if (suffix === undefined) return followed > 0 ? { host, port } : undefined
    throw refused(host, `there is no ${said}`)
  }
  if (service.spec.type === 'ExternalName') {
    const { externalName = '' } = service.spec as { externalName?: string }
    if (followed >= FOLLOWED_MAX) throw refused(host, `${said} leads round in circles`)
    return addressOf(options, { host: externalName, port }, followed + 1)
  }
  const servicePort = service.spec.ports?.find(one => one.port === port)
  if (servicePort === undefined) throw refused(host, `${said} has no port ${port}`)
  const at = await endpointOf(options, service, servicePort.name ?? '')
  if (at === undefined) throw refused(host, `${said} has no ready endpoint`)
  return at
}

async function endpointOf(
  { client, resolve }: NearOptions,
  { metadata: { name, namespace = '' } }: Service,
  portName: string,
): Promise<RealAddress | undefined> {
  const selection = { namespace, labels: `${SLICE_SERVICE}=${name}` }
  const { items } = await client.list(ENDPOINT_SLICE, selection)
  for (const { ports = [], endpoints = [] } of items as readonly EndpointSlice[]) {
    const number = ports?.find(one => (one.name ?? '') === portName)?.port
    const ready = endpoints?.find(one => one.conditions?.ready !== false)
    const [address] = ready?.addresses ?? []
    const at = number === undefined || address === undefined ? undefined : resolve(address, number)
    if (at !== undefined) return at
  }
  return undefined
}

async function found<T>(client: Client, name: string, namespace: string): Promise<T | undefined> {
  try {
    return (await client.get({ kind: SERVICE, name, namespace })) as T
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return undefined
    throw error
  }
}

function refused(host: string, why: string): HttpError {
  return new HttpError('ENEAR', `dial tcp: lookup ${host}: ${why}`)
}
