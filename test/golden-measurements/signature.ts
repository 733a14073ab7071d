// AWS Signature Version 4 computed anew, from what came over the wire and the secret that was to be used.
import { createHash, createHmac } from 'node:crypto'
import type { RecordedRequest } from './recorded-case.ts'

const SECRETS: Readonly<Record<string, string>> = {
  AKIAORACLE2EXAMPLE01: 'oracle2/fakeSecretKey+abcdefghijklmnop01',
  AKIAPROFILEEXAMPLE01: 'profileSecretExample/abcdefghijklmnopqr01',
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const keyed = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

export function isSignedRight({ method, path, rawQuery = '', headers, body = '' }: RecordedRequest): boolean {
  const named = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]))
  const [, key = '', scope = '', signed = '', signature = ''] =
    /Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=([\da-f]+)/.exec(
      named.get('authorization') ?? '',
    ) ?? []
  const lines = signed.split(';').map(name => `${name}:${named.get(name) ?? ''}`)
  const request = [method, path, rawQuery, ...lines, '', signed, hash(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', named.get('x-amz-date'), scope, hash(request)].join('\n')
  const [day = '', region = '', service = ''] = scope.split('/')
  const secret = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    keyed,
    `AWS4${SECRETS[key] ?? ''}`,
  )
  return keyed(secret, toSign).toString('hex') === signature
}
