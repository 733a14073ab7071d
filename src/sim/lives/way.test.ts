// How pods fare in a life.
import { expect, test } from 'vitest'
import type { Stage } from '../../cluster/kubelet/stages.ts'
import type { Pod } from '../../kube/core.ts'
import { CALM_MS } from './scenario.ts'
import { fareOf } from './way.ts'

test('no pod of a broken image starts before it is calm', () => {
  const fare = fareOf([{ on: 'image', nth: 2, do: 'never', ms: 0 }], 0)
  const startsAt = (image: string, at: number) => {
    const spec = { containers: [{ name: 'app', image }] }
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: image, uid: image }, spec }
    return fare(pod, { name: 'run', at } as Stage)
  }
  expect(startsAt('demo:v1', 3000)).toBe(3000)
  expect(startsAt('demo:v2', 3000)).toBe(CALM_MS)
  expect(startsAt('demo:v2', CALM_MS + 3000)).toBe(CALM_MS + 3000)
})
