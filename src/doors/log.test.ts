// The log: structured, and silent about secrets.
import { describe, expect, test } from 'vitest'
import { createLog } from './log.ts'

function logged(format: 'json' | 'text') {
  const lines: string[] = []
  return { lines, log: createLog({ level: 'info', format, write: line => lines.push(line) }) }
}

describe('the log', () => {
  test('is a line of JSON for machines', () => {
    const { lines, log } = logged('json')
    log.with({ controller: 'rollouts' }).info('promote', { name: 'demo' })
    log.debug('not this one')
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { level: 'info', msg: 'promote', controller: 'rollouts', name: 'demo' },
    ])
  })
  test('is a line of text for people', () => {
    const { lines, log } = logged('text')
    log.warn('a pass failed', { name: 'demo', error: 'no route' })
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}a pass failed name=demo error="no route"\n$/)
  })
  test('for people sends no control character to their terminal, and is one line', () => {
    const { lines, log } = logged('text')
    log.warn('failed: a\x1b[2J\nb', { name: '\x1b]0;x\x07', error: 'c\x9bd e' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/warn {2}failed: a\^\[\[2J\^Jb name=\S*\\?.*\n$/)
    expect(lines[0]?.slice(0, -1)).not.toMatch(/\p{Cc}/u)
  })
  test('never shows a secret', () => {
    const { lines, log } = logged('json')
    log.info('asked', {
      token: 't0p',
      headers: { authorization: 'Bearer t0p' },
      a: { b: { password: 't0p' } },
    })
    expect(lines[0]).not.toContain('t0p')
    expect(lines[0]).toContain('[redacted]')
  })
})
