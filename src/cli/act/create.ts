// `create -f` and `create analysisrun`: objects from local files, and a run from a template of the cluster or a file.
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  CLUSTER_ANALYSIS_TEMPLATE,
  EXPERIMENT,
  ROLLOUT,
} from '../../kube/kinds.ts'
import { INSTANCE_ID } from '../../api/words.ts'
import { apiVersionOf, fromJson } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { objects, record, text, withFields } from '../../std/json-parts.ts'
import { CommandError, isOn, textOf } from '../command.ts'
import type { Call, Run } from '../command.ts'

const KINDS: readonly Kind[] = [
  ROLLOUT,
  EXPERIMENT,
  ANALYSIS_TEMPLATE,
  CLUSTER_ANALYSIS_TEMPLATE,
  ANALYSIS_RUN,
]

export const runCreate: Run = async call => {
  const files = textsOf(call, 'filename')
  if (files.length === 0) throw new CommandError('required flag(s) "filename" not set')
  const isWatched = isOn(call.flags, 'watch')
  if (isWatched && files.length > 1) throw new CommandError('cannot watch more than one file')
  const { client, namespace } = await call.connect()
  for (const file of files) {
    const object = fromJson(await objectIn(call, file))
    const kind = KINDS.find(one => one.kind === object.kind && apiVersionOf(one) === object.apiVersion)
    if (kind === undefined) throw new CommandError(`${file}: ${unsupported(object)}`)
    const placed = kind.namespaced ? inNamespace(object, namespace) : object
    const made = (await client.write({ verb: 'create', object: placed, why: `create ${file}` })) ?? placed
    // Compat: a ClusterAnalysisTemplate is told as the other.
    const told = kind === CLUSTER_ANALYSIS_TEMPLATE ? ANALYSIS_TEMPLATE : kind
    call.world.stdout.write(`${told.kind.toLowerCase()}.argoproj.io/${made.metadata.name} created\n`)
    if (isWatched) return watched(call, kind, made.metadata.name)
  }
  return 0
}

function unsupported({ kind, apiVersion }: KubeObject): string {
  const what = `${kind || 'unknown'} (${apiVersion || 'no version'})`
  return `creates of kind ${what} are not supported: give a ${KINDS.map(one => one.kind).join(', ')}`
}

async function watched(call: Call, kind: Kind, name: string): Promise<number> {
  if (kind !== ROLLOUT && kind !== EXPERIMENT) return 0
  const { run } = await (kind === ROLLOUT
    ? import('../get/get-rollout.ts')
    : import('../get/get-experiment.ts'))
  return run({ ...call, args: [name] })
}

export const runCreateAnalysisRun: Run = async call => {
  const { flags } = call
  const [from, fromFile] = [textOf(flags, 'from') ?? '', textOf(flags, 'from-file') ?? '']
  if ((from === '') === (fromFile === ''))
    throw new CommandError('one of --from or --from-file must be specified, and not both')
  const { client, namespace } = await call.connect()
  const kind = isOn(flags, 'global') ? CLUSTER_ANALYSIS_TEMPLATE : ANALYSIS_TEMPLATE
  const place = kind.namespaced ? { namespace } : {}
  const template: unknown =
    from === '' ? await objectIn(call, fromFile) : await client.get({ kind, ...place, name: from })
  const object = runOf(template as JsonObject, { ...namesIn(call), args: argumentsIn(call) })
  const placed = inNamespace(fromJson(object), namespace)
  const made =
    (await client.write({ verb: 'create', object: placed, why: 'create an analysis run' })) ?? placed
  call.world.stdout.write(`analysisrun.argoproj.io/${made.metadata.name} created\n`)
  return 0
}

interface RunParts {
  readonly name: string
  readonly generateName: string
  readonly instanceId: string
  readonly args: readonly JsonObject[]
}

function namesIn({ flags }: Call): Omit<RunParts, 'args'> {
  return {
    name: textOf(flags, 'name') ?? '',
    generateName: textOf(flags, 'generate-name') ?? '',
    instanceId: textOf(flags, 'instance-id') ?? '',
  }
}

/** Compat: the template's own metrics and settings; templates that it names are not followed. */
function runOf(template: JsonObject, { name, generateName, instanceId, args }: RunParts): JsonObject {
  const { name: of, labels } = record(template['metadata'])
  const spec = record(template['spec'])
  const generated = generateName || `${text(of)}-`
  const ours = instanceId === '' ? labels : { [INSTANCE_ID]: instanceId }
  return {
    apiVersion: apiVersionOf(ANALYSIS_RUN),
    kind: ANALYSIS_RUN.kind,
    metadata: {
      ...(name === '' ? { generateName: generated } : { name }),
      ...(ours !== undefined && { labels: ours }),
    },
    spec: withFields(spec, { templates: undefined, args: merged(objects(spec['args']), args) }),
  }
}

/** Compat: arguments that the template does not declare are left out, unless it declares none. */
function merged(declared: readonly JsonObject[], given: readonly JsonObject[]): Json {
  if (declared.length === 0) return given
  return declared.map(one => ({ ...one, ...given.find(each => each['name'] === one['name']) }))
}

function argumentsIn(call: Call): readonly JsonObject[] {
  return textsOf(call, 'argument').map(argument => {
    const [name = '', ...value] = argument.split('=')
    if (name === '' || value.length === 0)
      throw new CommandError(`arguments must be in the form NAME=VALUE, not ${JSON.stringify(argument)}`)
    return { name, value: value.join('=') }
  })
}

function textsOf({ flags }: Call, name: string): readonly string[] {
  const value = flags[name]
  return Array.isArray(value) ? value : []
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  const { namespace: own = namespace } = object.metadata
  return { ...object, metadata: { ...object.metadata, namespace: own } }
}

/** One object, in YAML or JSON. */
async function objectIn({ world }: Call, file: string): Promise<JsonObject> {
  const { parseYaml, YamlError } = await import('../../doors/yaml.ts')
  const source = await world.read(file)
  try {
    const [first, ...more] = parseYaml(source)
    if (more.length > 0) throw new CommandError(`${file}: more than one object; give each a file of its own`)
    if (!isJsonObject(first) || !isJsonObject(first['metadata']))
      throw new CommandError(`${file}: no Kubernetes object: kind, apiVersion and metadata are needed`)
    return first
  } catch (error) {
    throw error instanceof YamlError ? new CommandError(`${file}: ${error.message}`) : error
  }
}
