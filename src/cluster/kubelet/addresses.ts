// Where a pod really is: its podIP is its own, but the host has no such network, so (podIP, port) stands for a free
// port of 127.0.0.1. What the gateway's table is made with. Any other address is what it says: people write slices for
// what runs outside.
import { isPodAddress } from '../../kube/pod-network.ts'

interface RealAddress {
  readonly host: string
  readonly port: number
}

/** How one looks up what listens behind an address; undefined: it is a pod's, and nothing does. */
type Resolve = (podIP: string, port: number) => RealAddress | undefined

export interface PodAddresses {
  readonly resolve: Resolve
  set(uid: string, podIP: string, realPort: number): void
  /** Forgets the pod, unless another has taken its address since. */
  remove(uid: string): void
  /** Called after each change; gives back the call that ends it. */
  onChange(listener: () => void): () => void
}

const HOST = '127.0.0.1'

export function podAddresses(): PodAddresses {
  const byIP = new Map<string, { readonly uid: string; readonly realPort: number }>()
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  return {
    // A simulated pod serves whatever port is asked for, declared or not, on its one real port.
    resolve(podIP, port) {
      if (!isPodAddress(podIP)) return { host: podIP, port }
      const found = byIP.get(podIP)
      return found === undefined ? undefined : { host: HOST, port: found.realPort }
    },
    set(uid, podIP, realPort) {
      byIP.set(podIP, { uid, realPort })
      changed()
    },
    remove(uid) {
      const found = [...byIP].find(([, one]) => one.uid === uid)
      if (found === undefined) return
      byIP.delete(found[0])
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
