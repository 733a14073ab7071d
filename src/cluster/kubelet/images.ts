// Which images there are on this machine. A typo never becomes a Ready pod that takes production traffic: an image that
// is neither simulated nor local cannot be pulled, and the message says both cures.
import { literally } from '../../std/regex.ts'
import type { Pod } from '../../kube/core.ts'

const SIMULATE = 'crossfade.dev/simulate'

/** Names that say of themselves that there is no such image: whoever writes one wants to see it fail. */
const NEVER_THERE = /[:-]error$|:does-not-exist$|(^|\/)nonexistent-/

/** Why the image cannot be had; undefined: it can. */
export type ImageProblem = { readonly image: string; readonly message: string }

export interface Images {
  /** Whether the pod is simulated: every container's image is, or its template says so. */
  isSimulated(pod: Pod): boolean
  /** The first container whose image cannot be had. */
  problem(pod: Pod): ImageProblem | undefined
}

/** `patterns`: what `--simulate` gave; `*` stands for any text. */
export function simulatedImages(patterns: readonly string[]): Images {
  const matchers = patterns.map(pattern => globToRegExp(shortName(pattern)))
  const isSimulatedImage = (pod: Pod, image: string) =>
    pod.metadata.annotations?.[SIMULATE] === 'true' || matchers.some(one => one.test(shortName(image)))
  const problem = (pod: Pod): ImageProblem | undefined => {
    const missing = imagesOf(pod).find(image => NEVER_THERE.test(image) || !isSimulatedImage(pod, image))
    return missing === undefined ? undefined : { image: missing, message: cures(missing) }
  }
  return { isSimulated: pod => problem(pod) === undefined, problem }
}

function imagesOf(pod: Pod): readonly string[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(container => container.image ?? '')
}

/** `docker.io/library/nginx` and `nginx` are one image. */
function shortName(image: string): string {
  return image.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '')
}

function globToRegExp(pattern: string): RegExp {
  const source = pattern.split('*').map(literally)
  return new RegExp(`^${source.join('.*')}$`)
}

function cures(image: string): string {
  return (
    `image "${image}" cannot be pulled here, where pods are simulated: to simulate this one, ` +
    `set the annotation ${SIMULATE}: "true" on the pod template, or start with "--simulate ${image}"`
  )
}
