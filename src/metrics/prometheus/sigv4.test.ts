// Signatures for Amazon: with whose credentials, for which region, and what is said when there are none.
import { describe, expect, test } from 'vitest'
import { isSignedRight } from '../../../test/golden-measurements/signature.ts'
import { HttpError } from '../../doors/http.ts'
import type { Answered, Hop, RoundTrip } from '../../doors/outgoing/hop.ts'
import { virtualClock } from '../../sim/clock.ts'
import { readUrl, requestTarget } from '../../std/go/url.ts'
import { createHidden } from '../../std/hidden.ts'
import { prometheus } from './prometheus.ts'
import { signing } from './sigv4.ts'

const NEVER = new AbortController().signal
const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIAORACLE2EXAMPLE01',
  AWS_SECRET_ACCESS_KEY: 'oracle2/fakeSecretKey+abcdefghijklmnop01',
}
const ALONE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SHARED_CREDENTIALS_FILE: '/none',
  AWS_CONFIG_FILE: '/none',
}

async function sent(sigv4: object, env: Readonly<Record<string, string>>, answer = '') {
  const hops: Hop[] = []
  const wire = async (hop: Hop): Promise<Answered> => {
    hops.push(hop)
    return { status: 200, statusText: '200 OK', headers: {}, text: async () => answer, discard: () => {} }
  }
  const clock = virtualClock(Date.UTC(2026, 7, 1, 12))
  const hidden = createHidden()
  const way = await signing(wire, sigv4, { clock, env: { ...ALONE, ...env }, hidden, wire })
  if ('problem' in way) return { problem: way.problem, hops }
  const read = readUrl(
    'https://aps-workspaces.eu-west-3.amazonaws.com/workspaces/ws%201/api/v1/query?a=b%20c',
  )
  if ('problem' in read) throw new Error(read.problem)
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  await way.roundTrip({ method: 'POST', url: read.url, headers, body: 'query=up' }, NEVER)
  return { hops }
}

describe('a request to Amazon', () => {
  test('is signed with the keys of the environment', async () => {
    const { hops } = await sent({ region: 'eu-west-3' }, KEYS)
    const [hop] = hops as [Hop]
    expect(hop.headers['Authorization']).toContain(
      '/20260801/eu-west-3/aps/aws4_request, SignedHeaders=content-type;host;',
    )
    expect(hop.headers['X-Amz-Date']).toBe('20260801T120000Z')
    expect(hop.headers['idempotency-key']).toBeUndefined()
    const plain = await sent({}, { ...KEYS, AWS_REGION: 'us-east-1' })
    expect(plain.hops[0]?.headers['Authorization']).toContain('/us-east-1/aps/')
  })

  test('has a signature that another hand computes too', async () => {
    const { hops } = await sent({ region: 'eu-west-3' }, KEYS)
    const [{ method, url, headers, body = '' }] = hops as [Hop]
    const [path = ''] = requestTarget(url).split('?')
    const twice = path.replaceAll('%', '%25')
    const list = Object.entries({ ...headers, Host: url.host })
    expect(
      isSignedRight({ at: 0, via: '', method, path: twice, rawQuery: 'a=b%20c', headers: list, body }),
    ).toBe(true)
  })

  test('without credentials or a region is not sent, and says so', async () => {
    const none = await sent({ region: 'eu-west-3' }, {})
    expect(none.problem).toContain('could not get SigV4 credentials: NoCredentialProviders')
    expect(none.hops).toEqual([])
    const noRegion = await sent({ profile: '' }, KEYS)
    expect(noRegion.problem).toBe('region not configured in sigv4 or in default credentials chain')
  })

  test('in a role asks for its credentials by the same way out', async () => {
    const credentials =
      '<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>' +
      '<Expiration>2026-08-01T13:00:00Z</Expiration>'
    const body =
      '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>' +
      `<Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`
    const { hops } = await sent({ region: 'eu-west-3', roleArn: 'arn:aws:iam::1:role/a' }, KEYS, body)
    const [role, query] = hops as [Hop, Hop]
    expect(role.url.host).toBe('sts.eu-west-3.amazonaws.com')
    expect(role.body).toContain('Action=AssumeRole')
    expect(query.headers['Authorization']).toContain('Credential=ASIAROLE/')
    expect(query.headers['X-Amz-Security-Token']).toBe('t')
  })
})

describe('Amazon that takes a request for credentials and never answers', () => {
  async function prepared() {
    const clock = virtualClock(Date.UTC(2026, 7, 1, 12))
    const stop = new AbortController()
    let asked = () => {}
    const isAsked = new Promise<void>(resolve => (asked = resolve))
    const never: RoundTrip = (_, signal) => {
      asked()
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new HttpError('ECANCELED', 'context canceled')))
      })
    }
    const authentication = { sigv4: { region: 'eu-west-3', roleArn: 'arn:aws:iam::1:role/reader' } }
    const address = 'https://aps-workspaces.eu-west-3.amazonaws.com/workspaces/ws'
    const metric = {
      name: 'm',
      provider: { prometheus: { address, query: 'up', timeout: 20, authentication } },
    }
    const outgoing = { transport: () => never, close: () => {} }
    const world = { clock, env: { ...ALONE, ...KEYS }, hidden: createHidden(), outgoing }
    const asking = prometheus.prepare(metric, world, stop.signal)
    await isAsked
    return { asking, clock, stop }
  }

  test('is given up when the time of the metric is over', async () => {
    const { asking, clock } = await prepared()
    clock.advanceTo(clock.now() + 20_000)
    expect(await asking).toEqual({ problem: 'could not get SigV4 credentials: context deadline exceeded' })
  })

  test('is given up with the measurement', async () => {
    const { asking, stop } = await prepared()
    stop.abort()
    expect(await asking).toMatchObject({
      problem: expect.stringContaining('could not get SigV4 credentials'),
    })
  })
})
