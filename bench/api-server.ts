// The API server's durable creates of 2 KB ConfigMaps over 32 connections, and its LIST of 5,000 of them,
// against a real kube-apiserver (the one that REFERENCE_KUBECONFIG names) in the same run. Prints one line;
// creates need at least 2 times as many a second, the list at most the same time.
import { Pool } from 'undici'
import { accessIn } from '../test/acceptance/api.ts'
import { startProgram, temporaryHome } from '../test/acceptance/program.ts'

const CONNECTIONS = 32
const OBJECTS = 5_000
/** Creates before those that count, so that neither server nor this client is met cold. */
const WARM_UP = 3_000
const LISTS = 9
const NAMESPACE = 'bench-api-server'
const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`
const VALUE = 'x'.repeat(2_000)

interface Measured {
  readonly createsPerSecond: number
  readonly listMs: number
}

async function measure(kubeconfig: string): Promise<Measured> {
  const { server, token } = accessIn(kubeconfig)
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json',
  }
  const pool = new Pool(server, { connections: CONNECTIONS, connect: { rejectUnauthorized: false } })
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<number> => {
    const text = body === undefined ? null : JSON.stringify(body)
    const answer = await pool.request({ method, path, headers, body: text })
    await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER })
    return answer.statusCode
  }
  try {
    await emptyNamespace(ask)
    await create(ask, WARM_UP)
    await ask('DELETE', MAPS)
    const createsPerSecond = await create(ask, OBJECTS)
    return { createsPerSecond, listMs: await list(ask) }
  } finally {
    await ask('DELETE', MAPS)
    await ask('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
    await pool.close()
  }
}

type Ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<number>

/** A namespace of an earlier run may still be going. */
async function emptyNamespace(ask: Ask): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const code = await ask('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } })
    if (code === 201) return
    await ask('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  throw new Error(`the namespace ${NAMESPACE} cannot be made`)
}

/** How many a second. */
async function create(ask: Ask, count: number): Promise<number> {
  let next = 0
  const began = performance.now()
  const connection = async () => {
    while (next < count) {
      const name = `map-${next++}`
      const code = await ask('POST', MAPS, { metadata: { name }, data: { value: VALUE } })
      if (code !== 201) throw new Error(`a create was answered with ${code}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  return (count / (performance.now() - began)) * 1000
}

/** The median of several, the first left out. */
async function list(ask: Ask): Promise<number> {
  const times: number[] = []
  for (let i = 0; i <= LISTS; i++) {
    const began = performance.now()
    await ask('GET', MAPS)
    if (i > 0) times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(LISTS / 2)] as number
}

const home = temporaryHome()
const program = await startProgram(home.path, ['--no-demo'])
const ours = await measure(program.environment['KUBECONFIG'] as string)
program.signal('SIGTERM')
await program.ended
home.remove()

const said = `creates ${ours.createsPerSecond.toFixed(0)}/s, list of ${OBJECTS} in ${ours.listMs.toFixed(0)} ms`
const reference = process.env['REFERENCE_KUBECONFIG']
if (reference === undefined) {
  console.log(`api-server: ${said}; no yardstick: REFERENCE_KUBECONFIG names no kube-apiserver`)
} else {
  const theirs = await measure(reference)
  const creates = ours.createsPerSecond / theirs.createsPerSecond
  const lists = ours.listMs / theirs.listMs
  console.log(
    `api-server: ${said}; kube-apiserver ${theirs.createsPerSecond.toFixed(0)}/s, ${theirs.listMs.toFixed(0)} ms; ` +
      `ratios ${creates.toFixed(2)} (need >= 2) and ${lists.toFixed(2)} (need <= 1)`,
  )
}
