// The world outside a simulated cluster: servers that answer every request with a text, at once.
import type { GoUrl } from '../../src/std/go/url.ts'
import { HttpError } from '../../src/doors/http.ts'
import type { Hop } from '../../src/doors/outgoing/hop.ts'
import type { SimulatedOutside } from '../../src/sim/world.ts'

/** `answer` gives the JSON text that stands at a URL; undefined: nobody listens there. */
export function scriptedOutside(answer: (url: GoUrl) => string | undefined): SimulatedOutside {
  const roundTrip = ({ url }: Hop) => {
    const text = answer(url)
    if (text === undefined) return Promise.reject(refused(url.host))
    return Promise.resolve({
      status: 200,
      statusText: '200 OK',
      headers: { 'content-type': 'application/json' },
      text: () => Promise.resolve(text),
      discard: () => {},
    })
  }
  return { env: {}, sleeping: () => 0, outgoing: { transport: () => roundTrip, close: () => {} } }
}

function refused(host: string): HttpError {
  return new HttpError('ECONNREFUSED', `dial tcp ${host}: connect: connection refused`)
}
