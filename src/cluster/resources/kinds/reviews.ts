// Reviews: questions about who asks and what that user may do. They are answered, and not kept. There is one
// user, the holder of the kubeconfig, and nothing is forbidden to that one.
import type { JsonObject } from '../../../std/json.ts'
import { record, text } from '../../../std/json-parts.ts'
import { invalid } from '../../schema/field-errors.ts'
import type { FieldProblem } from '../../schema/field-errors.ts'
import { withMeta } from '../metadata.ts'
import { printInstant } from '../../../std/instant.ts'
import type { Hooks, Surroundings } from '../behaviour.ts'

const ADMIN_GROUPS = ['system:masters', 'system:authenticated']
const EVERYTHING = ['*']

export const subjectReview: Hooks = {
  answer: (review, { user, now }: Surroundings) => ({
    ...withMeta(review, { creationTimestamp: printInstant(now) }),
    status: { userInfo: { username: user, uid: user, groups: ADMIN_GROUPS } },
  }),
}

export const accessReview: Hooks = {
  validate: validateAccessReview,
  answer: review => ({ ...review, status: { allowed: true } }),
}

export const rulesReview: Hooks = {
  answer: (review, { badRequest }) => ({
    ...(text(record(review['spec'])['namespace']) === '' ? badRequest('no namespace on request') : review),
    status: {
      resourceRules: [{ verbs: EVERYTHING, apiGroups: EVERYTHING, resources: EVERYTHING }],
      nonResourceRules: [{ verbs: EVERYTHING, nonResourceURLs: EVERYTHING }],
      incomplete: false,
    },
  }),
}

function validateAccessReview(review: JsonObject): readonly FieldProblem[] {
  const { resourceAttributes, nonResourceAttributes } = record(review['spec'])
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    return [invalid('spec.nonResourceAttributes', nonResourceAttributes, detail)]
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return []
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  return [invalid('spec.resourceAttributes', null, detail)]
}
