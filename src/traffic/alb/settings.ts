// What a Rollout says of the AWS Load Balancer Controller, as far as it can be read: settings may be remembered ones.
import { ROUTING_PATH } from '../../api/references.ts'
import type { TrafficRouting } from '../../api/traffic.ts'
import { managedNames } from '../managed-routes.ts'
import type { Services } from '../router.ts'
import { isText, listOf, optional, shape } from '../shape.ts'

const PREFIX = 'alb.ingress.kubernetes.io'

export interface AlbConfig {
  readonly path: string
  readonly ingresses: readonly string[]
  /** Of the annotations that the load balancer's controller reads. */
  readonly prefix: string
  readonly port: number
  /** The Service that the Ingress names; empty: the stable one. */
  readonly root: string
  /** How long clients stay with their target group; absent: they do not. */
  readonly stickySeconds: number | undefined
  readonly isSticky: boolean
  /** Names of the routes that steps may make, first things first. */
  readonly managed: readonly string[]
}

const isSettings = shape({
  ingress: optional(isText),
  ingresses: optional(listOf(isText)),
  servicePort: value => Number.isInteger(value),
  rootService: optional(isText),
  annotationPrefix: optional(isText),
  stickinessConfig: optional(
    shape({
      enabled: optional(value => typeof value === 'boolean'),
      durationSeconds: optional(value => Number.isInteger(value)),
    }),
  ),
})

export function albConfig(trafficRouting: TrafficRouting): AlbConfig | undefined {
  const { alb } = trafficRouting
  if (alb === undefined || !isSettings(alb)) return undefined
  const { ingress = '', ingresses = [], annotationPrefix = '', rootService = '', stickinessConfig } = alb
  return {
    path: `${ROUTING_PATH}.alb.${ingress === '' ? 'ingresses' : 'ingress'}`,
    ingresses: ingress === '' ? [...new Set(ingresses)] : [ingress],
    prefix: annotationPrefix === '' ? PREFIX : annotationPrefix,
    port: alb.servicePort,
    root: rootService,
    stickySeconds: stickinessConfig?.durationSeconds,
    isSticky: stickinessConfig?.enabled === true,
    managed: managedNames(trafficRouting),
  }
}

const MAX_STICKY_SECONDS = 604_800

/** What is wrong with the time for which clients stay; undefined when nothing is. */
export function stickinessProblem({ isSticky, stickySeconds = 0 }: AlbConfig): string | undefined {
  const isSound = !isSticky || (stickySeconds >= 1 && stickySeconds <= MAX_STICKY_SECONDS)
  return isSound
    ? undefined
    : `TargetGroupStickinessConfig's duration must be between 1 and ${MAX_STICKY_SECONDS}s`
}

export function actionKey({ prefix, root }: AlbConfig, { stable }: Services): string {
  return `${prefix}/actions.${root === '' ? stable : root}`
}

/** The two annotations of a route that a step makes. */
export function routeKeys({ prefix }: Pick<AlbConfig, 'prefix'>, route: string): readonly [string, string] {
  return [`${prefix}/actions.${route}`, `${prefix}/conditions.${route}`]
}
