// What others wrote into objects, shown by the command line: nothing of it acts on a terminal.
import fc from 'fast-check'
import { hasControls, hasStack, plugin, startCluster } from '../cluster.ts'
import type { Door } from '../door.ts'
import { goodName, text } from '../texts.ts'

interface Written {
  readonly name: string
  readonly image: string
  readonly container: string
  readonly message: string
  readonly phase: string
  readonly condition: string
  readonly command: readonly string[]
}

const written: fc.Arbitrary<Written> = fc.record({
  name: goodName,
  image: text,
  container: fc.oneof(goodName, text),
  message: text,
  phase: fc.oneof(fc.constantFrom('Healthy', 'Paused', 'Degraded'), text),
  condition: text,
  command: fc.oneof(
    fc.constantFrom(
      ['get', 'rollout', '$'],
      ['status', '$', '--watch=false'],
      ['list', 'rollouts'],
      ['promote', '$'],
    ),
    text.map(one => ['get', 'rollout', one.replaceAll('\0', '')]),
    text.map(one => [one.replaceAll('\0', '')]),
  ),
})

const LIST = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts'

export const cliOutput: Door<Written> = {
  name: 'cli-output',
  inputs: 20,
  input: written,
  async open() {
    const cluster = await startCluster()
    const send = (method: string, path: string, type: string, body: object) =>
      cluster.send(method, path, { type, bytes: Buffer.from(JSON.stringify(body)) })
    return {
      ...cluster,
      async send(one) {
        const labels = { app: one.name }
        const containers = [{ name: one.container, image: one.image }]
        const template = { metadata: { labels }, spec: { containers } }
        const spec = {
          replicas: 1,
          paused: true,
          selector: { matchLabels: labels },
          template,
          strategy: { canary: {} },
        }
        const object = {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          metadata: { name: one.name },
          spec,
        }
        await send('POST', LIST, 'application/json', object)
        const condition = { type: 'InvalidSpec', status: 'True', reason: one.condition, message: one.message }
        const status = { phase: one.phase, message: one.message, conditions: [condition] }
        await send('PATCH', `${LIST}/${one.name}/status`, 'application/merge-patch+json', { status })
        const args = one.command.map(part => (part === '$' ? one.name : part))
        const said = await plugin(args, cluster.program.environment)
        await cluster.send('DELETE', `${LIST}/${one.name}`)
        if (said.killed !== undefined) throw new Error(`ended by ${said.killed}: ${said.text.slice(0, 1000)}`)
        if (hasStack(said.text)) throw new Error(`a stack: ${said.text.slice(0, 2000)}`)
        if (hasControls(said.text))
          throw new Error(`control signs: ${JSON.stringify(said.text.slice(0, 1000))}`)
      },
    }
  },
}
