// What is said of a write that failed, and which failures are the server's last word.
import { expect, test } from 'vitest'
import { KubeError } from './errors.ts'
import { CONFIG_MAP } from './kinds.ts'
import { isFinal, refusalOf } from './refusal.ts'
import type { Write } from './write.ts'

const write: Write = { verb: 'delete', why: 'delete map a', target: { kind: CONFIG_MAP, name: 'a' } }

test('a refusal names the write and has the words of the server, for a terminal and a kilobyte', () => {
  const error = new KubeError('Invalid', `\x1b]0;title\x07${'🚀'.repeat(500)}`, {
    details: { name: 'secret' },
  })
  const { reason, message } = refusalOf(write, error)
  expect(reason).toBe('Invalid')
  expect(message).toMatch(/^delete map a: \^\[\]0;title\^G🚀+…$/u)
  expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(1024)
})

test('what may go well the next time is not the last word', () => {
  const isLast = (reason: KubeError['reason']) => isFinal(new KubeError(reason, ''))
  for (const reason of ['Invalid', 'Forbidden', 'BadRequest', 'RequestEntityTooLarge'] as const)
    expect(isLast(reason)).toBe(true)
  for (const reason of ['Conflict', 'NotFound', 'AlreadyExists', 'TooManyRequests', 'Timeout'] as const)
    expect(isLast(reason)).toBe(false)
  for (const reason of ['Internal', 'Unreachable', 'Unauthorized', 'Expired'] as const)
    expect(isLast(reason)).toBe(false)
})
