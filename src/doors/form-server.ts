// A small HTTP server for an API whose parameters come in the query or in a form, and whose answers are JSON.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { listening } from './listening.ts'

export interface FormRequest {
  readonly path: string
  /** Of the query and of a form alike. */
  readonly parameters: URLSearchParams
}

export interface FormAnswer {
  readonly status: number
  readonly body: object
}

export interface FormServer {
  readonly port: number
  close(): Promise<void>
}

const FORM_BYTES = 1024 * 1024

/** Listens on this machine alone. `answer`: undefined where there is nothing of that path. */
export async function serveForms(
  answer: (request: FormRequest) => Promise<FormAnswer | undefined>,
): Promise<FormServer> {
  const server = createServer((request, response) => {
    const send = ({ status, body }: FormAnswer) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    void readForm(request)
      .then(answer)
      .then(
        found => send(found ?? { status: 404, body: { status: 'error', error: 'not found' } }),
        (error: unknown) => send({ status: 400, body: { status: 'error', error: String(error) } }),
      )
  })
  server.requestTimeout = 30_000
  const port = await listening(server, 0, '127.0.0.1')
  return {
    port,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function readForm(request: IncomingMessage): Promise<FormRequest> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const parameters = new URLSearchParams(url.search)
  let form = ''
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    form += chunk
    if (form.length > FORM_BYTES) throw new Error(`a form may have ${FORM_BYTES} bytes`)
  }
  for (const [name, value] of new URLSearchParams(form)) parameters.append(name, value)
  return { path: url.pathname, parameters }
}
