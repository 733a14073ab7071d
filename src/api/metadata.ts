// Labels and annotations that users give to what a rollout makes: pods, AnalysisRuns, Jobs.
import type { Infer } from './schema.ts'
import { map, object, string } from './schema.ts'

const maps = object('Labels and annotations.', {
  labels: map('Labels to add.', string('The value.')),
  annotations: map('Annotations to add.', string('The value.')),
})

export type MetadataMaps = Infer<typeof maps>

export function metadataMaps(doc: string): typeof maps {
  return { ...maps, doc }
}
