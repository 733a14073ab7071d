// Completion: what is offered, and that nothing is when the cluster can not be asked.
import { describe, expect, test } from 'vitest'
import { KubeError } from '../kube/errors.ts'
import { aCluster, aRollout, run } from './program.suite.ts'
import type { Setting } from './program.suite.ts'

describe('completion', () => {
  const offered = async (words: readonly string[], setting: Setting = {}) => {
    const { out } = await run(aCluster(aRollout('demo'), aRollout('debug')), '', {
      ...setting,
      words: ['__complete', ...words],
    })
    return out.split('\n').slice(0, -2)
  }

  test.each([
    [['pro'], ['promote']],
    [
      ['get', ''],
      ['experiment', 'rollout'],
    ],
    [
      ['get', 'rollout', 'de'],
      ['debug', 'demo'],
    ],
    [['promote', 'demo', ''], []],
    [
      ['abort', 'demo', ''],
      ['debug', 'demo'],
    ],
    [['-n', 'shop', 'status', 'dem'], ['demo']],
    [['set', 'image', 'demo', ''], ['web=']],
    [['promote', '--fu'], ['--full']],
    [['create', ''], ['analysisrun']],
    [['nonsense', ''], []],
  ])('%j may go on with %j', async (words, wanted) => {
    expect(await offered(words)).toEqual(wanted)
  })

  test('offers nothing where the cluster can not be asked', async () => {
    const connect = () => Promise.reject(new KubeError('Unreachable', 'no route'))
    expect(await offered(['get', 'rollout', ''], { world: { connect } })).toEqual([])
  })

  test.each(['bash', 'zsh', 'fish'])('has a script for %s', async shell => {
    const { out, exit } = await run(aCluster(), `completion ${shell}`)
    expect(exit).toBe(0)
    expect(out).toContain('__complete')
  })

  test.each(['csh', 'constructor'])('knows no other shell: %s', async shell => {
    const { err, exit } = await run(aCluster(), `completion ${shell}`)
    expect([exit, err]).toEqual([1, `Error: no completion for "${shell}": give one of bash, zsh, fish\n`])
  })
})
