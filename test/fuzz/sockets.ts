// Bytes to a port and back, as a client without manners sends them.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** Sends the parts one by one, half closes, and gives back what came until the other side closed, or `ms` were over. */
export function exchanged(port: number, parts: readonly Buffer[], ms: number): Promise<string> {
  return new Promise(resolve => {
    let got = ''
    const socket = connect(port, '127.0.0.1')
    const done = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(got)
    }
    const timer = setTimeout(done, ms)
    socket.on('data', part => {
      if (got.length < 100_000) got += part.toString('latin1')
    })
    socket.once('error', done)
    socket.once('close', done)
    socket.once('connect', () => {
      for (const part of parts) socket.write(part)
      socket.end()
    })
  })
}

/** A server of raw sockets on a free port. */
export async function rawServer(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; server: Server }> {
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy())
    onSocket(socket)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return { port: (server.address() as AddressInfo).port, server }
}
