// What goes wrong on a connection, in the words of Go's net/http: alerts and runbooks know them.
import { goQuote } from '../../std/go/text.ts'
import { HttpError } from '../http.ts'

interface SystemError extends Error {
  readonly code?: string
  readonly rawPacket?: Uint8Array
  readonly cert?: { readonly subjectaltname?: string }
}

const UNKNOWN_AUTHORITY = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]
const VERIFY = 'tls: failed to verify certificate: x509: '

export function tlsWords(error: SystemError, serverName: string): HttpError {
  const { code = 'ETLS', message, cert } = error
  const say = (text: string) => new HttpError(code, text)
  if (UNKNOWN_AUTHORITY.includes(code)) return say(`${VERIFY}certificate signed by unknown authority`)
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return say(`${VERIFY}certificate has expired or is not yet valid`)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (cert?.subjectaltname ?? '').split(', ').map(name => name.replace(/^(DNS|IP Address):/, ''))
    return say(`${VERIFY}certificate is valid for ${names.join(', ')}, not ${serverName}`)
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(code))
    return say('http: server gave HTTP response to HTTPS client')
  if (code === 'ECONNRESET' || code === 'EPIPE') return say('EOF')
  return say(`tls: ${message}`)
}

const BROKEN = 'net/http: HTTP/1.x transport connection broken: '

/** Before an answer came. `ends`: the two ends of the connection. */
export function exchangeWords(error: SystemError, ends: string): HttpError {
  if (error instanceof HttpError) return error
  const { code = 'EUNKNOWN', message, rawPacket } = error
  if (code.startsWith('HPE_')) return new HttpError(code, BROKEN + brokenHead(rawPacket, message))
  if (message === 'socket hang up') return new HttpError('EOF', 'EOF')
  if (code === 'ECONNRESET') return new HttpError(code, `read tcp ${ends}: read: connection reset by peer`)
  if (code === 'EPIPE') return new HttpError(code, `write tcp ${ends}: write: broken pipe`)
  return new HttpError(code, message)
}

/** While the answer's body came. */
export function bodyWords(error: SystemError): HttpError {
  if (error instanceof HttpError) return error
  const { code = 'EUNKNOWN', message } = error
  const isCut = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'Z_BUF_ERROR'
  if (isCut) return new HttpError('ECUT', 'unexpected EOF')
  if (code.startsWith('HPE_')) return new HttpError(code, 'malformed chunked encoding')
  return new HttpError(code, code === 'Z_DATA_ERROR' ? 'gzip: invalid header' : message)
}

/** What is wrong with the first line of something that is no HTTP. */
function brokenHead(packet: Uint8Array | undefined, otherwise: string): string {
  const [first = ''] = Buffer.from(packet ?? [])
    .toString('latin1')
    .split('\n')
  const line = first.replace(/\r$/, '')
  const blank = line.indexOf(' ')
  if (blank < 0) return `malformed HTTP response ${goQuote(line)}`
  const [code = ''] = line
    .slice(blank + 1)
    .trimStart()
    .split(' ')
  if (!/^\d{3}$/.test(code)) return `malformed HTTP status code ${goQuote(code)}`
  const version = line.slice(0, blank)
  return /^HTTP\/\d\.\d$/.test(version)
    ? `malformed MIME header: ${otherwise}`
    : `malformed HTTP version ${goQuote(version)}`
}
