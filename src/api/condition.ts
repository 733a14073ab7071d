// A condition in the status of a Rollout or an Experiment.
import { object, required, string, time, word } from './schema.ts'

export function condition<const Type extends string>(types: readonly Type[]) {
  return object('One thing that can be said of the object.', {
    type: required(word('What is said.', types)),
    status: required(word('Whether it is so.', ['True', 'False', 'Unknown'])),
    lastUpdateTime: required(time('When it was last said anew.')),
    lastTransitionTime: required(time('When `status` last changed.')),
    reason: required(string('Why, in one word.')),
    message: required(string('Why, in a sentence.')),
  })
}
