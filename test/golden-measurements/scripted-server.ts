// A server that answers as a recording says, on whatever connection it is given. It reads requests by itself: some of
// them are no well-formed HTTP.
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { Clock } from '../../src/doors/clock.ts'
import type { Instant } from '../../src/std/instant.ts'
import type { ScriptedAnswer } from './recorded-case.ts'

export interface SeenRequest {
  readonly at: Instant
  readonly via: string
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export interface ScriptedServer {
  readonly seen: readonly SeenRequest[]
  /** How many answers wait for time to pass. */
  readonly sleeping: number
  serve(socket: Duplex, via: string): void
  /** CONNECT: who serves the connection from then on. */
  onTunnel: ((socket: Duplex, authority: string) => void) | undefined
}

export interface Script {
  readonly answers: readonly ScriptedAnswer[]
  readonly clock: Clock
  /** Placeholders in bodies and headers. */
  readonly fill: (text: string, now: Instant) => string
}

export function scriptedServer({ answers, clock, fill }: Script): ScriptedServer {
  const seen: SeenRequest[] = []
  const used = new Map<string, number>()
  const server = {
    seen,
    sleeping: 0,
    onTunnel: undefined as ScriptedServer['onTunnel'],
    serve(socket: Duplex, via: string) {
      let bytes = Buffer.alloc(0)
      const read = (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk])
        const request = requestIn(bytes)
        if (request === undefined) return
        bytes = bytes.subarray(request.length)
        if (request.method === 'CONNECT') {
          socket.off('data', read)
          socket.pause()
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
          return server.onTunnel?.(socket, request.target)
        }
        const absolute = via === 'proxy' ? 'proxy-absolute' : via
        seen.push({ at: clock.now(), via: absolute, ...request })
        void respond(socket, next(request))
      }
      socket.on('data', read)
      socket.on('error', () => {})
      socket.on('end', () => socket.end())
    },
  }
  const next = (request: Pick<SeenRequest, 'method' | 'target' | 'headers'>): ScriptedAnswer => {
    const meant = answers.filter(one => one.when !== undefined && isMeant(one.when, request))
    const list = meant.length > 0 ? meant : answers.filter(one => one.when === undefined)
    const key = JSON.stringify(list[0]?.when ?? null)
    const group = list.filter(one => JSON.stringify(one.when ?? null) === key)
    const n = used.get(key) ?? 0
    used.set(key, n + 1)
    return group[Math.min(n, group.length - 1)] ?? { status: 500, body: 'no answer is left' }
  }
  const sleep = async (socket: Duplex, seconds: number) => {
    const gone = new AbortController()
    const leave = () => gone.abort()
    socket.once('close', leave)
    server.sleeping++
    await clock.sleepUntil(clock.now() + seconds * 1000, gone.signal)
    server.sleeping--
    socket.off('close', leave)
  }
  const respond = async (socket: Duplex, answer: ScriptedAnswer) => {
    if (answer.delay !== undefined) await sleep(socket, answer.delay)
    if (socket.destroyed) return
    if (answer.fault === 'close') return void socket.destroy()
    if (answer.fault === 'garbage') return void socket.end('this is not HTTP\r\n\r\n')
    const plain = bodyOf(answer, text => fill(text, clock.now()))
    const body = answer.gzip === true ? gzipSync(plain) : plain
    socket.write(headOf(answer, body.length, text => fill(text, clock.now())))
    if (answer.status === 204) return
    if (answer.fault === 'truncate') return void socket.end(body.subarray(0, body.length / 2))
    const pieces = answer.chunks ?? 1
    for (let i = 0; i < pieces; i++) {
      if (answer.chunkDelay !== undefined) await sleep(socket, answer.chunkDelay)
      if (socket.destroyed) return
      const at = (piece: number) => Math.floor((piece * body.length) / pieces)
      socket.write(body.subarray(at(i), at(i + 1)))
    }
  }
  return server
}

function requestIn(bytes: Buffer) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? []
  const headers = lines.map(line => {
    const [name = '', ...value] = line.split(':')
    return [name, value.join(':').trim()] as const
  })
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
  const start = end + 4
  if (bytes.length < start + length) return undefined
  const body = bytes.subarray(start, start + length).toString('utf8')
  const utf8 = Buffer.from(target, 'latin1').toString('utf8')
  return { method, target: utf8, headers, body, length: start + length }
}

function isMeant(
  { path = '', method, host = '' }: NonNullable<ScriptedAnswer['when']>,
  request: Pick<SeenRequest, 'method' | 'target' | 'headers'>,
): boolean {
  const named = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? ''
  const isMethod = method === undefined || method === request.method
  return isMethod && (request.target.split('?')[0] ?? '').includes(path) && named.includes(host)
}

function bodyOf({ body, json, bodyBase64, repeat }: ScriptedAnswer, fill: (text: string) => string): Buffer {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64')
  if (repeat !== undefined)
    return Buffer.from(repeat.prefix + repeat.unit.repeat(repeat.times) + repeat.suffix)
  if (json !== undefined) return Buffer.from(fill(JSON.stringify(json)))
  return Buffer.from(fill(body ?? ''))
}

function headOf(
  { status = 200, headers = {}, json, gzip }: ScriptedAnswer,
  length: number,
  fill: (text: string) => string,
) {
  const all: Record<string, string> = {
    ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headers,
    ...(gzip === true ? { 'Content-Encoding': 'gzip' } : {}),
    ...(status === 204 ? {} : { 'Content-Length': String(length) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${fill(value)}`)
  return [`HTTP/1.1 ${status} Answer`, ...lines, '', ''].join('\r\n')
}
