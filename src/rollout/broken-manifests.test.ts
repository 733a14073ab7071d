// Whatever stands in a manifest that an API server lets through: the decision is made, and a broken one
// is told of in the words that were recorded.
import { describe, expect, test } from 'vitest'
import { goldenFolder, readJson } from '../../test/golden-lives/recording.ts'
import type { Rollout } from '../api/rollout.ts'
import type { KubeObject } from '../kube/object.ts'
import { aModel, anIngress, aService } from './model.suite.ts'

interface Broken {
  readonly apiServer: string
  readonly controller?: { readonly phase?: string; readonly message?: string | null } | null
  readonly manifest: KubeObject
}

const all = Object.entries(readJson<Record<string, Broken>>(`${goldenFolder()}/invalid.json`)).filter(
  ([, one]) => one.apiServer === 'created' && one.manifest.kind === 'Rollout',
)

/** As it would be met under the one name that the model knows. */
function met({ manifest }: Broken, name: string): { rollout: Rollout; expected: (text: string) => string } {
  const metadata = { ...manifest.metadata, name: 'demo', namespace: 'shop', uid: 'rollout', generation: 1 }
  return {
    rollout: { ...manifest, metadata } as Rollout,
    expected: text => text.replaceAll(`"${name}"`, '"demo"'),
  }
}

describe('a manifest that the API server lets through', () => {
  test.each(all)('%s', (name, one) => {
    const { rollout, expected } = met(one, name)
    const names = ['stable', 'canary', 'active', 'preview', 'root', 'ping', 'pong']
    const model = aModel([rollout, ...names.map(service => aService(service)), anIngress('stable')])
    const decision = model.decide()
    const message = one.controller?.message ?? ''
    if (!message.startsWith('InvalidSpec') || message.includes('not found')) return
    expect(decision.writes).toEqual([])
    expect((decision.status as { message?: string }).message).toBe(expected(message))
  })
})
