// What a server says of a refused write, without secrets.
import { describe, expect, test } from 'vitest'
import { KubeError } from './errors.ts'
import { REPLICA_SET, SERVICE } from './kinds.ts'
import type { Kind, KubeObject } from './object.ts'
import { refusalOf } from './refusal.ts'
import { withoutSecrets } from './secrets.ts'
import type { Write } from './write.ts'

const SECRET: Kind = { ...SERVICE, kind: 'Secret', plural: 'secrets' }
const patch = (kind: Kind, body: Record<string, string | object>): Write => ({
  verb: 'patch',
  why: 'patch a',
  target: { kind, name: 'a', namespace: 'n' },
  patch: body as never,
})
const HIDDEN = 'hunter2-hunter2'
const applied = JSON.stringify({ kind: 'Secret', data: { key: HIDDEN } })
const quoted = (value: unknown) => JSON.stringify(JSON.stringify(value))

describe('is not in what is told', () => {
  test.each([
    ['a header', `webhook said: Authorization: Bearer ${HIDDEN}`],
    ['basic credentials', `proxy-authorization: Basic ${HIDDEN}==`],
    ['a token of a service account', `denied for eyJhbGciOiJSUzI1NiJ9.${HIDDEN}.${HIDDEN}`],
    ['a user in a URL', `Post "https://admin:${HIDDEN}@hooks.test/x": refused`],
    ['a token in a URL', `Post "https://hooks.test/x?a=1&access_token=${HIDDEN}&b=2": refused`],
    ['a field', `denied: {"auth":{"clientSecret":"${HIDDEN}\\"${HIDDEN}","user":"me"}}`],
    ['a variable', `denied: {"env":[{"name":"DB_PASSWORD","value":"${HIDDEN}"}]}`],
    ['a variable as Go prints it', `denied: EnvVar{Name:"DB_PASSWORD", Value:"${HIDDEN}"}`],
    [
      'a variable, quoted',
      `patch: Invalid value: ${quoted({ env: [{ name: 'API_TOKEN', value: HIDDEN }] })}`,
    ],
    ['data of a Secret', `denied: ${JSON.stringify({ kind: 'Secret', data: { key: HIDDEN } })}`],
    [
      'texts of a Secret, quoted',
      `denied: ${quoted({ kind: 'Secret', stringData: { key: `"}${HIDDEN}` } })}`,
    ],
    ['a value of a Secret', `Secret "a" is invalid: data[key]: Invalid value: "${HIDDEN}": must be short`],
    [
      'what was last applied',
      `denied: ${quoted({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } })}`,
    ],
    [
      'what was last applied, cut',
      `denied: {"kubectl.kubernetes.io/last-applied-configuration":"{\\"data\\":{\\"key\\":\\"${HIDDEN}`,
    ],
  ])('%s', (_, said) => {
    expect(withoutSecrets(said)).not.toContain(HIDDEN)
    expect(withoutSecrets(said)).toContain('[redacted]')
  })

  test('what the write itself carries, wherever it is repeated', () => {
    const env = [{ name: 'DB_PASSWORD', value: HIDDEN }]
    const object = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'a' }, spec: { env } }
    const create: Write = { verb: 'create', why: 'create a', object: object as KubeObject }
    const said = `admission webhook denied the request: ${HIDDEN} is a weak word`
    expect(withoutSecrets(said, create)).toBe(
      'admission webhook denied the request: [redacted] is a weak word',
    )
    expect(withoutSecrets(`weak: ${HIDDEN}`, patch(SECRET, { stringData: { any: HIDDEN } }))).toBe(
      'weak: [redacted]',
    )
    expect(withoutSecrets(`any: Invalid value: "other": no`, patch(SECRET, {}))).toBe(
      'any: Invalid value: [redacted]: no',
    )
  })

  test('a value that is the beginning of another takes nothing away from it', () => {
    const data = { short: HIDDEN, long: `${HIDDEN}-and-more` }
    const said = `weak: ${HIDDEN}-and-more, ${HIDDEN}`
    expect(withoutSecrets(said, patch(SECRET, { stringData: data }))).toBe('weak: [redacted], [redacted]')
  })

  test('and a refusal is told so', () => {
    const error = new KubeError('Forbidden', `denied: Bearer ${HIDDEN}`)
    expect(refusalOf(patch(REPLICA_SET, {}), error).message).toBe('patch a: denied: Bearer [redacted]')
  })
})

test.each([
  'Service "a" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
  'pods "a" is forbidden: error looking up service account n/b: serviceaccount "b" not found',
  'spec.template.spec.volumes[0].secret.secretName: Required value',
  'secret "db-password" not found',
  'selector: Invalid value: {"matchLabels":{"app":"a"}}: field is immutable',
  'Post "https://hooks.test:443/validate?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
])('what is none stays: %s', said => expect(withoutSecrets(said)).toBe(said))

test('a long text of quotes and names takes no long time', () => {
  const said = '\\"password\\":\\"'.repeat(100_000) + 'name":"token","value":"'.repeat(100_000)
  expect(withoutSecrets(said).length).toBeLessThan(said.length)
})
