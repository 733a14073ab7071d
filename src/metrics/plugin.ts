// Metric plug-ins: nobody has configured one, so each is told of by its name, as where none is configured.
import type { Metric } from '../api/metric.ts'
import { record } from '../std/json-parts.ts'
import type { Asker, NoReading } from './asker.ts'

export const plugin: Asker = { field: 'plugin', prepare }

function prepare({ provider }: Metric): NoReading {
  const [name = '', ...more] = Object.keys(record(provider.plugin))
  if (more.length > 0) return failure(`multiple plugins defined in one metric: ${[name, ...more].join(', ')}`)
  return failure(
    `unable to start plugin system: unable to find plugin (${name}): plugin ${name} not configured in configmap`,
  )
}

function failure(problem: string): NoReading {
  return { problem: `failed to create plugin: unable to get metric plugin: ${problem}` }
}
