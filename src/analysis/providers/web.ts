// The web metric: a part of the answer of any HTTP server.
import type { Metric } from '../../api/metric.ts'
import { asking, withAuthentication } from './asking.ts'

export const web = asking({ field: 'web', asStored })

function asStored(metric: Metric): Metric {
  const settings = metric.provider.web
  if (settings === undefined) return metric
  return { ...metric, provider: { ...metric.provider, web: withAuthentication(settings) } }
}
