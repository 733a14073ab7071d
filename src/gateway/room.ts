// Room for the next client: at the limit of connections the one that has waited longest without a request goes. So
// those who open connections and say nothing, or half of it, keep nobody out.
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

export function keepRoom(server: Server, most: number): void {
  const waiting = new Set<Duplex>()
  let open = 0
  server.on('connection', socket => {
    open++
    waiting.add(socket)
    socket.once('close', () => {
      open--
      waiting.delete(socket)
    })
    const [oldest] = waiting
    if (open > most) oldest?.destroy()
  })
  server.on('request', ({ socket }, response) => {
    waiting.delete(socket)
    response.once('close', () => {
      if (!socket.destroyed) waiting.add(socket)
    })
  })
  server.on('upgrade', (_request, socket) => void waiting.delete(socket))
}
