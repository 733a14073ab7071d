// `crossfade install --print`: the manifests that run the controller on any Kubernetes, for `kubectl apply -f -`.
import { install } from '../controller/install.ts'
import { manifestYaml } from '../controller/manifest-yaml.ts'
import { StartError } from './home.ts'

/** As the command line gives them. */
export interface InstallFlags {
  readonly print?: boolean
  readonly image: string
  readonly namespace: string
  readonly namespaced: boolean
  readonly instanceId?: string
}

export function installManifests(flags: InstallFlags): string {
  if (flags.print !== true) {
    throw new StartError(
      'install only prints: add --print, and pipe it to "kubectl apply --server-side -f -"',
    )
  }
  const { image, namespace, namespaced, instanceId } = flags
  return manifestYaml(
    install({ image, namespace, namespaced, ...(instanceId === undefined ? {} : { instanceId }) }),
  )
}
