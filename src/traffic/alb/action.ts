// Annotations that the AWS Load Balancer Controller reads, byte by byte as people know them: actions that share
// requests among target groups, and the conditions of routes by header.
import { escapeHtml } from '../../kube/go-print.ts'
import { isJsonObject, parseJson } from '../../std/json.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, text } from '../../std/json-parts.ts'
import type { TrafficIntent } from '../router.ts'
import type { AlbConfig } from './settings.ts'

/** What is longer, nobody wrote who wants it to be read. */
export const MAX_TEXT = 65_536

interface Group {
  readonly service: string
  readonly weight: number
}

export function actionText(groups: readonly Group[], config: AlbConfig): string {
  const { port, isSticky, stickySeconds = 0 } = config
  return escapeHtml(
    JSON.stringify({
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: groups.map(({ service, weight }) => ({
          ServiceName: service,
          ServicePort: String(port),
          Weight: weight,
        })),
        ...(isSticky
          ? { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickySeconds } }
          : {}),
      },
    }),
  )
}

/** All matches must hold; those of one header are its values. */
export function conditionsText({ match }: TrafficIntent['headerRoutes'][number]): string {
  const values = new Map<string, string[]>()
  for (const { headerName, headerValue } of match) {
    values.set(headerName, [...(values.get(headerName) ?? []), headerValue.exact ?? ''])
  }
  const conditions = [...values].map(([httpHeaderName, all]) => ({
    field: 'http-header',
    httpHeaderConfig: { httpHeaderName, values: all },
  }))
  return escapeHtml(JSON.stringify(conditions))
}

/** The target groups of an action; undefined when it is none. Keys may be written small, too. */
export function groupsIn(action: string): readonly Group[] | undefined {
  const read = action.length > MAX_TEXT ? undefined : parseJson(action)
  if (!isJsonObject(read)) return undefined
  const groups = objects(field(record(field(read, 'ForwardConfig')), 'TargetGroups'))
  if (groups.length === 0) return undefined
  return groups.map(one => ({
    service: text(field(one, 'ServiceName')),
    weight: weightOf(field(one, 'Weight')),
  }))
}

function field(object: JsonObject, name: string): unknown {
  return object[name] ?? object[name.charAt(0).toLowerCase() + name.slice(1)]
}

function weightOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : 0
}
