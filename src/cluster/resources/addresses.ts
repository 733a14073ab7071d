// Addresses that the server gives out: pod IPs (10.88.0.0/16), cluster IPs (10.96.0.0/16) and node ports,
// each to one object at a time. What is taken follows from the objects accepted by the store, so a refused
// write takes nothing.
import { isPodAddress, POD_NETWORK } from '../../kube/pod-network.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isJsonObject } from '../../std/json.ts'
import type { JsonObject } from '../../std/json.ts'

export interface Addresses {
  freePodAddress(): string
  freeServiceAddress(): string
  freeNodePort(): number
  isServiceAddressTaken(address: string): boolean
  isNodePortTaken(port: number): boolean
  /** Told of every accepted change. */
  changed(resource: string, before: KubeObject | undefined, now: KubeObject | undefined): void
}

interface Pool {
  free(): number
  has(value: number): boolean
  take(value: number): void
  release(value: number): void
}

/** Both included. */
export const NODE_PORTS = { first: 30_000, last: 32_767 }

const PODS = address4(`${POD_NETWORK}0.0`)
const SERVICE_NETWORK = address4('10.96.0.0')

export function createAddresses(): Addresses {
  const pods = createPool(PODS + 2, PODS + 0xffff)
  const services = createPool(SERVICE_NETWORK + 10, SERVICE_NETWORK + 0xffff)
  const nodePorts = createPool(NODE_PORTS.first, NODE_PORTS.last + 1)

  return {
    freePodAddress: () => printAddress(pods.free()),
    freeServiceAddress: () => printAddress(services.free()),
    freeNodePort: () => nodePorts.free(),
    isServiceAddressTaken: address => services.has(address4(address)),
    isNodePortTaken: port => nodePorts.has(port),
    changed(resource, before, now) {
      if (resource === '/pods') move(pods, podAddresses(before), podAddresses(now))
      if (resource !== '/services') return
      move(services, clusterAddresses(before), clusterAddresses(now))
      move(nodePorts, nodePortsOf(before), nodePortsOf(now))
    },
  }
}

function move(pool: Pool, before: readonly number[], now: readonly number[]): void {
  for (const value of before) pool.release(value)
  for (const value of now) pool.take(value)
}

/** Goes round, so that an address which has just become free is not given out again at once. */
function createPool(first: number, end: number): Pool {
  const taken = new Set<number>()
  let at = first
  return {
    free() {
      for (let tries = end - first; tries > 0; tries--) {
        const candidate = at
        at = at + 1 < end ? at + 1 : first
        if (!taken.has(candidate)) return candidate
      }
      throw new Error('every address of the pool is taken')
    },
    has: value => taken.has(value),
    take: value => void taken.add(value),
    release: value => void taken.delete(value),
  }
}

function part(object: KubeObject | undefined, name: string): JsonObject {
  const value = (object as { readonly [field: string]: unknown } | undefined)?.[name]
  return isJsonObject(value) ? (value as JsonObject) : {}
}

/** A pod that has finished gives its address back, as in Kubernetes. */
function podAddresses(pod: KubeObject | undefined): number[] {
  const { phase, podIP } = part(pod, 'status')
  if (phase === 'Succeeded' || phase === 'Failed' || typeof podIP !== 'string') return []
  return isPodAddress(podIP) ? [address4(podIP)] : []
}

function clusterAddresses(service: KubeObject | undefined): number[] {
  const { clusterIP } = part(service, 'spec')
  return typeof clusterIP === 'string' && /^[\d.]+$/.test(clusterIP) ? [address4(clusterIP)] : []
}

function nodePortsOf(service: KubeObject | undefined): number[] {
  const { ports } = part(service, 'spec')
  if (!Array.isArray(ports)) return []
  return ports.flatMap(port =>
    isJsonObject(port) && typeof port['nodePort'] === 'number' ? [port['nodePort']] : [],
  )
}

function address4(text: string): number {
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function printAddress(address: number): string {
  return [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.')
}
