// Bodies of writes: JSON, YAML, protobuf and three kinds of patches, with mistakes, too deep, too wide, and with
// keys that JavaScript takes for its own.
import fc from 'fast-check'
import { startCluster } from '../cluster.ts'
import type { Door } from '../door.ts'
import { goodName, huge, hugeText, json, slipped, slips, text } from '../texts.ts'
import type { Huge, Json, Slip } from '../texts.ts'

interface Write {
  readonly kind: keyof typeof KINDS
  readonly name: string
  readonly change: { readonly path: readonly string[]; readonly value: Json }
  readonly as: 'json' | 'yaml' | 'protobuf' | 'merge' | 'strategic' | 'patch' | 'apply'
  readonly huge: Huge | undefined
  readonly mistakes: readonly Slip[]
}

const POD = { containers: [{ name: 'web', image: 'demo:v1', ports: [{ containerPort: 80 }], env: [] }] }
const TEMPLATE = { metadata: { labels: { app: 'a' } }, spec: POD }
const SELECTOR = { matchLabels: { app: 'a' } }

const KINDS = {
  configmaps: { api: 'api/v1', apiVersion: 'v1', kind: 'ConfigMap', more: { data: { a: 'b' } } },
  pods: { api: 'api/v1', apiVersion: 'v1', kind: 'Pod', more: { spec: POD } },
  services: { api: 'api/v1', apiVersion: 'v1', kind: 'Service', more: { spec: { ports: [{ port: 80 }] } } },
  deployments: {
    api: 'apis/apps/v1',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    more: { spec: { replicas: 0, selector: SELECTOR, template: TEMPLATE } },
  },
  rollouts: {
    api: 'apis/argoproj.io/v1alpha1',
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    more: { spec: { replicas: 0, selector: SELECTOR, template: TEMPLATE, strategy: { canary: {} } } },
  },
} as const

const TYPES = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  patch: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

const key = fc.oneof(
  fc.constantFrom(
    'metadata',
    'labels',
    'annotations',
    'spec',
    'template',
    'containers',
    'data',
    'finalizers',
    '0',
  ),
  fc.constantFrom(
    '$patch',
    '$retainKeys',
    '$setElementOrder/containers',
    '$deleteFromPrimitiveList/finalizers',
  ),
  text,
)

const write: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom('configmaps', 'pods', 'services', 'deployments', 'rollouts'),
  name: goodName,
  change: fc.record({ path: fc.array(key, { minLength: 1, maxLength: 5 }), value: json }),
  as: fc.constantFrom('json', 'yaml', 'protobuf', 'merge', 'strategic', 'patch', 'apply'),
  huge: fc.option(huge, { nil: undefined, freq: 6 }),
  mistakes: fc.oneof(fc.constant([]), slips),
})

function objectOf({ kind, name }: Write): Json {
  const { apiVersion, kind: word, more } = KINDS[kind]
  return { apiVersion, kind: word, metadata: { name, namespace: 'default' }, ...(more as object) } as Json
}

/** The value under the path; a JSON text, so that `__proto__` is a key like others. */
function nested(path: readonly string[], value: Json): string {
  return path.reduceRight((inner, one) => `{${JSON.stringify(one)}:${inner}}`, JSON.stringify(value))
}

function bodyOf(one: Write): Buffer {
  const { change, as } = one
  const pointer = change.path.map(part => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  const large = one.huge === undefined ? undefined : hugeText(one.huge)
  const value = large ?? JSON.stringify(change.value)
  if (as === 'patch') return Buffer.from(`[{"op":"add","path":${JSON.stringify(pointer)},"value":${value}}]`)
  if (as === 'merge' || as === 'strategic') return Buffer.from(large ?? nested(change.path, change.value))
  const whole = JSON.stringify(objectOf(one))
  const changed = whole.slice(0, -1) + `,${JSON.stringify(change.path[0])}:${value}}`
  const bytes = Buffer.from(changed)
  return as === 'protobuf' ? Buffer.concat([Buffer.from('6b387300', 'hex'), bytes]) : bytes
}

export const apiBodies: Door<Write> = {
  name: 'api-bodies',
  inputs: 400,
  input: write,
  async open() {
    const cluster = await startCluster()
    return {
      ...cluster,
      async send(one) {
        const { api } = KINDS[one.kind]
        const list = `/${api}/namespaces/default/${one.kind}`
        const body = { type: TYPES[one.as], bytes: slipped(bodyOf(one), one.mistakes) }
        const isPatch = ['merge', 'strategic', 'patch', 'apply'].includes(one.as)
        if (isPatch) {
          const bytes = Buffer.from(JSON.stringify(objectOf(one)))
          await cluster.send('POST', list, { type: TYPES.json, bytes })
        }
        const path = isPatch ? `${list}/${one.name}` : list
        const answer = await cluster.send(isPatch ? 'PATCH' : 'POST', path, body)
        await cluster.send('DELETE', `${list}/${one.name}?gracePeriodSeconds=0`)
        if (answer !== undefined && answer.status >= 500)
          throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 500)}`)
      },
    }
  },
}
