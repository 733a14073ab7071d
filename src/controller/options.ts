// What `crossfade controller` is told on its command line: Argo Rollouts' flags with their meanings and
// defaults, read as Go reads them (`--flag=value`, `--flag value`, `--switch`, `--switch=false`). A manifest
// of theirs starts ours.
import type { LogLevel } from '../doors/log.ts'
import type { KubeconfigOverrides } from '../runtime/network/kubeconfig.ts'
import type { LeaseTimes } from '../runtime/leader.ts'
import { parseDuration } from '../std/duration.ts'
import { own } from '../std/own.ts'
import type { IngressClasses } from '../traffic/ingress-class.ts'
import { MESH_ROUTER, OLD_TRAEFIK_SERVICE, TRAEFIK_SERVICE } from '../kube/kinds.ts'

export interface ControllerOptions {
  readonly kubeconfig: string | undefined
  readonly overrides: KubeconfigOverrides
  /** Only one namespace: `--namespace`, or the one that the controller lives in. */
  readonly namespaced: boolean
  readonly instanceId: string
  /** The versions of routers' kinds that were asked for, with their groups. */
  readonly routeVersions: readonly string[]
  /** Which classes of Ingresses a router's load balancers were said to serve; of one that is not here, any. */
  readonly ingressClasses: IngressClasses
  /** What of the command line has no effect although it may be relied on, a sentence each. */
  readonly warnings: readonly string[]
  readonly logLevel: LogLevel
  readonly logFormat: 'json' | 'text'
  readonly metricsPort: number
  readonly healthzPort: number
  /** How many rollouts may have writes under way. */
  readonly rolloutThreads: number
  /** Undefined: no election. */
  readonly election: LeaseTimes | undefined
  readonly wants: 'run' | 'version' | 'help'
}

/** A sentence that names the flag, the value and the cure. */
export interface OptionsProblem {
  readonly problem: string
}

interface Flag {
  readonly kind: 'switch' | 'text' | 'number' | 'duration' | 'list'
  readonly default: string
  readonly about: string
  /** Known so that manifests keep working, without an effect here: why. */
  readonly without?: string
}

const text = (about: string, value = ''): Flag => ({ kind: 'text', default: value, about })
const number = (about: string, value: number): Flag => ({ kind: 'number', default: String(value), about })
const duration = (about: string, value: string): Flag => ({ kind: 'duration', default: value, about })
const list = (about: string): Flag => ({ kind: 'list', default: '', about })
const onOff = (about: string, value = false): Flag => ({ kind: 'switch', default: String(value), about })
const without = (flag: Flag, reason: string): Flag => ({ ...flag, without: reason })

const NO_POLLING = 'watches tell of every change; nothing is listed again and again'
const ONE_LOOP = 'one loop plays everything; --rollout-threads bounds it'
const NOT_VERIFIED =
  '--aws-verify-target-group: target groups of load balancers are not asked here, so nothing would be verified; ' +
  'take the flag out'
const SERVED = 'the version that the server serves is used'

const CONTROLLER_FLAGS: Readonly<Record<string, Flag>> = {
  kubeconfig: text('The kubeconfig to use'),
  context: text('Context of the kubeconfig to use'),
  cluster: text('Cluster of the kubeconfig to use'),
  user: text('User of the kubeconfig to be'),
  server: text('The API server'),
  token: text('Bearer token'),
  namespace: text('The namespace of --namespaced'),
  'insecure-skip-tls-verify': onOff("Do not check the server's certificate"),
  'request-timeout': without(
    text('How long one request may take', '0'),
    'silence for a minute ends a request',
  ),
  namespaced: onOff('Only one namespace: --namespace, or our own'),
  'instance-id': text('Only objects that carry this id in their controller-instance-id label'),
  loglevel: text('debug, info, warn or error', 'info'),
  logformat: text('json or text', 'text'),
  kloglevel: without(number('Level of the client library’s log', 0), 'there is no such library'),
  metricsPort: number('Port of /metrics', 8090),
  healthzPort: number('Port of /healthz', 8080),
  'rollout-threads': number('How many rollouts may have writes under way', 32),
  'experiment-threads': without(number('Experiments at the same time', 10), ONE_LOOP),
  'analysis-threads': without(number('Analysis runs at the same time', 30), ONE_LOOP),
  'service-threads': without(number('Services at the same time', 10), ONE_LOOP),
  'ingress-threads': without(number('Ingresses at the same time', 10), ONE_LOOP),
  'ephemeral-metadata-threads': without(number('Pods labelled at the same time', 10), ONE_LOOP),
  'ephemeral-metadata-update-pod-retries': without(number('Tries for each pod', 3), ONE_LOOP),
  'rollout-resync': without(duration('How often everything is looked at again', '15m0s'), NO_POLLING),
  qps: without(text('Requests a second', '40'), 'few requests are sent, and Retry-After is heeded'),
  burst: without(number('Requests at once', 80), 'few requests are sent, and Retry-After is heeded'),
  'leader-elect': onOff('Only one of several controllers acts', true),
  'leader-election-lease-duration': duration('How long a silent leader is left alone', '15s'),
  'leader-election-renew-deadline': duration('How long a leader tries to stay one', '10s'),
  'leader-election-retry-period': duration('How often the lease is looked at', '2s'),
  'ambassador-api-version': text('API version of Mappings; the one that the server stores without it'),
  'istio-api-version': text('API version of Istio’s objects; the one that the server stores without it'),
  'traffic-split-api-version': text(
    'API version of TrafficSplits; the one that the server stores without it',
  ),
  'traefik-api-group': text('API group of TraefikServices; the one that has it without the flag'),
  'traefik-api-version': text('API version of TraefikServices; the one that the server stores without it'),
  'appmesh-crd-version': text('API version of App Mesh’s objects; the one that the server stores without it'),
  'aws-verify-target-group': onOff(
    'Ask AWS whether weights have arrived: refused, since it is not done here',
  ),
  'alb-tag-key-resource-id': without(
    text('Tag of target groups', 'ingress.k8s.aws/resource'),
    'target groups of load balancers are not asked, so no tag of theirs is read',
  ),
  'ingress-api-version': without(text('API version of Ingresses'), SERVED),
  'nginx-ingress-classes': list('Class of Ingresses that NGINX serves, repeatable; any without it'),
  'alb-ingress-classes': list(
    'Class of Ingresses that the ALB controller serves, repeatable; any without it',
  ),
  version: onOff('Print the version and end'),
  help: onOff('Print the flags and end'),
}

const ALIASES: Readonly<Record<string, string>> = {
  metricsport: 'metricsPort',
  n: 'namespace',
  h: 'help',
  'alb-verify-weight': 'aws-verify-target-group',
  s: 'server',
}
const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  trace: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
}

export function readOptions(argv: readonly string[]): ControllerOptions | OptionsProblem {
  const values = new Map(Object.entries(CONTROLLER_FLAGS).map(([name, flag]) => [name, flag.default]))
  const lists = new Map<string, readonly string[]>()
  const given = new Set<string>()
  for (let at = 0; at < argv.length; at++) {
    const read = readFlag(argv, at)
    if ('problem' in read) return read
    values.set(read.name, read.value)
    given.add(read.name)
    if (CONTROLLER_FLAGS[read.name]?.kind === 'list')
      lists.set(read.name, [...(lists.get(read.name) ?? []), read.value])
    at += read.used
  }
  const at = (name: string) => values.get(name) ?? ''
  const logLevel = own(LEVELS, at('loglevel'))
  if (logLevel === undefined) return wrong('loglevel', at('loglevel'), 'one of debug, info, warn, error')
  const logFormat = at('logformat') || 'text'
  if (logFormat !== 'json' && logFormat !== 'text') return wrong('logformat', logFormat, 'json or text')
  const traefikGroup = at('traefik-api-group')
  if (traefikGroup !== '' && !TRAEFIK_GROUPS.includes(traefikGroup))
    return wrong('traefik-api-group', traefikGroup, TRAEFIK_GROUPS.join(' or '))
  if (at('aws-verify-target-group') === 'true') return { problem: NOT_VERIFIED }
  const rolloutThreads = Number(at('rollout-threads'))
  if (rolloutThreads < 1) return wrong('rollout-threads', at('rollout-threads'), 'at least 1')
  const election = electionOf(at)
  if (election !== undefined && 'problem' in election) return election
  return {
    kubeconfig: at('kubeconfig') || undefined,
    overrides: overridesOf(at),
    namespaced: at('namespaced') === 'true',
    instanceId: at('instance-id'),
    routeVersions: routeVersionsOf(at),
    ingressClasses: ingressClassesOf(lists),
    warnings: warningsOf(given),
    logLevel,
    logFormat,
    metricsPort: Number(at('metricsPort')),
    healthzPort: Number(at('healthzPort')),
    rolloutThreads,
    election,
    wants: at('help') === 'true' ? 'help' : at('version') === 'true' ? 'version' : 'run',
  }
}

const VERSION_FLAGS = {
  'ambassador-api-version': 'getambassador.io',
  'istio-api-version': 'networking.istio.io',
  'traffic-split-api-version': 'split.smi-spec.io',
  'appmesh-crd-version': MESH_ROUTER.group,
}
const TRAEFIK_GROUPS = [TRAEFIK_SERVICE.group, OLD_TRAEFIK_SERVICE.group]

/** A version may be written with its group or without. */
function routeVersionsOf(at: (name: string) => string): readonly string[] {
  const versions = Object.entries(VERSION_FLAGS).flatMap(([flag, group]) => {
    const value = at(flag)
    return value === '' ? [] : [value.includes('/') ? value : `${group}/${value}`]
  })
  return [...versions, ...traefikVersions(at)]
}

/** Both flags say a group: that of the group's own flag counts, as it does with Argo Rollouts. */
function traefikVersions(at: (name: string) => string): readonly string[] {
  const written = at('traefik-api-version')
  const slash = written.lastIndexOf('/')
  const group = at('traefik-api-group') || written.slice(0, Math.max(0, slash))
  const version = written.slice(slash + 1)
  if (group === '' && version === '') return []
  const groups = group === '' ? TRAEFIK_GROUPS : [group]
  return groups.map(one => `${one}/${version || TRAEFIK_SERVICE.version}`)
}

const CLASS_FLAGS = { nginx: 'nginx-ingress-classes', alb: 'alb-ingress-classes' }

function ingressClassesOf(lists: Lists): IngressClasses {
  return Object.fromEntries(
    Object.entries(CLASS_FLAGS).flatMap(([field, flag]) => {
      const classes = lists.get(flag)
      return classes === undefined ? [] : [[field, classes] as const]
    }),
  )
}

/** Flags that ask for something of the world outside that is not done here: whoever gives them is to know. */
const WARNED = ['alb-tag-key-resource-id']

function warningsOf(given: ReadonlySet<string>): readonly string[] {
  return WARNED.filter(name => given.has(name)).map(
    name => `--${name} has no effect: ${CONTROLLER_FLAGS[name]?.without ?? ''}`,
  )
}

type Lists = ReadonlyMap<string, readonly string[]>

/** One line a flag, as `--help` shows them. */
export function flagsHelp(): string {
  return Object.entries(CONTROLLER_FLAGS)
    .map(([name, { about, default: value, without: reason }]) => {
      const shown = value === '' || value === 'false' ? '' : ` (default ${value})`
      const effect = reason === undefined ? '' : `; accepted without effect: ${reason}`
      return `      --${name.padEnd(38)} ${about}${shown}${effect}\n`
    })
    .join('')
}

function readFlag(
  argv: readonly string[],
  at: number,
): { name: string; value: string; used: 0 | 1 } | OptionsProblem {
  const word = argv[at] ?? ''
  const [, given = '', inline] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? []
  const name = own(ALIASES, given) ?? given
  const flag = own(CONTROLLER_FLAGS, name)
  if (flag === undefined)
    return { problem: `${word}: there is no such flag; crossfade controller --help lists them` }
  if (flag.kind === 'switch') {
    const value = inline ?? 'true'
    if (value === 'true' || value === 'false') return { name, value, used: 0 }
    return wrong(name, value, 'true or false')
  }
  const value = inline ?? argv[at + 1]
  if (value === undefined) return { problem: `--${name}: a value must follow` }
  const used = inline === undefined ? 1 : 0
  if (flag.kind === 'number' && !/^\d{1,9}$/.test(value)) return wrong(name, value, 'a whole number')
  if (flag.kind === 'duration' && parseDuration(value) === undefined)
    return wrong(name, value, 'a duration such as 15s')
  if (name.endsWith('Port') && Number(value) > 65_535)
    return wrong(name, value, 'a port up to 65535; 0 is any free one')
  return { name, value, used }
}

function wrong(flag: string, value: string, wanted: string): OptionsProblem {
  return { problem: `--${flag}: ${JSON.stringify(value)} is not ${wanted}` }
}

function electionOf(at: (name: string) => string): LeaseTimes | undefined | OptionsProblem {
  if (at('leader-elect') !== 'true') return undefined
  const lengthOf = (name: string) => parseDuration(at(`leader-election-${name}`)) ?? 0
  const [durationMs, renewDeadlineMs, retryMs] = ['lease-duration', 'renew-deadline', 'retry-period'].map(
    lengthOf,
  )
  const times = { durationMs: durationMs ?? 0, renewDeadlineMs: renewDeadlineMs ?? 0, retryMs: retryMs ?? 0 }
  if (times.durationMs <= times.renewDeadlineMs)
    return {
      problem: '--leader-election-lease-duration must be longer than --leader-election-renew-deadline',
    }
  if (times.renewDeadlineMs <= times.retryMs * 1.2 || times.retryMs < 1)
    return {
      problem:
        '--leader-election-renew-deadline must be longer than 1.2 times --leader-election-retry-period',
    }
  return times
}

function overridesOf(at: (name: string) => string): KubeconfigOverrides {
  const names = ['context', 'cluster', 'user', 'server', 'token', 'namespace'] as const
  return {
    ...Object.fromEntries(names.filter(name => at(name) !== '').map(name => [name, at(name)])),
    ...(at('insecure-skip-tls-verify') === 'true' ? { insecureSkipVerify: true } : {}),
  }
}
