// Request bodies: read within limits, and decoded from JSON, YAML or protobuf to plain values.
import type { IncomingMessage } from 'node:http'
import { isDeeperThan, LEVELS_MAX, type Json } from '../../std/json.ts'
import { duplicateFields } from '../schema/duplicate-fields.ts'
import { decodeProtobuf } from '../schema/protobuf.ts'
import { OBJECT_MAX_BYTES, badRequest, entityTooLarge } from '../resources/refusals.ts'
import { StatusError } from '../resources/resources.ts'
import { parseYaml } from '../../doors/yaml.ts'

export interface DecodedBody {
  readonly value: Json
  /** Fields that the text names twice; the last one counted. */
  readonly duplicates: readonly string[]
}

const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const
type BodyType = (typeof BODY_TYPES)[number]

/** The whole body, or a 413 as soon as it is known to be too long. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const refuse = () => {
      request.off('data', take)
      reject(entityTooLarge())
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length > OBJECT_MAX_BYTES) return refuse()
      chunks.push(chunk)
    }
    if (Number(request.headers['content-length'] ?? 0) > OBJECT_MAX_BYTES) return refuse()
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => reject(new Error('the client went away before its request was complete')))
  })
}

/** The media type without parameters; JSON when the client names none. */
export function bodyType(contentType: string | undefined): BodyType {
  const media = mediaType(contentType)
  const found = media === '' ? BODY_TYPES[0] : BODY_TYPES.find(one => one === media)
  if (found !== undefined) return found
  throw unsupportedBody(BODY_TYPES)
}

export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

export function unsupportedBody(accepted: readonly string[]): StatusError {
  const types = accepted.join(', ')
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`
  return new StatusError(415, 'UnsupportedMediaType', message)
}

/** `kindName` is the kind that the endpoint takes, for the refusal's text. */
export function decodeBody(body: Buffer, type: BodyType, kindName: string): DecodedBody {
  const unrecognized = (why: string) =>
    badRequest(`the object provided is unrecognized (must be of type ${kindName}): ${why}`)
  const value = DECODERS[type](body, unrecognized)
  if (isDeeperThan(LEVELS_MAX, value)) throw unrecognized(TOO_DEEP)
  return { value, duplicates: type === 'application/json' ? duplicateFields(body.toString('utf8')) : [] }
}

/** Everything behind this door may walk a value by recursion. */
export const TOO_DEEP = 'exceeded max depth'

type Decoder = (body: Buffer, unrecognized: (why: string) => StatusError) => Json

const DECODERS: Readonly<Record<BodyType, Decoder>> = {
  'application/vnd.kubernetes.protobuf'(body, unrecognized) {
    try {
      return decodeProtobuf(body)
    } catch (error) {
      throw unrecognized(messageOf(error))
    }
  },
  'application/yaml'(body, unrecognized) {
    try {
      return parseYaml(body.toString('utf8'))[0] ?? null
    } catch (error) {
      throw unrecognized(`yaml: ${messageOf(error)}`)
    }
  },
  'application/json'(body, unrecognized) {
    const text = body.toString('utf8')
    try {
      return JSON.parse(text) as Json
    } catch (error) {
      throw unrecognized(`couldn't get version/kind; json parse error: ${jsonTrouble(error, text)}`)
    }
  },
}

/** JSON.parse's complaint about a text in the words of Kubernetes' decoder, as far as they say the same. */
export function jsonTrouble(error: unknown, text: string): string {
  const message = messageOf(error)
  const place = /at position (\d+)/.exec(message)?.[1]
  const at = place === undefined ? undefined : Number(place)
  if (at === undefined ? /Unexpected end/.test(message) : at >= text.trimEnd().length) {
    return 'unexpected end of JSON input'
  }
  const unexpected = at === undefined ? /Unexpected token '?(.)/.exec(message)?.[1] : text[at]
  return unexpected === undefined
    ? message
    : `invalid character '${unexpected}' looking for beginning of value`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
