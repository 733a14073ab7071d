// The containers of a pod template, checked as an API server would check them in a ReplicaSet, in its words:
// a template that passes here must not fail when the ReplicaSet's pods are made.
import type { Container, ContainerPort, EnvVar } from '../../kube/core.ts'
import { dns1123Label } from '../../kube/names.ts'
import { compareQuantities, parseQuantity } from '../../kube/quantity.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { objects, printed } from '../../std/json-parts.ts'
import type { FieldError } from '../field-error.ts'
import { duplicate, forbidden, invalid, missing, notFound, notSupported } from '../field-error.ts'
import { wrong } from './labels.ts'
import { portNameErrors, portNumberErrors } from './ports.ts'
import { probeErrors } from './probe.ts'

type Errors = readonly FieldError[]

export function containerErrors(path: string, container: Container, volumes: readonly string[]): Errors {
  const { name, image = '', ports = [], env = [] } = container
  return [
    ...nameErrors(`${path}.name`, name),
    ...(image === '' ? [missing({ path: `${path}.image`, cure: 'Name the image to run.' })] : []),
    ...(image.trim() === image ? [] : [blankImage(`${path}.image`, image)]),
    ...portsErrors(`${path}.ports`, ports),
    ...env.flatMap((one, i) => envErrors(`${path}.env[${i}]`, one)),
    ...mountErrors(`${path}.volumeMounts`, objects(container['volumeMounts']), volumes),
    ...pullPolicyErrors(`${path}.imagePullPolicy`, container['imagePullPolicy']),
    ...resourceErrors(`${path}.resources`, (container.resources ?? {}) as JsonObject),
    ...probeErrors(`${path}.livenessProbe`, container.livenessProbe, true),
    ...probeErrors(`${path}.readinessProbe`, container.readinessProbe, false),
    ...probeErrors(`${path}.startupProbe`, container.startupProbe, true),
  ]
}

/** `taken`: names that stand elsewhere already. */
export function repeatedNames(path: string, names: readonly string[], taken: readonly string[] = []): Errors {
  return names.flatMap((value, i) =>
    value !== '' && (names.indexOf(value) < i || taken.includes(value))
      ? [duplicate({ path: `${path}[${i}].name`, value, cure: 'Give each its own name.' })]
      : [],
  )
}

export function nameErrors(path: string, value: string | undefined): Errors {
  if (value === undefined || value === '') return [missing({ path, cure: 'Give it a name.' })]
  const cure = 'Use lower-case letters, digits and `-`; begin and end with a letter or digit.'
  return wrong({ path, value, cure }, dns1123Label(value))
}

function blankImage(path: string, value: string): FieldError {
  const cure = 'Take the blanks away.'
  return invalid({ path, value, cure }, 'must not have leading or trailing whitespace')
}

function portsErrors(path: string, ports: readonly ContainerPort[]): Errors {
  return [
    ...ports.flatMap((port, i) => portErrors(`${path}[${i}]`, port)),
    ...repeatedNames(
      path,
      ports.map(port => port.name ?? ''),
    ),
  ]
}

function portErrors(path: string, port: ContainerPort): Errors {
  const { containerPort, hostPort, name = '', protocol = 'TCP' } = port
  const cure = 'Write TCP, UDP or SCTP.'
  return [
    ...(name === '' ? [] : portNameErrors(`${path}.name`, name)),
    ...(containerPort === 0 || containerPort === undefined
      ? [missing({ path: `${path}.containerPort`, cure: 'Write the port that the container listens on.' })]
      : portNumberErrors(`${path}.containerPort`, containerPort)),
    ...(hostPort === undefined || hostPort === 0 ? [] : portNumberErrors(`${path}.hostPort`, hostPort)),
    ...(['SCTP', 'TCP', 'UDP'].includes(protocol)
      ? []
      : [notSupported({ path: `${path}.protocol`, value: protocol, cure }, ['SCTP', 'TCP', 'UDP'])]),
  ]
}

const ENV_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*'

function envErrors(path: string, { name, value = '', valueFrom }: EnvVar): Errors {
  const named = { path: `${path}.name`, value: name, cure: 'Use letters, digits, `_`, `-` and `.`.' }
  const sources = Object.keys(valueFrom ?? {})
  const from = { path: `${path}.valueFrom`, value: '', cure: 'Write a value, or one source of it.' }
  return [
    ...(name === undefined || name === '' ? [missing(named)] : []),
    ...(name && !new RegExp(`^${ENV_NAME}$`).test(name) ? [invalid(named, ENV_NAME_PROBLEM)] : []),
    ...(valueFrom !== undefined && sources.length === 0
      ? [
          invalid(
            from,
            'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
          ),
        ]
      : []),
    ...(value !== '' && sources.length > 0
      ? [invalid(from, 'may not be specified when `value` is not empty')]
      : []),
    ...(sources.length > 1 ? [invalid(from, 'may not have more than one field specified at a time')] : []),
  ]
}

const ENV_NAME_PROBLEM =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not " +
  `start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for ` +
  `validation is '${ENV_NAME}')`

function mountErrors(path: string, mounts: readonly JsonObject[], volumes: readonly string[]): Errors {
  const paths = mounts.map(mount => printed(mount['mountPath'] ?? ''))
  return mounts.flatMap((mount, i) => {
    const name = {
      path: `${path}[${i}].name`,
      value: mount['name'] ?? '',
      cure: 'Name one of `spec.volumes`.',
    }
    const at = { path: `${path}[${i}].mountPath`, value: paths[i], cure: 'Write a path of its own.' }
    return [
      ...(name.value === '' ? [missing(name)] : []),
      ...(name.value !== '' && !volumes.includes(printed(name.value)) ? [notFound(name)] : []),
      ...(paths[i] === '' ? [missing(at)] : []),
      ...(paths.indexOf(paths[i] as string) < i ? [invalid(at, 'must be unique')] : []),
    ]
  })
}

function pullPolicyErrors(path: string, policy: unknown): Errors {
  const supported = ['Always', 'IfNotPresent', 'Never']
  if (policy === undefined || policy === '' || supported.includes(printed(policy))) return []
  return [notSupported({ path, value: printed(policy), cure: 'Write one of the three.' }, supported)]
}

function resourceErrors(path: string, resources: JsonObject): Errors {
  const limits = amounts(resources['limits'])
  const requests = amounts(resources['requests'])
  const negative = (at: string, amount: Json) =>
    printed(amount).trim().startsWith('-')
      ? [invalid({ path: at, value: amount, cure: 'Write 0 or more.' }, 'must be greater than or equal to 0')]
      : []
  return [
    ...limits.flatMap(([name, amount]) => negative(`${path}.limits[${name}]`, amount)),
    ...requests.flatMap(([name, amount]) => [
      ...negative(`${path}.requests[${name}]`, amount),
      ...aboveLimit({ path: `${path}.requests`, name, amount, limits }),
    ]),
  ]
}

function aboveLimit(about: {
  readonly path: string
  readonly name: string
  readonly amount: Json
  readonly limits: readonly (readonly [string, Json])[]
}): Errors {
  const { path, name, amount } = about
  const limit = about.limits.find(([limited]) => limited === name)?.[1]
  const [wanted, allowed] = [quantity(amount), quantity(limit)]
  if (wanted === undefined || allowed === undefined || compareQuantities(wanted, allowed) <= 0) return []
  const cure = `Ask for no more ${name} than the limit allows.`
  return [
    invalid(
      { path, value: amount, cure },
      `must be less than or equal to ${name} limit of ${printed(limit)}`,
    ),
  ]
}

function quantity(value: Json | undefined) {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined
}

function amounts(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)) : []
}

/** Init containers without `restartPolicy: Always` end before the others begin: nothing probes them. */
export function initContainerErrors(path: string, container: Container): Errors {
  if (container['restartPolicy'] === 'Always') return []
  return (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap(probe =>
    container[probe] === undefined
      ? []
      : [
          forbidden(
            { path: `${path}.${probe}`, cure: 'Take it away, or write `restartPolicy: Always`.' },
            'may not be set for init containers without restartPolicy=Always',
          ),
        ],
  )
}
