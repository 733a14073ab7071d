// What the tests with a real kubectl share: an API server of their own, the command, and small objects.
import { afterAll, beforeAll } from 'vitest'
import { aServer, type TestedServer } from '../../src/cluster/serve/api-server.suite.ts'
import { clientTool, run, type Ran, type RunOptions } from '../tools/kubectl.ts'

const tool = clientTool('kubectl')

/** Why there is no kubectl here; the tests are then skipped under a title that says so. */
export const missing = 'missing' in tool ? tool.missing : undefined

export function titled(about: string): string {
  return missing === undefined ? about : `${about} (${missing})`
}

type RunWith = Omit<RunOptions, 'timeoutMs'>

export interface Session {
  server(): TestedServer
  kubectl(line: string, options?: RunWith): Promise<Ran>
  /** What a command that must succeed says. */
  said(line: string, input?: string): Promise<string>
  /** What a command that must fail complains. */
  refused(line: string, input?: string): Promise<string>
}

/** A server for the tests of one file. */
export function session(): Session {
  let server: TestedServer
  beforeAll(async () => {
    server = await aServer()
  })
  afterAll(() => server.close())

  const kubectl = (line: string, options: RunWith = {}) => {
    if ('missing' in tool) throw new Error(tool.missing)
    const env = { KUBECONFIG: server.kubeconfig, HOME: server.folder, ...options.env }
    return run(tool.path, words(line), { ...options, env })
  }
  return {
    server: () => server,
    kubectl,
    async said(line, input) {
      const ran = await kubectl(line, input === undefined ? {} : { input })
      if (ran.code !== 0) throw new Error(`kubectl ${line}: ${ran.err}`)
      return ran.out
    },
    async refused(line, input) {
      const ran = await kubectl(line, input === undefined ? {} : { input })
      if (ran.code === 0) throw new Error(`kubectl ${line} was not refused: ${ran.out}`)
      return ran.err.trim()
    },
  }
}

/** The words of a command line; quoted ones may hold spaces. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\S)+/g)].map(([word]) => word.replaceAll("'", ''))
}

/** Ages differ from run to run. */
export function ageless(text: string): string {
  return text.replaceAll(/\b\d+(ms|s|m)\b/g, 'AGE').replaceAll(/ +\n/g, '\n')
}

export const aReplicaSet = (name: string) => `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: web, image: "web:1", ports: [{containerPort: 80}]}
`

export const aPod = (name: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {run: ${name}}}
spec:
  containers:
  - {name: one, image: "one:1"}
`
