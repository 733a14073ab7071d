// Whether the server is well: `ok` as plain text, with the single checks on demand, as Kubernetes' probes
// ask.
import { pageNotFound, textAnswer, type Answer } from './answers.ts'

export interface HealthCheck {
  readonly name: string
  isWell(): boolean
}

const PATH = /^\/(healthz|livez|readyz)(?:\/([\w-]+))?\/?$/

/**
 * Undefined when the path is not about health. `readyz` asks all checks, `healthz` and `livez` only whether
 * we answer.
 */
export function healthAnswer(
  path: string,
  query: URLSearchParams,
  checks: readonly HealthCheck[],
): Answer | undefined {
  const match = PATH.exec(path)
  if (match === null) return undefined
  const [, probe, only] = match as unknown as [string, string, string | undefined]
  const ping: HealthCheck = { name: 'ping', isWell: () => true }
  const asked = [ping, ...(probe === 'readyz' ? checks : [])]
  if (only !== undefined) {
    const check = asked.find(one => one.name === only)
    if (check === undefined) return pageNotFound()
    return check.isWell() ? textAnswer(200, 'ok') : textAnswer(500, `${only} failed\n`)
  }
  const left = asked.filter(check => !query.getAll('exclude').includes(check.name))
  const failed = left.filter(check => !check.isWell())
  const lines = left.map(check =>
    failed.includes(check) ? `[-]${check.name} failed` : `[+]${check.name} ok`,
  )
  if (failed.length > 0) return textAnswer(500, `${lines.join('\n')}\n${probe} check failed\n`)
  return textAnswer(200, query.has('verbose') ? `${lines.join('\n')}\n${probe} check passed\n` : 'ok')
}
