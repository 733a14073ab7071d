// FNV-1a, 32 bits: a quick hash that Kubernetes names things by.

const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

export function fnv1a(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, PRIME), OFFSET) >>> 0
}
