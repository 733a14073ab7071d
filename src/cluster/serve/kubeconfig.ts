// The kubeconfig that lets kubectl and every other client find this server, trust it, and be let in.
import { writePrivate } from './private-file.ts'
import { printYaml } from '../../doors/yaml.ts'

export interface KubeconfigOptions {
  readonly path: string
  readonly server: string
  readonly caCertificate: string
  readonly token: string
  /** Default: `default`. */
  readonly namespace?: string
}

const NAME = 'crossfade'

export function writeKubeconfig(options: KubeconfigOptions): void {
  const authority = Buffer.from(options.caCertificate).toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': NAME,
    clusters: [{ name: NAME, cluster: { server: options.server, 'certificate-authority-data': authority } }],
    users: [{ name: NAME, user: { token: options.token } }],
    contexts: [
      { name: NAME, context: { cluster: NAME, user: NAME, namespace: options.namespace ?? 'default' } },
    ],
  }
  writePrivate(options.path, printYaml(config))
}
