// Jobs: select their pods by their own uid, unless somebody chose a selector for them.
import { equal } from '../../../std/equal.ts'
import type { JsonObject } from '../../../std/json.ts'
import { validateJob } from '../../schema/validation/workload-validation.ts'
import type { Hooks } from '../behaviour.ts'
import { metaOf, withMeta } from '../metadata.ts'
import { record, text, withFields } from '../../../std/json-parts.ts'

export const jobs: Hooks = {
  orphansByDefault: true,
  validate: validateJob,
  bumpsGeneration: (job, old) => !equal(job['spec'], old['spec']),
  prepareCreate: job => (record(job['spec'])['manualSelector'] === true ? job : withOwnSelector(job)),
}

const UID = 'batch.kubernetes.io/controller-uid'

function withOwnSelector(job: JsonObject): JsonObject {
  const meta = metaOf(job)
  const [uid, name] = [text(meta['uid']), text(meta['name'])]
  const labels = { [UID]: uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name }
  const spec = record(job['spec'])
  const template = record(spec['template'])
  const own = metaOf(job)['labels']
  // Labels that a Job was given from its template are the template's own: as in Kubernetes they grow with these.
  const isDefaulted = own !== undefined && own === metaOf(template)['labels']
  const labelled = withMeta(template, { labels: { ...record(metaOf(template)['labels']), ...labels } })
  const selector = { ...record(spec['selector']), matchLabels: { [UID]: uid } }
  const complete = isDefaulted ? withMeta(job, { labels: { ...record(own), ...labels } }) : job
  return withFields(complete, { spec: { ...spec, selector, template: labelled } })
}
