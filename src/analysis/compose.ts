// Templates and arguments → the spec of a run, as whoever asks for an analysis creates it.
import type {
  AnalysisRunSpec,
  AnalysisTemplate,
  Argument,
  DryRun,
  MeasurementRetention,
} from '../api/analysis.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import type { Outcome } from './arguments.ts'
import { planOf } from './plan.ts'
import { providerOf } from './registry.ts'

export interface Composition {
  /** Those that were named and those that these include, each once. */
  readonly templates: readonly AnalysisTemplate[]
  readonly args: readonly Argument[]
  readonly dryRun: readonly DryRun[]
  readonly measurementRetention: readonly MeasurementRetention[]
}

export function compose({ templates, ...rest }: Composition): Outcome<AnalysisRunSpec> {
  const [first, ...more] = templates
  const isOne = first !== undefined && more.length === 0
  return isOne ? ofOne(first, JSON.stringify(rest)) : composed({ templates, ...rest })
}

/** Most ask for one template, in every pass: the run is remembered on it. `rest`: all else that it follows from. */
const ofOne = rememberedOn((template: AnalysisTemplate, rest: string) =>
  composed({ templates: [template], ...(JSON.parse(rest) as Omit<Composition, 'templates'>) }),
)

function composed(parts: Composition): Outcome<AnalysisRunSpec> {
  const specs = parts.templates.map(template => template.spec)
  const declared = mergeArguments(specs.flatMap(spec => spec.args ?? []))
  if ('problem' in declared) return declared
  const args = declared.value.map(arg => supply(arg, parts.args))
  const open = args.find(arg => arg.value === undefined && arg.valueFrom === undefined)
  if (open !== undefined) return { problem: `args.${open.name} was not resolved` }
  const dryRun = [...specs.flatMap(spec => spec.dryRun ?? []), ...parts.dryRun]
  const retention = [...specs.flatMap(spec => spec.measurementRetention ?? []), ...parts.measurementRetention]
  const spec: AnalysisRunSpec = {
    metrics: specs
      .flatMap(one => one.metrics ?? [])
      .map(metric => providerOf(metric)?.asStored(metric) ?? metric),
    ...(args.length === 0 ? {} : { args }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
    ...(retention.length === 0 ? {} : { measurementRetention: retention }),
  }
  const twice = repeated(spec)
  if (twice !== undefined) return { problem: twice }
  const plan = planOf(spec)
  return 'problem' in plan ? plan : { value: spec }
}

/** What may stand in several templates only once. */
function repeated({ metrics, dryRun = [], measurementRetention = [] }: AnalysisRunSpec): string | undefined {
  const names = metrics.map(metric => metric.name)
  const metric = firstTwice(names)
  if (metric !== undefined) return `two metrics have the same name '${metric}'`
  const dry = firstTwice(dryRun.map(rule => rule.metricName))
  if (dry !== undefined) return `two Dry-Run metric rules have the same metric name '${dry}'`
  const kept = firstTwice(measurementRetention.map(rule => rule.metricName))
  return kept === undefined
    ? undefined
    : `two Measurement Retention metric rules have the same metric name '${kept}'`
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) < i)
}

/** Several templates may declare an argument, if they do not disagree about its value. */
function mergeArguments(all: readonly Argument[]): Outcome<readonly Argument[]> {
  const merged = new Map<string, Argument>()
  for (const arg of all) {
    const known = merged.get(arg.name)
    if (known?.value !== undefined && arg.value !== undefined && known.value !== arg.value) {
      return { problem: `Argument \`${arg.name}\` specified multiple times with different values` }
    }
    merged.set(arg.name, { ...known, ...arg })
  }
  return { value: [...merged.values()] }
}

/** Compat: what the templates do not declare is dropped. */
function supply(arg: Argument, given: readonly Argument[]): Argument {
  const { value, valueFrom } = given.find(one => one.name === arg.name) ?? {}
  if (value !== undefined) return { ...arg, value }
  return valueFrom === undefined ? arg : { name: arg.name, valueFrom }
}
