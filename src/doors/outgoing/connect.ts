// How a connection to somebody outside comes about: the one hook of the way out. The system's is here; the embedded
// cluster puts its Services before it, the simulator and tests put others in its place.
import { getServers } from 'node:dns'
import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { HttpError } from '../http.ts'
import { tlsWords } from './go-words.ts'

export interface TlsWish {
  /** The name that the certificate must have; an address is looked for as one. */
  readonly serverName: string
  /** Any certificate will do. */
  readonly insecure: boolean
}

interface Target {
  readonly host: string
  readonly port: number
  readonly tls: TlsWish | undefined
}

/** Resolves when bytes can be sent; throws an HttpError in Go's words. */
export type Connect = (target: Target, signal: AbortSignal) => Promise<Duplex>

/** TLS over a connection that stands already. */
export type Secure = (socket: Duplex, tls: TlsWish, signal: AbortSignal) => Promise<Duplex>

const DIAL_MS = 30_000

export interface SystemConnections {
  readonly connect: Connect
  readonly secure: Secure
}

/** `ca`: authorities in PEM, in place of the system's. */
export function systemConnections({ ca }: { readonly ca?: string | undefined } = {}): SystemConnections {
  const secure: Secure = (socket, { serverName, insecure }, signal) =>
    new Promise((resolve, reject) => {
      const isAddress = /^[\d.]+$|:/.test(serverName)
      const secured = connectTls({
        socket,
        host: serverName,
        rejectUnauthorized: !insecure,
        ...(isAddress ? {} : { servername: serverName }),
        ...(ca === undefined ? {} : { ca }),
      })
      const fail = (error: Error) => {
        socket.destroy()
        reject(error)
      }
      const stop = () => fail(new HttpError('EABORTED', 'context canceled'))
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      secured.on('error', error => fail(tlsWords(error, serverName)))
      secured.once('close', () => fail(new HttpError('EOF', 'EOF')))
      secured.once('secureConnect', () => {
        signal.removeEventListener('abort', stop)
        resolve(secured)
      })
    })
  return {
    secure,
    async connect(target, signal) {
      const socket = await dial(target, signal)
      return target.tls === undefined ? socket : secure(socket, target.tls, signal)
    },
  }
}

function dial({ host, port }: Target, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, timeout: DIAL_MS })
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    const stop = () => fail(new HttpError('EABORTED', 'context canceled'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    socket.once('timeout', () => fail(new HttpError('ETIMEDOUT', `dial tcp ${host}:${port}: i/o timeout`)))
    socket.on('error', error => fail(dialError(error, host, port)))
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop)
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      resolve(socket)
    })
  })
}

interface SystemError extends Error {
  readonly code?: string
  readonly address?: string
  readonly errors?: readonly SystemError[]
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'connect: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
}

function dialError(error: SystemError, host: string, port: number): HttpError {
  const first = error.errors?.at(-1) ?? error
  const { code = 'EUNKNOWN', address = host, message } = first
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const [server = ''] = getServers()
    const on = server === '' ? '' : ` on ${/:\d+$/.test(server) ? server : `${server}:53`}`
    return new HttpError(code, `dial tcp: lookup ${host}${on}: no such host`)
  }
  const where = address.includes(':') ? `[${address}]` : address
  return new HttpError(code, `dial tcp ${where}:${port}: ${WORDS[code] ?? message}`)
}
