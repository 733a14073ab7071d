// A change as bytes: checksum, time, key, and the object's JSON (nothing after the key: the key went away).
//
//   0      4          12       14          14+n
//   crc32  at (f64)   length   key (utf8)  JSON
import { crc32 } from 'node:zlib'
import { parseJson } from '../../std/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { encoded } from './encoded.ts'
import type { JournalRecord } from './log-store.ts'

const AT = 4
const LENGTH = 12
const KEY = 14

export function packRecord({ revision, at, key, value }: JournalRecord): Buffer {
  const keyBytes = Buffer.from(key)
  const body = value ? encoded(value) : Buffer.alloc(0)
  const record = Buffer.allocUnsafe(KEY + keyBytes.length + body.length)
  record.writeDoubleLE(at, AT)
  record.writeUInt16LE(keyBytes.length, LENGTH)
  keyBytes.copy(record, KEY)
  body.copy(record, KEY + keyBytes.length)
  record.writeUInt32LE(checksum(record, revision), 0)
  return record
}

export function unpackRecord(revision: number, record: Buffer): JournalRecord | { readonly problem: string } {
  if (record.length < KEY) return { problem: 'is cut short' }
  if (record.readUInt32LE(0) !== checksum(record, revision)) return { problem: 'does not match its checksum' }
  const end = KEY + record.readUInt16LE(LENGTH)
  const key = record.toString('utf8', KEY, end)
  const at = record.readDoubleLE(AT)
  if (end === record.length) return { revision, at, key, value: undefined }
  const value = parseJson(record.toString('utf8', end))
  if (value === undefined) return { problem: 'is not JSON' }
  return { revision, at, key, value: value as unknown as KubeObject }
}

/** Over everything after the checksum, and over the revision under which the record is filed. */
function checksum(record: Buffer, revision: number): number {
  return crc32(record.subarray(AT), revision % 0xffffffff)
}
