// What `crossfade start` prints when it is ready: what runs and where, the link to click first, the very commands to
// type next, how it is stopped, where its state lies. On a terminal with colours.
import { AB_TEST_HOST, BLUE_GREEN_HOST } from '../cluster/demo/objects.ts'
import { typedFlag, USUAL_PORTS } from './ports.ts'
import { shellExports, shellWord } from './shell.ts'

export interface Announcement {
  readonly version: string
  /** How long the start took. */
  readonly seconds: number
  readonly dashboardUrl: string
  readonly gatewayUrl: string
  readonly apiUrl: string
  readonly metricsUrl: string
  /** What is not where it usually is, a sentence each. */
  readonly notes: readonly string[]
  readonly home: string
  readonly kubeconfig: string
  /** The folder that holds `kubectl-argo-rollouts` and `crossfade`. */
  readonly programs: string
  readonly hasDemo: boolean
}

export function announcement(ready: Announcement, isColoured: boolean): string {
  const { strong, link } = isColoured ? COLOURED : PLAIN
  const lines = [
    strong(`crossfade ${ready.version} is ready in ${ready.seconds.toFixed(1)} s`),
    '',
    `dashboard  ${link(ready.dashboardUrl)}   works once; ${anotherUrl(ready)} prints another`,
    ...(ready.hasDemo
      ? [`demo       ${link(demoUrl(ready))}`, `A/B test   ${link(abTestUrl(ready))}   ${AB_TEST_NOTE}`]
      : []),
    `gateway    ${link(ready.gatewayUrl)}   each Service: ${serviceUrl(ready)}`,
    `api        ${ready.apiUrl}`,
    `metrics    ${link(ready.metricsUrl)}`,
    `state      ${shellWord(ready.home)}   kept; ${typedFlag('--fresh')} forgets it`,
    ...ready.notes.map(note => `note       ${note}`),
    '',
    strong('In another shell:'),
    '',
    shellExports(ready),
    '',
    ...(ready.hasDemo
      ? tour(ready)
      : ['kubectl apply -f YOUR-ROLLOUT.yaml', 'kubectl argo rollouts list rollouts']),
    '',
    'Ctrl-C stops it.',
  ]
  return `${lines.join('\n')}\n`
}

const PLAIN = { strong: (text: string) => text, link: (text: string) => text }
const COLOURED = {
  strong: (text: string) => `\x1b[1m${text}\x1b[0m`,
  link: (text: string) => `\x1b[36m${text}\x1b[0m`,
}

function portOf(url: string): string {
  return new URL(url).port
}

/** The command finds the usual port by itself. */
function anotherUrl({ dashboardUrl }: Announcement): string {
  const port = portOf(dashboardUrl)
  return `crossfade dashboard --url${port === String(USUAL_PORTS.dashboard) ? '' : ` --port ${port}`}`
}

function serviceUrl({ gatewayUrl }: Announcement): string {
  return `http://SERVICE.NAMESPACE.localhost:${portOf(gatewayUrl)}/`
}

const AB_TEST_NOTE = 'begins with `set image ab-test`: docs/experiments.md'

function abTestUrl({ gatewayUrl }: Announcement): string {
  return `http://${AB_TEST_HOST}:${portOf(gatewayUrl)}/`
}

function demoUrl(ready: Announcement): string {
  return `http://${BLUE_GREEN_HOST}:${portOf(ready.gatewayUrl)}/`
}

/** Works with kubectl, and with `crossfade rollouts` in place of `kubectl argo rollouts` where there is none. */
function tour(ready: Announcement): readonly string[] {
  return [
    'kubectl argo rollouts get rollout simple-rollout',
    'kubectl argo rollouts set image simple-rollout ' +
      'webserver-simple=docker.io/kostiscodefresh/gitops-canary-app:v2.0',
    `curl ${demoUrl(ready)}`,
    'kubectl argo rollouts promote simple-rollout',
    'kubectl argo rollouts get rollout simple-rollout --watch',
  ]
}
