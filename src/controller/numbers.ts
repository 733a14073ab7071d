// The controller's numbers for Prometheus: its own telemetry, what it is, and how its rollouts stand.
import type { Cache } from '../kube/cache.ts'
import { ANALYSIS_RUN, ROLLOUT } from '../kube/kinds.ts'
import type { Page } from '../runtime/health.ts'
import { createTelemetry } from '../runtime/telemetry.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { metricText } from '../std/metric-text.ts'
import { analysisSeries } from './analysis-series.ts'
import { rolloutSeries } from './rollout-series.ts'

const COUNTED = {
  rollouts: { kind: ROLLOUT, prefix: 'rollout' },
  analysisruns: { kind: ANALYSIS_RUN, prefix: 'analysis_run' },
}

export interface ControllerNumbers {
  readonly telemetry: Telemetry
  /** `cache`: undefined until the controller runs. */
  page(cache: Cache | undefined): Promise<Page>
}

export function controllerNumbers(version: string): ControllerNumbers {
  const telemetry = createTelemetry(COUNTED)
  return {
    telemetry,
    async page(cache) {
      const page = await telemetry.page()
      const objects = cache === undefined ? '' : `${rolloutSeries(cache)}\n${analysisSeries(cache)}`
      return { ...page, text: `${page.text}${infoSeries(version)}${objects}` }
    },
  }
}

function infoSeries(version: string): string {
  const info = metricText({
    name: 'argo_rollouts_controller_info',
    help: 'The version that runs.',
    type: 'gauge',
    rows: [{ labels: { version }, value: 1 }],
  })
  return `\n${info}\n`
}
