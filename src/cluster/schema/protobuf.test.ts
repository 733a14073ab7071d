// Protobuf bodies as client-go sends them: taken from kubectl 1.35, with the JSON that the same command
// prints.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goTypeOf } from '../../kube/go-print.ts'
import type { JsonObject } from '../../std/json.ts'
import { decodeProtobuf } from './protobuf.ts'
import { ProtobufError } from './protobuf-reader.ts'
import { decodeType } from './type-decoder.ts'
import recorded from '../../../test/golden/api/protobuf-bodies.json' with { type: 'json' }

describe('a protobuf body', () => {
  test.each(Object.entries(recorded))('%s', (_, { base64, object }) => {
    const read = decodeProtobuf(Buffer.from(base64, 'base64'))
    const type = goTypeOf(object.apiVersion, object.kind)
    expect(read).toMatchObject({ apiVersion: object.apiVersion, kind: object.kind })
    expect(decodeType(type!, read).value).toEqual(decodeType(type!, object as JsonObject).value)
  })
  test('without the envelope is refused', () => {
    expect(() => decodeProtobuf(Buffer.from('zzzz'))).toThrow('expected prefix [107 56 115 0] (7a7a7a7a)')
    expect(() => decodeProtobuf(Buffer.alloc(0))).toThrow(ProtobufError)
  })
  test('that is cut, flipped or random gives an object or a ProtobufError, never anything else', () => {
    const whole = Buffer.from(recorded['create deployment'].base64, 'base64')
    const tried = (bytes: Buffer) => {
      try {
        expect(decodeProtobuf(bytes)).toBeTypeOf('object')
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError)
      }
    }
    fc.assert(fc.property(fc.nat(whole.length), length => tried(whole.subarray(0, length))))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(whole)
        damaged[at] = byte
        tried(damaged)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), noise =>
        tried(Buffer.concat([whole.subarray(0, 4), noise])),
      ),
    )
  })
})
