// A connection without a socket: what goes in at one end comes out at the other.
import { Duplex } from 'node:stream'

type Done = (error?: Error | null) => void

/** One end; node's HTTP and TLS take it for a socket. */
export class WireEnd extends Duplex {
  other: WireEnd | undefined
  #waiting: Done | undefined

  constructor() {
    super({ allowHalfOpen: true })
  }

  override _read(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    // Later, as on a wire: whoever writes is not interrupted by who reads.
    setImmediate(() => {
      const { other } = this
      if (other === undefined || other.destroyed || other.push(chunk)) done()
      else other.#waiting = done
    })
  }

  override _final(done: Done): void {
    if (this.other?.destroyed === false) this.other.push(null)
    done()
  }

  override _destroy(error: Error | null, done: Done): void {
    const { other } = this
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
    if (other?.destroyed === false && !other.readableEnded) other.push(null)
    done(error)
  }

  setTimeout = () => this
  setKeepAlive = () => this
  setNoDelay = () => this
  ref = () => this
  unref = () => this
}

export function wirePair(): { readonly near: WireEnd; readonly far: WireEnd } {
  const [near, far] = [new WireEnd(), new WireEnd()]
  near.other = far
  far.other = near
  return { near, far }
}
