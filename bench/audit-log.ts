// What a user asked of an API server, counted in its audit log (one JSON line a request): the only count that is taken
// alike of every controller.
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { parseJson } from '../src/std/json.ts'
import { record, text } from '../src/std/json-parts.ts'

export interface Asked {
  readonly writes: number
  readonly reads: number
  readonly events: number
  /** `patch rollouts/status` → how often; watches and leases apart. */
  readonly byKind: ReadonlyMap<string, number>
}

export interface AuditLog {
  /** Where it ends now. */
  mark(): number
  since(mark: number): Asked
}

const READS = ['get', 'list']

export function auditLog(path: string, user: string): AuditLog {
  const mark = () => statSync(path).size
  return { mark, since: from => asked(linesOf(path, from, mark()), user) }
}

/** The file may be large: only what is new is read. */
function linesOf(path: string, from: number, to: number): readonly string[] {
  const bytes = Buffer.alloc(Math.max(0, to - from))
  const file = openSync(path, 'r')
  try {
    readSync(file, bytes, 0, bytes.length, from)
  } finally {
    closeSync(file)
  }
  return bytes.toString('utf8').split('\n')
}

function asked(lines: readonly string[], user: string): Asked {
  const byKind = new Map<string, number>()
  const counts = { writes: 0, reads: 0, events: 0 }
  for (const line of lines) {
    const request = record(parseJson(line))
    if (text(record(request['user'])['username']) !== user) continue
    const verb = text(request['verb'])
    const { resource = '', subresource = '' } = record(request['objectRef']) as Record<string, string>
    if (verb === 'watch' || resource === 'leases') continue
    const kind = `${verb} ${resource || 'what is served'}${subresource && `/${subresource}`}`
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1)
    counts[resource === 'events' ? 'events' : READS.includes(verb) ? 'reads' : 'writes']++
  }
  return { ...counts, byKind }
}
