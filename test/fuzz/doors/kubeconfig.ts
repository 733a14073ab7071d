// Kubeconfigs of all kinds: the command line works with them, or says in a sentence what is wrong.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dump } from 'js-yaml'
import fc from 'fast-check'
import { temporaryHome } from '../../acceptance/program.ts'
import { hasControls, hasStack, plugin } from '../cluster.ts'
import type { Door } from '../door.ts'
import { json, slipped, slips, text } from '../texts.ts'
import type { Json, Slip } from '../texts.ts'

interface Config {
  readonly cluster: Json
  readonly user: Json
  readonly context: Json
  readonly mistakes: readonly Slip[]
}

const exec = fc.record({
  apiVersion: fc.constantFrom('client.authentication.k8s.io/v1', 'x'),
  command: fc.oneof(fc.constantFrom('false', '/nowhere/plug-in', 'echo', 'sh'), text),
  args: fc.array(text, { maxLength: 3 }),
  env: fc.oneof(fc.constant(null), json),
})

const config: fc.Arbitrary<Config> = fc.record({
  cluster: fc.oneof(
    fc.record({ server: fc.oneof(fc.constantFrom('https://127.0.0.1:1', 'http://[', 'ftp://x'), text) }),
    fc.record({ server: fc.constant('https://127.0.0.1:1'), 'certificate-authority-data': text }),
    json,
  ) as fc.Arbitrary<Json>,
  user: fc.oneof(
    fc.record({ token: text }),
    fc.record({ exec }),
    fc.record({ 'client-certificate-data': text, 'client-key-data': text }),
    fc.record({ tokenFile: text }),
    json,
  ) as fc.Arbitrary<Json>,
  context: fc.oneof(fc.constant<Json>({ cluster: 'c', user: 'u', namespace: 'default' }), json),
  mistakes: fc.oneof(fc.constant([]), slips),
})

function fileOf({ cluster, user, context, mistakes }: Config): Buffer {
  const whole = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context }],
  }
  return slipped(Buffer.from(dump(whole)), mistakes)
}

export const kubeconfig: Door<Config> = {
  name: 'kubeconfig',
  inputs: 35,
  input: config,
  async open() {
    const home = temporaryHome()
    const file = join(home.path, 'config')
    return {
      async send(one) {
        writeFileSync(file, fileOf(one))
        const environment = { ...process.env, KUBECONFIG: file, NODE_EXTRA_CA_CERTS: '' }
        const said = await plugin(['list', 'rollouts', '--request-timeout', '2s'], environment)
        if (said.killed !== undefined) throw new Error(`ended by ${said.killed}: ${said.text.slice(0, 1000)}`)
        if (hasStack(said.text)) throw new Error(`a stack: ${said.text.slice(0, 2000)}`)
        if (hasControls(said.text))
          throw new Error(`control signs: ${JSON.stringify(said.text.slice(0, 1000))}`)
      },
      innocent: async () => {},
      death: () => undefined,
      memoryMb: () => 0,
      close: async () => home.remove(),
    }
  },
}
