// What `crossfade start` prints when it is ready: where things are, and the very commands to type next.
import { BLUE_GREEN_HOST } from '../cluster/demo/objects.ts'

export interface Announcement {
  readonly gatewayUrl: string
  readonly apiUrl: string
  readonly metricsUrl: string
  readonly kubeconfig: string
  /** The folder that holds `kubectl-argo-rollouts` and `crossfade`. */
  readonly programs: string
  readonly hasDemo: boolean
}

export function announcement(ready: Announcement): string {
  const lines = [
    `gateway  ${ready.gatewayUrl}`,
    `api      ${ready.apiUrl}`,
    `metrics  ${ready.metricsUrl}`,
    '',
    'In another shell:',
    '',
    `export KUBECONFIG=${ready.kubeconfig}`,
    `export PATH=${ready.programs}:$PATH`,
    ...(ready.hasDemo ? ['', ...tour(ready.gatewayUrl)] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** Works with kubectl, and with `crossfade rollouts` in place of `kubectl argo rollouts` where there is none. */
function tour(gatewayUrl: string): readonly string[] {
  const gateway = new URL(gatewayUrl)
  return [
    'kubectl argo rollouts get rollout simple-rollout',
    'kubectl argo rollouts set image simple-rollout ' +
      'webserver-simple=docker.io/kostiscodefresh/gitops-canary-app:v2.0',
    `curl http://${BLUE_GREEN_HOST}:${gateway.port}/`,
    'kubectl argo rollouts promote simple-rollout',
    'kubectl argo rollouts get rollout simple-rollout --watch',
  ]
}
