// Protobuf's wire format, field by field: tags, varints, lengths. Every length is checked against what is
// there.

/** What a body that is no proper protobuf is refused with. */
export class ProtobufError extends Error {}

export interface Reader {
  hasMore(): boolean
  tag(): { readonly number: number; readonly wire: number }
  /** A varint as a signed number (exact up to 2^53), or a fixed one. */
  integer(wire: number): number
  double(): number
  /** A field with a length: a view, not a copy. */
  bytes(): Buffer
  skip(wire: number): void
}

const VARINT_MAX_BYTES = 10

export function readerOf(buffer: Buffer): Reader {
  let at = 0
  const take = (length: number): Buffer => {
    if (length > buffer.length - at) throw new ProtobufError('unexpected end of the message')
    at += length
    return buffer.subarray(at - length, at)
  }
  const varint = (): bigint => {
    let value = 0n
    for (let i = 0; i < VARINT_MAX_BYTES; i++) {
      const byte = take(1)[0] as number
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) return value
    }
    throw new ProtobufError('a number is too long')
  }
  /** Lengths and tags are small: read without big integers as far as that goes. */
  const small = (): number => {
    const first = buffer[at]
    if (first !== undefined && first < 0x80) {
      at += 1
      return first
    }
    const value = varint()
    if (value > 0xffffffffn) throw new ProtobufError('a length is too large')
    return Number(value)
  }
  const integer = (wire: number): number => {
    if (wire === 0) return Number(BigInt.asIntN(64, varint()))
    if (wire === 5) return take(4).readInt32LE()
    if (wire === 1) return Number(take(8).readBigInt64LE())
    throw new ProtobufError('a number has the wrong wire type')
  }
  return {
    hasMore: () => at < buffer.length,
    tag() {
      const tag = small()
      return { number: tag >>> 3, wire: tag & 7 }
    },
    integer,
    double: () => take(8).readDoubleLE(),
    bytes: () => take(small()),
    skip(wire) {
      if (wire === 2) take(small())
      else integer(wire)
    },
  }
}
