// Each example, applied and walked in virtual time with the real commands: it becomes healthy, gets a new image,
// stops where its author wants to be asked, and is healthy again with the new image for everybody.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { afterEach, expect, test } from 'vitest'
import type { Rollout } from '../src/api/rollout.ts'
import { ROLLOUT } from '../src/kube/kinds.ts'
import { fromJson } from '../src/kube/object.ts'
import type { KubeObject } from '../src/kube/object.ts'
import { virtualStage } from './golden-lives/virtual-stage.ts'
import type { VirtualStage } from './golden-lives/virtual-stage.ts'

const stages: VirtualStage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop()
})

/** Those that need a metrics server stand in examples.test.ts. */
const EXAMPLES = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.yaml'))
  .filter(file => !/prometheus|canary-with-analysis/.test(readFileSync(join('examples', file), 'utf8')))
  .map(file => join('examples', file))
  .toSorted()
/** Pages whose manifests make one Rollout together. */
const PAGES = ['docs/blue-green.md', 'docs/canary.md']

function manifestsIn(file: string): readonly KubeObject[] {
  const text = readFileSync(file, 'utf8')
  const blocks = file.endsWith('.md')
    ? [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block)
    : [text]
  return blocks.flatMap(block => loadAll(block as string) as KubeObject[])
}

/** How often somebody is asked on the way; once where nothing is said, and twice behind the routers. */
const ASKED: Readonly<Record<string, number>> = {
  'examples/analysis/dry-run.yaml': 0,
  'examples/blue-green/analysis.yaml': 0,
  'examples/blue-green/auto-promotion.yaml': 0,
  'examples/blue-green/several-versions.yaml': 0,
  'examples/canary/deadline.yaml': 0,
}

const LONGEST_MS = 600_000
const NAMESPACE = 'default'

async function applied(file: string) {
  const stage = await virtualStage()
  stages.push(stage)
  const objects = manifestsIn(file)
  for (const object of objects) {
    const placed = fromJson({ ...object, metadata: { ...object.metadata, namespace: NAMESPACE } } as never)
    await stage.client.write({ verb: 'create', why: 'apply the example', object: placed })
  }
  const { metadata, spec } = objects.find(({ kind }) => kind === ROLLOUT.kind) as Rollout
  const { name } = metadata
  const container = spec.template?.spec.containers[0]?.name ?? ''
  const rollout = async () =>
    (await stage.client.get({ kind: ROLLOUT, namespace: NAMESPACE, name })) as Rollout
  const type = async (line: string) => {
    const { exit, stderr } = await stage.run(line, NAMESPACE)
    expect([exit, stderr], line).toEqual([0, ''])
  }
  /** Until the phase is one of these, or for ten minutes. */
  const becomes = async (...phases: readonly string[]): Promise<Rollout['status']> => {
    const end = stage.clock.now() + LONGEST_MS
    for (;;) {
      const { status, metadata: now } = await rollout()
      const isSeen = status?.observedGeneration === String(now.generation)
      if (isSeen && phases.includes(status.phase ?? '')) return status
      if (stage.clock.now() >= end) throw new Error(`${file}: ${status?.phase} ${status?.message}`)
      await stage.clock.sleepUntil(stage.clock.now() + 500, new AbortController().signal)
    }
  }
  return { stage, name, container, rollout, type, becomes }
}

/** Longer than every pause that ends by itself. */
const PATIENCE_MS = 60_000

test.each([...EXAMPLES, ...PAGES])('%s goes its way to the end', { timeout: 60_000 }, async file => {
  const { stage, name, container, rollout, type, becomes } = await applied(file)
  expect(await becomes('Healthy', 'Degraded')).toMatchObject({ phase: 'Healthy' })
  await type(`set image ${name} ${container}=argoproj/rollouts-demo:green`)
  let asked = 0
  for (;;) {
    const before = await becomes('Healthy', 'Paused', 'Degraded')
    expect(before?.phase, before?.message).not.toBe('Degraded')
    if (before?.phase === 'Healthy') break
    await stage.clock.sleepUntil(stage.clock.now() + PATIENCE_MS, new AbortController().signal)
    const { status } = await rollout()
    if (status?.phase !== 'Paused' || status.currentStepIndex !== before?.currentStepIndex) continue
    await type(`promote ${name}`)
    asked++
  }
  expect(asked).toBe(ASKED[file] ?? (file.startsWith('examples/routers/') ? 2 : 1))
})

test('getting-started/canary.yaml: a bad image is seen at 20 %, and aborted', async () => {
  const { name, container, rollout, type, becomes } = await applied('examples/getting-started/canary.yaml')
  await becomes('Healthy')
  await type(`set image ${name} ${container}=argoproj/rollouts-demo:bad-red`)
  await becomes('Paused')
  await type(`abort ${name}`)
  expect(await becomes('Degraded')).toMatchObject({
    abort: true,
    message: expect.stringMatching(/^RolloutAborted/),
  })
  await type(`set image ${name} ${container}=argoproj/rollouts-demo:blue`)
  await becomes('Healthy')
  expect((await rollout()).status?.abort ?? false).toBe(false)
})

test('canary/deadline.yaml: an image that is not there is aborted by itself', async () => {
  const { name, container, type, becomes } = await applied('examples/canary/deadline.yaml')
  await becomes('Healthy')
  await type(`set image ${name} ${container}=nonexistent-image:1`)
  expect(await becomes('Degraded')).toMatchObject({ abort: true })
})
