// `crossfade env`: what a shell needs to use the embedded cluster; or, only when asked, the context `crossfade` in the
// user's own kubeconfig, beside what stands there.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { writePrivate } from '../cluster/serve/private-file.ts'
import { parseYaml, printYaml } from '../doors/yaml.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { PROGRAMS, StartError } from './home.ts'
import { homePath } from './home-path.ts'
import { shellExports, shellWord } from './shell.ts'
import { text } from '../std/json-parts.ts'

type Environment = Readonly<Record<string, string | undefined>>

const LISTS = ['clusters', 'users', 'contexts'] as const

/** Throws StartError where nothing has been started yet. */
export function shellEnvironment(environment: Environment): string {
  return `${shellExports({ kubeconfig: ownKubeconfig(environment), programs: PROGRAMS })}\n`
}

/** Gives back what it has done, for people. The current context stays, unless there is none. */
export function mergeContext(environment: Environment): string {
  const own = readConfig(ownKubeconfig(environment))
  const path = usersKubeconfig(environment)
  const found = existsSync(path) ? readConfig(path) : { apiVersion: 'v1', kind: 'Config' }
  const merged: Record<string, Json> = { ...found }
  for (const list of LISTS) merged[list] = joined(entries(found, list), entries(own, list))
  if (!found['current-context']) merged['current-context'] = own['current-context'] ?? ''
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writePrivate(path, printYaml(merged))
  const name = text(own['current-context'])
  return `context ${name} written to ${path}\n\nkubectl --context ${shellWord(name)} get rollouts\n`
}

function ownKubeconfig(environment: Environment): string {
  const path = join(homePath(environment), 'kubeconfig')
  if (existsSync(path)) return path
  throw new StartError(`${path} is not there: run crossfade start first, or set CROSSFADE_HOME to its folder`)
}

/** The file that kubectl would write to, and never our own. */
function usersKubeconfig(environment: Environment): string {
  const own = join(homePath(environment), 'kubeconfig')
  const named = (environment.KUBECONFIG ?? '').split(delimiter).filter(path => path !== '' && path !== own)
  return named[0] ?? join(homedir(), '.kube', 'config')
}

function readConfig(path: string): JsonObject {
  const problem = (why: string) => new StartError(`${path} is no kubeconfig (${why}); nothing was changed`)
  try {
    const [value = {}] = parseYaml(readFileSync(path, 'utf8'))
    if (isJsonObject(value)) return value
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error))
  }
  throw problem('it is not a map')
}

function entries(config: JsonObject, list: string): readonly Json[] {
  const found = config[list]
  return Array.isArray(found) ? found : []
}

/** Entries of the same name give way. */
function joined(before: readonly Json[], more: readonly Json[]): Json[] {
  const nameOf = (entry: Json) => (isJsonObject(entry) ? entry['name'] : undefined)
  const names = new Set(more.map(nameOf))
  return [...before.filter(entry => !names.has(nameOf(entry))), ...more]
}
