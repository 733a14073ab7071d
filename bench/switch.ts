// How long a switch of a Service's selector takes to reach live traffic: from the acknowledged write to the first
// answer of the new version, 100 switches on the running program. One line: median and 99th percentile against 100 ms.
import { apiOf } from '../test/acceptance/api.ts'
import { sendRequests } from '../test/acceptance/load.ts'
import { startProgram, temporaryHome, until } from '../test/acceptance/program.ts'

const SWITCHES = 100
const LIMIT_MS = 100
const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const HOST = 'probe.default.localhost'

const replicaSet = (version: string) => ({
  metadata: { name: `probe-${version}` },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'probe', version } },
    template: {
      metadata: { labels: { app: 'probe', version } },
      spec: { containers: [{ name: 'web', image: `${IMAGE}:${version}`, ports: [{ containerPort: 8080 }] }] },
    },
  },
})

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo', '--no-load'])
const api = apiOf(program.environment.KUBECONFIG as string)
const services = '/api/v1/namespaces/default/services'
for (const version of ['v1', 'v2']) {
  await api('POST', '/apis/apps/v1/namespaces/default/replicasets', replicaSet(version))
}
const service = {
  spec: { selector: { app: 'probe', version: 'v1' }, ports: [{ port: 80, targetPort: 8080 }] },
}
await api('POST', services, { metadata: { name: 'probe' }, ...service })
const replicaSets = () => api('GET', '/apis/apps/v1/namespaces/default/replicasets')
await until(
  'the pods are ready',
  async () => (await replicaSets()).body.items,
  items =>
    items.filter((one: { status?: { readyReplicas?: number } }) => one.status?.readyReplicas).length >= 4,
)
const answering = async () => (await sendRequests(program.gateway, HOST, 1))[0]?.version

const tookMs: number[] = []
for (let i = 1; i <= SWITCHES; i++) {
  const version = i % 2 === 0 ? 'v1' : 'v2'
  await api('PATCH', `${services}/probe`, { spec: { selector: { version } } })
  const written = performance.now()
  while ((await answering()) !== version) continue
  tookMs.push(performance.now() - written)
}
api.close()
program.signal('SIGTERM')
await program.ended
home.remove()
tookMs.sort((a, b) => a - b)
const at = (share: number) => tookMs[Math.floor(share * (tookMs.length - 1))] as number
console.log(
  `switch of a selector: ${at(0.5).toFixed(1)} ms median, ${at(0.99).toFixed(1)} ms 99th percentile of ${SWITCHES}; ` +
    `ratio to ${LIMIT_MS} ms ${(at(0.99) / LIMIT_MS).toFixed(2)} (need <= 1)`,
)
