// What a kube-apiserver 1.34 shows for 200 pods with statuses put together at random: READY, STATUS and RESTARTS.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Pod } from '../kube/core.ts'
import { podSummary } from './pod-status.ts'

interface Recorded {
  readonly pod: Pod
  readonly row: readonly [ready: string, status: string, restarts: string | number]
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/golden/pod-rows.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

test('200 pods are shown as kubectl shows them', () => {
  expect(recorded).toHaveLength(200)
  const rows = recorded.map(({ pod }) => {
    const { ready, total, word, restarts, lastRestartAt } = podSummary(pod)
    const isDated = restarts > 0 && lastRestartAt !== undefined
    return [`${ready}/${total}`, word, restarts, isDated]
  })
  const wanted = recorded.map(({ row: [ready, status, restarts] }) => {
    const [count, ago] = String(restarts).split(' ')
    return [ready, status, Number(count), ago !== undefined]
  })
  expect(rows).toEqual(wanted)
})
