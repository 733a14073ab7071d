// What decisions ask of the API server itself.
import { expect, test } from 'vitest'
import { KubeError } from '../kube/errors.ts'
import { ROLLOUT } from '../kube/kinds.ts'
import { asJson } from '../kube/object.ts'
import type { Json } from '../std/json.ts'
import type { Client } from '../runtime/network/client.ts'
import { refusal } from '../runtime/network/kube-answers.ts'
import { virtualClock } from '../sim/clock.ts'
import { answersFrom } from './answers.ts'
import { closedOutside } from './outside.ts'

const about = asJson({ stands: { kind: ROLLOUT, namespace: 'shop', name: 'demo' }, uid: 'u' })

function asked(error: KubeError): Promise<Json> {
  const client = { get: () => Promise.reject(error) } as unknown as Client
  const answer = answersFrom({ client, clock: virtualClock(0), ...closedOutside() })
  return answer({ id: 'q', about }, new AbortController().signal)
}

test('only what the server says of a Rollout itself is believed when it is to have gone', async () => {
  const details = { name: 'demo', group: 'argoproj.io', kind: 'rollouts' }
  const gone = {
    kind: 'Status',
    reason: 'NotFound',
    message: 'rollouts.argoproj.io "demo" not found',
    details,
  }
  expect(await asked(refusal(404, JSON.stringify(gone)))).toBe(false)
  const unknown = { ...gone, message: 'the server could not find the requested resource', details: {} }
  for (const body of ['404 page not found\n', JSON.stringify(unknown)])
    await expect(asked(refusal(404, body))).rejects.toBeInstanceOf(KubeError)
})
