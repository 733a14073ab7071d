// CONNECT: a way through a proxy, on which TLS is spoken with who stands behind it.
import type { Duplex } from 'node:stream'
import { HttpError } from '../http.ts'

const HEAD_MAX = 65_536
const END = '\r\n\r\n'

export interface Tunnel {
  /** `host:port`. */
  readonly authority: string
  readonly userAgent: string
  readonly login: string | undefined
}

/** The same connection, once the proxy has opened it. */
export function tunnelled(
  socket: Duplex,
  { authority, userAgent, login }: Tunnel,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0)
    const leave = () => {
      socket.off('data', read)
      socket.off('end', ended)
      signal.removeEventListener('abort', stop)
    }
    const fail = (message: string) => {
      leave()
      socket.destroy()
      reject(new HttpError('EPROXY', message))
    }
    const stop = () => fail('context canceled')
    const ended = () => fail('EOF')
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(END)
      if (end < 0) return head.length > HEAD_MAX ? fail('the answer of the proxy has no end') : undefined
      const [line = ''] = head.subarray(0, end).toString('latin1').split('\r\n')
      const [, status, text = ''] = /^HTTP\/1\.\d (\d{3}) ?(.*)$/.exec(line) ?? []
      if (status !== '200')
        return fail(status === undefined ? `malformed HTTP response ${JSON.stringify(line)}` : text)
      leave()
      socket.pause()
      const rest = head.subarray(end + END.length)
      if (rest.length > 0) socket.unshift(rest)
      resolve(socket)
    }
    socket.on('data', read)
    socket.once('end', ended)
    socket.once('error', error => fail(error.message))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    const lines = [
      `CONNECT ${authority} HTTP/1.1`,
      `Host: ${authority}`,
      `User-Agent: ${userAgent}`,
      ...(login === undefined ? [] : [`Proxy-Authorization: ${login}`]),
    ]
    socket.write(lines.join('\r\n') + END)
  })
}
