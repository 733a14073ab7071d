// Which pods are scraped and where, as annotations say it: `prometheus.io/scrape`, `port`, `path`. Their series get the
// labels that Prometheus' well-known job `kubernetes-pods` gives them.
import type { Pod } from '../kube/core.ts'

export interface PodTarget {
  readonly uid: string
  readonly address: string
  readonly port: number
  readonly path: string
  readonly labels: Readonly<Record<string, string>>
}

const PREFIX = 'prometheus.io/'
const JOB = 'kubernetes-pods'
const OVER = ['Pending', 'Succeeded', 'Failed']

export function isScraped({ metadata }: Pod): boolean {
  return metadata.annotations?.[`${PREFIX}scrape`] === 'true'
}

/** Undefined: it is not to be scraped, or not yet, or not any more. */
export function podTarget(pod: Pod): PodTarget | undefined {
  const { metadata, spec, status } = pod
  const { podIP = '', phase = 'Pending' } = status ?? {}
  if (!isScraped(pod) || podIP === '' || OVER.includes(phase)) return undefined
  const { name, namespace = '', uid = '', labels = {}, annotations = {} } = metadata
  const port = portOf(pod)
  const path = annotations[`${PREFIX}path`] || '/metrics'
  return {
    uid,
    address: podIP,
    port,
    path: path.startsWith('/') ? path : `/${path}`,
    labels: {
      ...labelsOf(labels),
      namespace,
      pod: name,
      kubernetes_namespace: namespace,
      kubernetes_pod_name: name,
      ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
      instance: `${podIP}:${port}`,
      job: JOB,
    },
  }
}

const HTTP_PORT = 80

/** The annotation's, else the first that is declared. What is no port is as good as none. */
function portOf({ metadata, spec }: Pod): number {
  const said = Number(metadata.annotations?.[`${PREFIX}port`] ?? NaN)
  if (Number.isInteger(said) && said > 0 && said < 65_536) return said
  return spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort ?? HTTP_PORT
}

/** Names of labels as Prometheus can have them. */
function labelsOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([name, value]) => [name.replaceAll(/\W/g, '_'), value] as const)
      .filter(([name]) => /^[A-Za-z_]/.test(name) && !name.startsWith('__')),
  )
}
