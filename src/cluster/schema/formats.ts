// The formats that a schema may ask of strings. Formats that are not here are not checked, as in Kubernetes.
import { isIPv4, isIPv6 } from 'node:net'
import { parseInstant } from '../../std/instant.ts'
import { own } from '../../std/own.ts'

const GO_DURATION =
  /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/
const LONG_UNITS = 'ns|us|µs|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?'
const LONG_DURATION = new RegExp(`^\\d+\\s*(${LONG_UNITS})$`, 'i')
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/
const HOSTNAME = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const BYTE = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i
const CIDR = /^(.*)\/(\d{1,3})$/

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': text => parseInstant(text) !== undefined,
  datetime: text => parseInstant(text) !== undefined,
  date: text => DATE.test(text) && parseInstant(`${text}T00:00:00Z`) !== undefined,
  duration: text => text === '0' || GO_DURATION.test(text) || LONG_DURATION.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  ip: text => isIPv4(text) || isIPv6(text),
  cidr: isCidr,
  uuid: text => UUID.test(text),
  uuid3: text => UUID.test(text),
  uuid4: text => UUID.test(text),
  uuid5: text => UUID.test(text),
  email: text => EMAIL.test(text),
  hostname: text => text.length <= 255 && HOSTNAME.test(text),
  mac: text => MAC.test(text),
  byte: text => BYTE.test(text),
  uri: text => text.startsWith('/') || URL.canParse(text),
}

export function matchesFormat(format: string, text: string): boolean {
  return own(FORMATS, format)?.(text) ?? true
}

function isCidr(text: string): boolean {
  const match = CIDR.exec(text)
  if (!match) return false
  const [, address, bits] = match as unknown as [string, string, string]
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128)
}
