// The addresses of pods where the cluster gives them out itself: nothing else on any machine's network has one.

/** A /16. */
export const POD_NETWORK = '10.88.'

export function isPodAddress(address: string): boolean {
  return address.startsWith(POD_NETWORK)
}
