// FNV-1a, 32 bits: a quick hash that Kubernetes names things by.

const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

export function fnv1a(bytes: Uint8Array): number {
  let hash = OFFSET
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME)
  return hash >>> 0
}
