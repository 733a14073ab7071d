// All askers; a new one is its file and a line here.
import type { Metric } from '../api/metric.ts'
import type { Asker } from './asker.ts'
import { plugin } from './plugin.ts'
import { prometheus } from './prometheus/prometheus.ts'
import { web } from './web.ts'

const ASKERS: readonly Asker[] = [web, prometheus, plugin]

export function askerOf({ provider }: Metric): Asker | undefined {
  return ASKERS.find(({ field }) => (provider as Readonly<Record<string, unknown>>)[field] !== undefined)
}
