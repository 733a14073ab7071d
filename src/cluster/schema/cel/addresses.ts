// Kubernetes' `ip` and `cidr` in CEL: addresses as numbers. No zones, and no IPv4 inside IPv6.
import { isIPv4, isIPv6 } from 'node:net'
import type { Functions } from './functions.ts'

export class Ip {
  readonly family: 4 | 6
  readonly bits: bigint

  constructor(family: 4 | 6, bits: bigint) {
    this.family = family
    this.bits = bits
  }

  get width(): number {
    return this.family === 4 ? 32 : 128
  }

  /** The number that the leading bits make. */
  leading(count: number): bigint {
    return this.bits >> BigInt(this.width - count)
  }

  toString(): string {
    const { family, bits } = this
    const parts = family === 4 ? { count: 4, size: 8n } : { count: 8, size: 16n }
    const groups = Array.from(
      { length: parts.count },
      (_, i) => (bits >> (BigInt(parts.count - 1 - i) * parts.size)) & ((1n << parts.size) - 1n),
    )
    return family === 4 ? groups.join('.') : shortened(groups.map(one => one.toString(16)))
  }
}

export class Cidr {
  readonly ip: Ip
  readonly length: number

  constructor(ip: Ip, length: number) {
    this.ip = ip
    this.length = length
  }

  contains(ip: Ip): boolean {
    return ip.family === this.ip.family && ip.leading(this.length) === this.ip.leading(this.length)
  }

  masked(): Cidr {
    const rest = BigInt(this.ip.width - this.length)
    return new Cidr(new Ip(this.ip.family, (this.ip.bits >> rest) << rest), this.length)
  }

  toString(): string {
    return `${this.ip}/${this.length}`
  }
}

export const IP_TYPE = 'net.IP'
export const CIDR_TYPE = 'net.CIDR'

export const ADDRESS_FUNCTIONS: Functions = {
  [`ip(string): ${IP_TYPE}`]: ipOf,
  'isIP(string): bool': (text: string) => parseIp(text) !== undefined,
  [`string(${IP_TYPE}): string`]: String,
  [`${IP_TYPE}.family(): int`]: (ip: Ip) => BigInt(ip.family),
  [`${IP_TYPE}.isUnspecified(): bool`]: (ip: Ip) => ip.bits === 0n,
  [`${IP_TYPE}.isLoopback(): bool`]: isLoopback,
  [`${IP_TYPE}.isLinkLocalMulticast(): bool`]: isLinkLocalMulticast,
  [`${IP_TYPE}.isLinkLocalUnicast(): bool`]: isLinkLocalUnicast,
  [`${IP_TYPE}.isGlobalUnicast(): bool`]: (ip: Ip) =>
    ip.bits !== 0n &&
    !(ip.family === 4 && ip.bits === 0xff_ff_ff_ffn) &&
    !isLoopback(ip) &&
    !isMulticast(ip) &&
    !isLinkLocalUnicast(ip),
  [`cidr(string): ${CIDR_TYPE}`]: cidrOf,
  'isCIDR(string): bool': (text: string) => parseCidr(text) !== undefined,
  [`string(${CIDR_TYPE}): string`]: String,
  [`${CIDR_TYPE}.containsIP(string): bool`]: (cidr: Cidr, ip: string) => cidr.contains(ipOf(ip)),
  [`${CIDR_TYPE}.containsIP(${IP_TYPE}): bool`]: (cidr: Cidr, ip: Ip) => cidr.contains(ip),
  [`${CIDR_TYPE}.containsCIDR(string): bool`]: (cidr: Cidr, other: string) => isAround(cidr, cidrOf(other)),
  [`${CIDR_TYPE}.containsCIDR(${CIDR_TYPE}): bool`]: isAround,
  [`${CIDR_TYPE}.ip(): ${IP_TYPE}`]: (cidr: Cidr) => cidr.ip,
  [`${CIDR_TYPE}.prefixLength(): int`]: (cidr: Cidr) => BigInt(cidr.length),
  [`${CIDR_TYPE}.masked(): ${CIDR_TYPE}`]: (cidr: Cidr) => cidr.masked(),
}

/** `ip.isCanonical(…)` */
export const IP_FUNCTIONS: Functions = {
  'isCanonical(string): bool': (text: string) => ipOf(text).toString() === text,
}

function ipOf(text: string): Ip {
  const ip = parseIp(text)
  if (ip === undefined)
    throw new Error(`IP Address ${JSON.stringify(text)} parse error during conversion from string`)
  return ip
}

function parseIp(text: string): Ip | undefined {
  if (isIPv4(text)) return new Ip(4, joined(text.split('.').map(Number), 8n))
  if (!isIPv6(text) || text.includes('%')) return undefined
  const ip = new Ip(6, joined(groupsOf(text), 16n))
  return ip.leading(96) === 0xff_ffn ? undefined : ip
}

function joined(parts: readonly number[], size: bigint): bigint {
  return parts.reduce((bits, part) => (bits << size) | BigInt(part), 0n)
}

function groupsOf(text: string): number[] {
  const plain = text.replace(/\d+\.\d+\.\d+\.\d+$/, v4 => {
    const [a, b, c, d] = v4.split('.').map(Number) as [number, number, number, number]
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [head, tail] = plain.split('::').map(half => (half === '' ? [] : half.split(':')))
  const left = head ?? []
  const right = tail ?? []
  const gap = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...gap, ...right].map(one => Number.parseInt(one, 16))
}

/** The first of the longest runs of zeros, of two at least, is left out. */
function shortened(groups: readonly string[]): string {
  let best = { start: -1, length: 1 }
  groups.forEach((_, start) => {
    const end = groups.findIndex((one, i) => i >= start && one !== '0')
    const length = (end < 0 ? groups.length : end) - start
    if (length > best.length) best = { start, length }
  })
  if (best.start < 0) return groups.join(':')
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error('network address parse error during conversion from string')
  return cidr
}

function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf('/')
  const ip = parseIp(text.slice(0, Math.max(slash, 0)))
  const length = text.slice(slash + 1)
  if (ip === undefined || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > ip.width) return undefined
  return new Cidr(ip, Number(length))
}

function isAround(cidr: Cidr, other: Cidr): boolean {
  return cidr.length <= other.length && cidr.contains(other.ip)
}

function isLoopback(ip: Ip): boolean {
  return ip.family === 4 ? ip.leading(8) === 127n : ip.bits === 1n
}

function isMulticast(ip: Ip): boolean {
  return ip.family === 4 ? ip.leading(4) === 0b1110n : ip.leading(8) === 0xffn
}

function isLinkLocalMulticast(ip: Ip): boolean {
  return ip.family === 4
    ? ip.leading(24) === 0xe0_00_00n
    : ip.leading(8) === 0xffn && (ip.leading(16) & 0x0fn) === 2n
}

function isLinkLocalUnicast(ip: Ip): boolean {
  return ip.family === 4 ? ip.leading(16) === 0xa9_fen : ip.leading(10) === 0x3fan
}
