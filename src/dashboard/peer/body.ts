// Bodies of the peer's calls, read as its server reads them: JSON of any content type, unknown fields ignored, the
// path's names stronger than the body's. What is wrong is told in Go's words.
import { goJsonProblem } from '../../std/go/json-problem.ts'
import { isDeeperThan, isJsonObject, LEVELS_MAX, parseJson } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import type { PeerAct } from './calls.ts'

const MESSAGES: Readonly<Record<PeerAct['call'], string>> = {
  restart: 'RestartRolloutRequest',
  promote: 'PromoteRolloutRequest',
  abort: 'AbortRolloutRequest',
  retry: 'RetryRolloutRequest',
  undo: 'UndoRolloutRequest',
  'set image': 'SetImageRequest',
}

const FIELDS: Readonly<Record<PeerAct['call'], Readonly<Record<string, 'string' | 'bool' | 'int64'>>>> = {
  restart: {},
  promote: { full: 'bool' },
  abort: {},
  retry: {},
  undo: { revision: 'int64' },
  'set image': { rollout: 'string', container: 'string', image: 'string', tag: 'string' },
}

const TYPES = { string: 'string', bool: 'boolean', int64: 'number' } as const

export type ReadBody = { readonly full: boolean } | { readonly problem: string }

export function readBody(call: PeerAct['call'], text: string): ReadBody {
  if (text.trim() === '') return { full: false }
  const problem = goJsonProblem(text)
  if (problem !== undefined)
    return { problem: problem.replace(/^unexpected end of JSON input$/, 'unexpected EOF') }
  const body = parseJson(text)
  if (body === undefined || isDeeperThan(LEVELS_MAX, body)) return { problem: 'exceeded max depth' }
  if (body === null) return { full: false }
  const message = MESSAGES[call]
  if (!isJsonObject(body)) {
    return { problem: `json: cannot unmarshal ${goWord(body)} into Go value of type rollout.${message}` }
  }
  const fields = { name: 'string', namespace: 'string', ...FIELDS[call] } as const
  for (const [name, type] of Object.entries(fields)) {
    const value = body[name]
    if (value === undefined || value === null || typeof value === TYPES[type]) continue
    const place = `Go struct field ${message}.${name} of type ${type}`
    return { problem: `json: cannot unmarshal ${goWord(value)} into ${place}` }
  }
  return { full: body['full'] === true }
}

function goWord(value: Json): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
