// The prometheus metric: a PromQL query, for now or over a range of time.
import type { Metric } from '../../api/metric.ts'
import { asking, withAuthentication } from './asking.ts'

export const prometheus = asking({ field: 'prometheus', asStored })

function asStored(metric: Metric): Metric {
  const settings = metric.provider.prometheus
  if (settings === undefined) return metric
  return { ...metric, provider: { ...metric.provider, prometheus: withAuthentication(settings) } }
}
