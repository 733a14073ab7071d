// From a kubeconfig to a Client, over real sockets: TLS, tokens that rotate, credential plug-ins, proxies.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect as connectSocket, createServer as createSocketServer } from 'node:net'
import type { AddressInfo, Server as SocketServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServer } from '../../cluster/serve/api-server.suite.ts'
import type { TestedServer } from '../../cluster/serve/api-server.suite.ts'
import { seededRandom } from '../../doors/random.ts'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import { clientSuite } from './client.suite.ts'
import { connect, findAccess } from './connection.ts'
import { createHttpClient } from './http-client.ts'
import { KubeconfigError } from './kubeconfig-error.ts'
import type { Access } from './kubeconfig.ts'
import { systemClock } from '../system.ts'

const clock = { now: () => time, sleepUntil: async () => {} }
let time = systemClock.now()

function clientOf(access: Access) {
  const connection = connect(access, clock)
  const client = createHttpClient({ connection, clock, random: seededRandom(1), userAgent: 'test' })
  return { client, close: () => connection.close() }
}

clientSuite('the client over TLS, by kubeconfig,', async () => {
  const server = await aServer()
  const { client, close } = clientOf(findAccess(server.kubeconfig))
  return {
    client,
    namespace: 'default',
    async stop() {
      close()
      await server.close()
    },
  }
})

describe('a connection', () => {
  let server: TestedServer
  let folder: string
  let access: Access
  beforeAll(async () => {
    server = await aServer()
    folder = mkdtempSync(join(tmpdir(), 'connection-'))
    access = findAccess(server.kubeconfig)
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })
  const listed = async (changed: Partial<Access>) => {
    const { client, close } = clientOf({ ...access, ...changed })
    const answer = await client.list(CONFIG_MAP, { namespace: 'default' }).then(
      () => 'listed',
      (error: { reason: string }) => error.reason,
    )
    close()
    return answer
  }

  test('checks the certificate, unless it is told not to', async () => {
    expect(await listed({})).toBe('listed')
    const { authority: _, ...stranger } = access
    const { client, close } = clientOf(stranger)
    await expect(client.list(CONFIG_MAP, {})).rejects.toMatchObject({ reason: 'Unreachable' })
    close()
    expect(await listed({ insecureSkipVerify: true })).toBe('listed')
    expect(await listed({ serverName: 'somebody.else' })).toBe('Unreachable')
    expect(await listed({ serverName: 'localhost' })).toBe('listed')
  })

  test('is refused without a token, and reads a rotated one again', async () => {
    expect(await listed({ credentials: {} })).toBe('Unauthorized')
    const file = join(folder, 'token')
    writeFileSync(file, 'old')
    const { client, close } = clientOf({ ...access, credentials: { token: { file } } })
    await expect(client.list(CONFIG_MAP, {})).rejects.toMatchObject({ reason: 'Unauthorized' })
    // A refusal makes it look again at once, and so does time.
    writeFileSync(file, `${server.token}\n`)
    expect((await client.list(CONFIG_MAP, { namespace: 'default' })).items).toBeDefined()
    writeFileSync(file, 'revoked')
    expect((await client.list(CONFIG_MAP, { namespace: 'default' })).items).toBeDefined()
    time += 61_000
    await expect(client.list(CONFIG_MAP, {})).rejects.toMatchObject({ reason: 'Unauthorized' })
    close()
  })

  test('runs a credential plug-in once for as long as its token lasts', async () => {
    const command = join(folder, 'login')
    const runs = join(folder, 'runs')
    const expires = new Date(time + 3_600_000).toISOString()
    writeFileSync(
      command,
      `#!/bin/sh\necho run >> ${runs}\n` +
        `echo '{"kind":"ExecCredential","status":{"token":"'$TOKEN'","expirationTimestamp":"${expires}"}}'\n`,
    )
    chmodSync(command, 0o755)
    const apiVersion = 'client.authentication.k8s.io/v1'
    const plugin = {
      apiVersion,
      command,
      args: [],
      env: { TOKEN: server.token },
      installHint: undefined,
      cluster: undefined,
    }
    const { client, close } = clientOf({ ...access, credentials: { exec: plugin } })
    await client.list(CONFIG_MAP, {})
    await client.list(CONFIG_MAP, {})
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(runs, 'utf8')).toBe('run\n')
    time += 3_580_000
    await client.list(CONFIG_MAP, {})
    expect(readFileSync(runs, 'utf8')).toBe('run\nrun\n')
    close()
    const missing = { ...plugin, command: join(folder, 'nowhere'), installHint: 'install it from x' }
    const lost = clientOf({ ...access, credentials: { exec: missing } })
    await expect(lost.client.list(CONFIG_MAP, {})).rejects.toThrow(
      /nowhere is not installed\ninstall it from x/,
    )
    lost.close()
  })

  test('says in a sentence what of its kubeconfig cannot be used', async () => {
    const junk = { text: 'junk' }
    const nowhere = { file: join(folder, 'nowhere') }
    const run = (command: string, ...args: string[]) => ({
      credentials: {
        exec: { apiVersion: 'v1', command, args, env: {}, installHint: undefined, cluster: undefined },
      },
    })
    const sh = (line: string) => run('sh', '-c', line)
    const cases: readonly (readonly [changed: Partial<Access>, said: RegExp])[] = [
      [
        sh('echo noise >&2; echo log in first\x1b[2J >&2; exit 3'),
        /^the .* sh failed with status 3: log in first/,
      ],
      [sh('kill -9 $$'), /^the credential plug-in sh was ended by SIGKILL$/],
      [sh('exit 1'), /^the credential plug-in sh failed with status 1$/],
      [run(folder), /^the credential plug-in .* cannot be run \(EACCES\)$/],
      [run('echo', 'a\0b'), /^the credential plug-in echo cannot be started: .*null bytes/],
      [run('echo', 'hello'), /^echo printed no ExecCredential/],
      [{ authority: nowhere }, /^a file that the kubeconfig names cannot be read: ENOENT/],
      [
        { credentials: { token: { file: folder } } },
        /^a file that the kubeconfig names cannot be read: EISDIR/,
      ],
      [
        { credentials: { certificate: junk, key: junk } },
        /^the certificates or the proxy .* cannot be used: .*PEM/,
      ],
      [
        { proxyUrl: 'http://[' },
        /^the certificates or the proxy of the kubeconfig cannot be used: Invalid URL$/,
      ],
    ]
    for (const [changed, said] of cases) {
      const { client, close } = clientOf({ ...access, ...changed })
      const error: unknown = await client.list(CONFIG_MAP, {}).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(KubeconfigError)
      expect((error as Error).message).toMatch(said)
      expect((error as Error).message).not.toContain('\x1b')
      close()
    }
    expect(() => findAccess(folder)).toThrow(KubeconfigError)
    expect(() => findAccess(folder)).toThrow(/^the kubeconfig cannot be read: EISDIR/)
  })

  test('goes through a proxy, which sees no more than the name', async () => {
    const asked: string[] = []
    const proxy = await aProxy(request =>
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`),
    )
    expect(await listed({ proxyUrl: `http://anna:secret@127.0.0.1:${proxy.port}` })).toBe('listed')
    expect(asked).toEqual([
      `CONNECT 127.0.0.1:${server.port} Basic ${Buffer.from('anna:secret').toString('base64')}`,
    ])
    await proxy.close()
  })

  test.each(['a relay', 'a proxy'])(
    'a write over %s is sent only if it still may be when its connection stands',
    async way => {
      let connections = 0
      const onConnect = () => connections++
      const between = way === 'a proxy' ? await aProxy(onConnect) : await aRelay(server.port, onConnect)
      const at = `127.0.0.1:${between.port}`
      const changed = way === 'a proxy' ? { proxyUrl: `http://${at}` } : { server: `https://${at}` }
      const { client, close } = clientOf({ ...access, ...changed })
      // The lease was there before the first connection, is lost while it is made, and there again with the second.
      const mustHold = () => {
        if (connections === 1) throw new KubeError('Unreachable', 'another leads')
      }
      const name = `by-${way.slice(2)}`
      const object = fromJson({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default' },
      })
      const write = { verb: 'create', why: 'try', object } as const
      await expect(client.write(write, mustHold)).rejects.toThrow('another leads')
      expect(await client.write(write, mustHold)).toMatchObject({ metadata: { name } })
      expect(connections).toBe(2)
      close()
      await between.close()
    },
  )
})

/** Lets everything through to where it wants to go. */
async function aProxy(onConnect: (request: IncomingMessage) => void) {
  const proxy = createServer()
  proxy.on('connect', (request, socket: Socket) => {
    onConnect(request)
    const [host = '', port] = (request.url ?? '').split(':')
    const onward = connectSocket(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      joined(socket, onward)
    })
  })
  const port = await listening(proxy)
  const close = () => {
    proxy.closeAllConnections()
    return new Promise(resolve => proxy.close(resolve))
  }
  return { port, close }
}

/** Lets everything through to the port. */
async function aRelay(to: number, onConnect: () => void) {
  const relay = createSocketServer(socket => {
    onConnect()
    joined(socket, connectSocket(to, '127.0.0.1'))
  })
  const port = await listening(relay)
  return { port, close: () => new Promise(resolve => relay.close(resolve)) }
}

function joined(socket: Socket, onward: Socket): void {
  onward.pipe(socket).pipe(onward)
  onward.on('error', () => socket.destroy())
  socket.on('error', () => onward.destroy())
}

async function listening(server: SocketServer): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
