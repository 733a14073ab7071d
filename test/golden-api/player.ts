// Plays a script of requests against an API server, any, and writes down what it answered. A request may name
// values of earlier answers: `$RV(step)`, `$UID(step)`, `$CONTINUE(step)`.
import { type RequestOptions, request } from 'node:https'

export interface Step {
  readonly name: string
  readonly method: string
  readonly path: string
  /** Default: application/json where there is a body. */
  readonly contentType?: string
  readonly accept?: string
  /** A text is sent as it is. */
  readonly body?: unknown
  /** Before the request, for what a server does in its own time. */
  readonly waitMs?: number
}

export interface Answered {
  readonly step: Step
  readonly status: number
  readonly contentType: string
  readonly warnings: readonly string[]
  /** The text; the lines of a watch one after the other. */
  readonly text: string
}

export interface Server {
  readonly port: number
  readonly token: string
  /** Undefined: the server's certificate is not checked. */
  readonly ca?: string
}

export async function play(server: Server, steps: readonly Step[]): Promise<readonly Answered[]> {
  const answered = new Map<string, Answered>()
  for (const step of steps) {
    if (step.waitMs !== undefined) await new Promise(resolve => setTimeout(resolve, step.waitMs))
    answered.set(step.name, await ask(server, step, text => filledIn(text, answered)))
  }
  return [...answered.values()]
}

function filledIn(text: string, answered: ReadonlyMap<string, Answered>): string {
  return text.replaceAll(/\$(RV|UID|CONTINUE)\(([^)]+)\)/g, (_, what: string, name: string) => {
    const answer = answered.get(name)
    if (answer === undefined) throw new Error(`no step before is called ${name}`)
    const { metadata } = JSON.parse(answer.text) as { metadata: Record<string, string> }
    const field = { RV: 'resourceVersion', UID: 'uid', CONTINUE: 'continue' }[what] as string
    return metadata[field] ?? ''
  })
}

function ask(server: Server, step: Step, fill: (text: string) => string): Promise<Answered> {
  const body =
    step.body === undefined
      ? undefined
      : fill(typeof step.body === 'string' ? step.body : JSON.stringify(step.body))
  const options: RequestOptions = {
    host: '127.0.0.1',
    servername: 'localhost',
    port: server.port,
    ...(server.ca === undefined ? { rejectUnauthorized: false } : { ca: server.ca }),
    agent: false,
    method: step.method,
    path: fill(step.path),
    headers: {
      authorization: `Bearer ${server.token}`,
      'user-agent': 'golden/1',
      ...(step.accept === undefined ? {} : { accept: step.accept }),
      ...(body === undefined
        ? {}
        : {
            'content-type': step.contentType ?? 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
    },
  }
  return new Promise((resolve, reject) => {
    const sent = request(options, answer => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          step,
          status: answer.statusCode ?? 0,
          contentType: answer.headers['content-type'] ?? '',
          warnings: [answer.headers['warning'] ?? []].flat(),
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
