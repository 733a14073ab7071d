// The Client over the network: the family's suite, and what the network does that a process does not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../doors/random.ts'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP, POD, REPLICA_SET } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { clientSuite } from './client.suite.ts'
import { createHttpClient } from './http-client.ts'
import { GOOD, misbehavingServer, plainConnection } from './misbehaving-server.suite.ts'
import type { MisbehavingServer } from './misbehaving-server.suite.ts'
import { systemClock, systemRandom } from '../system.ts'

const KINDS = [CONFIG_MAP, POD, REPLICA_SET]

clientSuite('the client over the network', async () => {
  const server = await misbehavingServer(KINDS, seededRandom(1))
  return {
    client: server.client,
    namespace: 'default',
    stop: () => server.stop(),
    async expire() {
      server.cluster.compact()
      return '1'
    },
  }
})

describe('the network', () => {
  let server: MisbehavingServer
  beforeAll(async () => {
    server = await misbehavingServer(KINDS, seededRandom(7))
  })
  afterAll(() => server.stop())
  const ref = { kind: CONFIG_MAP, name: 'a', namespace: 'default' }
  const aMap = fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default' },
  })

  test('a server that is not there is Unreachable', async () => {
    const connection = plainConnection('http://127.0.0.1:1')
    const options = { connection, clock: systemClock, random: systemRandom, userAgent: 'test' }
    const error = await createHttpClient(options)
      .get(ref)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KubeError)
    expect((error as KubeError).reason).toBe('Unreachable')
    connection.close()
  })

  test('who is throttled waits as long as it is told, and not for ever', async () => {
    server.cluster.put(CONFIG_MAP, aMap)
    const answers: number[] = []
    const sleeps: number[] = []
    const connection = plainConnection(server.url)
    const client = createHttpClient({
      connection,
      clock: {
        now: () => 0,
        async sleepUntil(at) {
          sleeps.push(at)
          if (sleeps.length === 2) server.misdeeds = GOOD
        },
      },
      random: { next: () => 0 },
      userAgent: 'test',
      onAnswer: (_, status) => answers.push(status),
    })
    server.misdeeds = { ...GOOD, throttle: 1 }
    expect((await client.get(ref)).metadata.name).toBe('a')
    expect(sleeps).toEqual([1000, 1000])
    expect(answers).toEqual([429, 429, 200])
    server.misdeeds = { ...GOOD, throttle: 1 }
    await expect(client.get(ref)).rejects.toMatchObject({ reason: 'TooManyRequests', retryAfterMs: 1000 })
    server.misdeeds = GOOD
    connection.close()
  })

  test('a write that was put off is sent again only while it may be', async () => {
    const connection = plainConnection(server.url)
    let isAllowed = true
    const clock = { now: () => 0, sleepUntil: async () => void (isAllowed = false) }
    const client = createHttpClient({ connection, clock, random: { next: () => 0 }, userAgent: 'test' })
    server.misdeeds = { ...GOOD, throttle: 1 }
    server.requests.length = 0
    const write = { verb: 'patch', target: ref, patch: {}, why: 'try' } as const
    const mayTry = () => {
      if (!isAllowed) throw new KubeError('Unreachable', 'another leads')
    }
    await expect(client.write(write, mayTry)).rejects.toThrow('another leads')
    expect(server.requests).toHaveLength(1)
    server.misdeeds = GOOD
    connection.close()
  })

  test.each([
    ['', 'resource name may not be empty'],
    ['a/b', 'invalid resource name "a/b": [may not contain \'/\']'],
    ['..', 'invalid resource name "..": [may not be \'..\']'],
  ])('the name %j is never asked for', async (name, message) => {
    server.requests.length = 0
    const target = { ...ref, name }
    await expect(server.client.get(target)).rejects.toThrow(message)
    const write = { verb: 'patch', target, patch: {}, why: 'try' } as const
    await expect(server.client.write(write)).rejects.toThrow(message)
    expect(server.requests).toEqual([])
  })

  test('a kind that is missing is never asked for by name', async () => {
    server.requests.length = 0
    expect(await server.client.serves({ ...POD, group: 'x.example', plural: 'things' })).toBe(false)
    expect(server.requests).toEqual(['GET /apis'])
  })
})
