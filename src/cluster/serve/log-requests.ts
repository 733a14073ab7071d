// GET pods/NAME/log: the text of a container's log, once or as it grows.
import type { ServerResponse } from 'node:http'
import type { Pod } from '../../kube/core.ts'
import type { ObjectRef } from '../../kube/object.ts'
import { following } from '../../doors/following.ts'
import { logOptions, logText, openLog, type LogOptions, type OpenLog } from './pod-logs.ts'
import type { Api, ApiRequest, Handled } from './request.ts'
import { drained } from './write-answer.ts'

export async function getLog(api: Api, request: ApiRequest, ref: ObjectRef): Promise<Handled> {
  const options = logOptions(request.query, ref.name, api.clock.now())
  const pod = api.resources.get(ref) as Pod
  const log = await openLog(api.pods, pod, options)
  const leave = api.lasting.enter()
  const { response } = request
  response.once('close', leave)
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' })
  response.flushHeaders()
  if (log === undefined) response.end()
  else await send(api, response, { log, options })
  return 'taken over'
}

async function send(
  api: Api,
  response: ServerResponse,
  { log, options }: { log: OpenLog; options: LogOptions },
): Promise<void> {
  const over = following(api.closing)
  const { signal } = over
  response.once('close', () => over.abort())
  for await (const bytes of logText(log, options, { source: api.pods, clock: api.clock, signal })) {
    if (signal.aborted) break
    // A client that reads slowly holds the log back, never memory.
    if (!response.write(bytes)) await drained(response)
  }
  response.end()
}
