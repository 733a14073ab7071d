// Room for the next client: at the limit of connections the one that has waited longest without a request goes. So
// those who open connections and say nothing, or half of it, keep nobody out.
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

export function keepRoom(server: Server, most: number): void {
  const open = new Set<Duplex>()
  const waiting = new Set<Duplex>()
  server.on('connection', socket => {
    // One whose request was not upgraded comes twice.
    if (open.has(socket)) return
    open.add(socket)
    waiting.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      waiting.delete(socket)
    })
    const [oldest] = waiting
    if (open.size > most) oldest?.destroy()
  })
  server.on('request', ({ socket }, response) => {
    waiting.delete(socket)
    response.once('close', () => {
      if (!socket.destroyed) waiting.add(socket)
    })
  })
  server.on('upgrade', (_request, socket) => void waiting.delete(socket))
}
