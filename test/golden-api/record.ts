// Records what a real API server answers to the scripts, and how it prints the objects of tables.ts:
// `npm run script test/golden-api/record.ts -- KUBECONFIG`. The files in test/golden/api are what it wrote.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseYaml } from '../../src/doors/yaml.ts'
import { play, type Server } from './player.ts'
import { normalise } from './normalise.ts'
import { CLEAN_UP, SCRIPTS } from './scripts.ts'
import { recordTables, zooRemovals } from './tables.ts'

const folder = fileURLToPath(new URL('../golden/api/', import.meta.url))

function serverOf(path: string): Server {
  const config = parseYaml(readFileSync(path, 'utf8'))[0] as {
    clusters: { cluster: { server: string } }[]
    users: { user: { token: string } }[]
  }
  const url = new URL(config.clusters[0]?.cluster.server ?? '')
  return { port: Number(url.port), token: config.users[0]?.user.token ?? '' }
}

async function record(path: string): Promise<void> {
  const server = serverOf(path)
  await cleanUp(server)
  for (const [name, steps] of Object.entries(SCRIPTS)) {
    const answers = normalise(await play(server, steps))
    write(name, answers)
  }
  write('tables', await recordTables(server))
  await cleanUp(server)
}

/** Removes what the scripts make, and waits until it is gone. */
async function cleanUp(server: Server): Promise<void> {
  await play(server, [...CLEAN_UP, ...zooRemovals()])
  for (let i = 0; i < 120; i++) {
    const left = await play(server, [
      {
        name: 'left',
        method: 'GET',
        path: '/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name+in+(golden-api,golden-zoo)',
        waitMs: 1_000,
      },
    ])
    if (left[0]?.text.includes('"items":[]')) return
  }
  throw new Error('the namespaces of an earlier recording do not go away')
}

function write(name: string, value: unknown): void {
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(value, null, 1)}\n`)
  process.stdout.write(`${name}\n`)
}

const [path] = process.argv.slice(2).filter(argument => argument !== '--')
if (path === undefined) {
  process.stderr.write('say which API server: record.ts KUBECONFIG\n')
  process.exit(1)
}
await record(path)
