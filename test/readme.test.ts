// The READMEs: both have the same blocks, and each block, pasted as a whole, does what is said.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProgram, temporaryHome } from './acceptance/program.ts'
import type { Program } from './acceptance/program.ts'
import { clientTool, run } from './tools/kubectl.ts'

const LONGEST_MS = 240_000

interface Block {
  readonly title: string
  readonly text: string
}

/** What people paste into a shell, by the title that it stands under. */
function blocksOf(file: string): readonly Block[] {
  const sections = readFileSync(file, 'utf8').split(/^## /m)
  return sections.flatMap(section => {
    const [title = ''] = section.split('\n')
    return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => ({ title, text }))
  })
}

const blocks = blocksOf('README.md')
const tool = clientTool('kubectl')
const missing = 'missing' in tool ? tool.missing : undefined

test('both READMEs have the same blocks', () => {
  const texts = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/```.*?```/gs)].map(([text]) => text)
  expect(texts('README.zh-CN.md')).toEqual(texts('README.md'))
})

describe.skipIf(missing !== undefined)(
  `pasted as a whole${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    const home = temporaryHome()
    let program: Program
    beforeAll(async () => {
      program = await startProgram(home.path, ['--demo', '--no-load'])
    }, 60_000)
    afterAll(async () => {
      program.signal('SIGTERM')
      await program.ended
      home.remove()
    })

    const paste = async (title: string): Promise<string> => {
      const text = blocks.find(block => block.title === title)?.text ?? ''
      const own = text.replaceAll('localhost:8080', `localhost:${new URL(program.gateway).port}`)
      const kubectl = dirname('path' in tool ? tool.path : '')
      const path = `${kubectl}:${program.environment.PATH}`
      const env = { KUBECONFIG: program.environment.KUBECONFIG as string, PATH: path, HOME: home.path }
      const { code, out, err } = await run('bash', ['-c', own], { env, timeoutMs: LONGEST_MS })
      expect([code, err.replace(/^ +% Total.*/s, '')], `${out}\n${err}`).toEqual([0, ''])
      return out
    }
    const counts = (out: string) =>
      [...out.matchAll(/^ *(\d+) "version":"(.*)"$/gm)].map(([, n, of]) => `${of} ${n}`)

    test.concurrent('a canary, and back', { timeout: LONGEST_MS }, async () => {
      const out = await paste('A canary')
      expect(counts(out)).toEqual(['v1.0 70', 'v2.0 30', 'v1.0 40', 'v2.0 60', 'v2.0 100'])
      expect(await paste('And back')).toMatch(/aborted\n.* condition met\n *100 200\n.*\nHealthy\n$/s)
    })

    test.concurrent('blue/green', { timeout: LONGEST_MS }, async () => {
      const out = await paste('Blue/green')
      expect(
        [...out.matchAll(/"version":"(.*?)".*"service":"(.*?)"/g)].map(([, of, by]) => `${by} ${of}`),
      ).toEqual(['simple-rollout-preview v2.0', 'simple-rollout-active v1.0', 'simple-rollout-active v2.0'])
    })

    test.concurrent('a bad version goes back by itself', { timeout: LONGEST_MS }, async () => {
      const out = await paste('A bad version goes back by itself')
      expect(out).toMatch(/Status: +✖ Degraded\n.*assessed Failed due to failed \(1\) > failureLimit \(0\)/s)
      expect(out).toMatch(/rollouts-demo:blue \(stable\)/)
    })

    test.concurrent('an A/B test', { timeout: LONGEST_MS }, async () => {
      const out = await paste('An A/B test')
      expect(out).toMatch(/^ab-test-\S+ +Running/m)
      expect(out).toMatch(/^ *20 "version":"v[12]\.0"$/m)
      expect(out).toMatch(/promoted\n.*Healthy\n$/s)
    })

    test.concurrent('an own image', { timeout: LONGEST_MS }, async () => {
      expect(counts(await paste('Your own image'))).toEqual(['1.0 30', '2.0 10'])
    })
  },
)
