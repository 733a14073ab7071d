// All metric providers; a new one is its file and a line here. Metrics reach them through `bind`, which gives a
// provider its settings: plans and decisions hold it so, and know no provider by its name.
import type { Measurement } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import type { Write } from '../kube/write.ts'
import type { MadeKind, Measured, Measuring, MetricProvider, MetricSource, Needed } from './provider.ts'
import { job } from './providers/job.ts'
import { plugin } from './providers/plugin.ts'
import { prometheus } from './providers/prometheus.ts'
import { web } from './providers/web.ts'
import type { AnalysisSnapshot } from './snapshot.ts'

/** A provider with the settings of one metric. */
export interface BoundProvider {
  readonly name: string
  begin(at: Measuring): Measured
  look(at: Measuring, open: Measurement): Measured
  stop(at: Measuring, open: Measurement | undefined): Measured
}

export interface ProviderEntry {
  readonly field: string
  readonly makes: readonly MadeKind[]
  readonly bind: (metric: Metric, source: MetricSource) => BoundProvider
  readonly asStored: (metric: Metric) => Metric
  readonly leftOver: (snapshot: AnalysisSnapshot, needed: Needed) => readonly Write[]
}

export const PROVIDERS: readonly ProviderEntry[] = [entry(job), entry(web), entry(prometheus), entry(plugin)]

/** The fields of `provider` that a metric sets; one is as it should be. */
export function fieldsOf({ provider }: Metric): readonly string[] {
  return Object.entries(provider).flatMap(([field, settings]) => (settings === undefined ? [] : [field]))
}

/** The provider that a metric asks for, if there is one of that name here. */
export function providerOf(metric: Metric, providers = PROVIDERS): ProviderEntry | undefined {
  const [field] = fieldsOf(metric)
  return providers.find(one => one.field === field)
}

function entry<Settings>(provider: MetricProvider<Settings>): ProviderEntry {
  const { field, makes } = provider
  const bind = (metric: Metric, source: MetricSource): BoundProvider => {
    const settings = provider.settings(metric, source)
    return {
      name: field,
      begin: at => provider.begin(settings, at),
      look: (at, open) => provider.look(settings, at, open),
      stop: (at, open) => provider.stop(settings, at, open),
    }
  }
  return {
    field,
    makes,
    bind,
    asStored: metric => provider.asStored?.(metric) ?? metric,
    leftOver: (snapshot, needed) => provider.leftOver?.(snapshot, needed) ?? [],
  }
}
