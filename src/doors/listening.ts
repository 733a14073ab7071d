// A server that listens: the port that it got, or why it got none.
import type { AddressInfo, Server } from 'node:net'

/** As many as wait at most to be accepted; the system may have fewer. */
const BACKLOG = 1024

export function listening(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, BACKLOG, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
