// Bugs of Experiments: their templates, analyses and end, and the step of a canary that asks for one.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { EXPERIMENT, EXPERIMENT_STEP } from '../rooms.ts'

export const EXPERIMENT_BUGS: readonly Bug[] = [
  ...inFile('src/experiment/invalid.ts', EXPERIMENT, [
    {
      name: 'an Experiment whose template may not be read keeps its pods for ever',
      find: 'if (now >= (endOf(experiment) ?? Infinity)) return',
      replace: 'if (now >= (endOf(experiment) ?? Infinity) && ref === undefined) return',
    },
  ]),
  ...inFile('src/experiment/moves.ts', EXPERIMENT, [
    {
      name: 'pods go while users are sent to them',
      find: 'if (service !== undefined && carrying.includes(service)) {',
      replace: 'if (service !== undefined && carrying.includes(name)) {',
    },
    {
      name: 'pods go before their delay has passed',
      by: 'both',
      find: 'if (deadline === undefined || now >= deadline) return [scale(found, 0)]',
      replace: 'if (deadline === undefined || now <= deadline) return [scale(found, 0)]',
    },
    {
      name: 'pods that are wanted again keep their deadline',
      find: 'const isKept = to > 0 && hasDeadline(replicaSet)',
      replace: 'const isKept = to > from && hasDeadline(replicaSet)',
    },
    {
      name: 'analyses go on after the end',
      find: 'endsRuns || (hasBegun && !kept.has(run.metadata.name))',
      replace: 'hasBegun && !kept.has(run.metadata.name)',
    },
    {
      name: 'an analysis that is no longer asked for goes on',
      find: '(hasBegun && !kept.has(run.metadata.name))',
      replace: '(hasBegun && kept.size < 0)',
    },
    {
      name: 'pods of a template that is taken out of the spec go while users are sent to them',
      find: 'endOf(snapshot, one, serviceOf(snapshot, one))',
      replace: 'endOf(snapshot, one, undefined)',
    },
  ]),
  ...inFile('src/experiment/analyses.ts', EXPERIMENT, [
    {
      name: 'an analysis that failed before a status named it is made again',
      find: 'isTaken: run => !told.has(run.metadata.name)',
      replace: "isTaken: run => run.status?.phase !== 'Failed' && !told.has(run.metadata.name)",
    },
  ]),
  ...inFile('src/experiment/reconciler.ts', EXPERIMENT, [
    {
      name: 'pods that a ReplicaSet may not get are waited for for ever',
      find: 'isGrowth(write) && isFinal(error)',
      replace: 'isGrowth(write) && !isFinal(error)',
    },
    {
      name: 'a template that may not be read counts as missing',
      find: 'if (cache.isForbidden(ref.kind)) unread.push(ref)',
      replace: '',
    },
  ]),
  ...inFile('src/experiment/status.ts', EXPERIMENT, [
    {
      name: 'what is refused is told anew in each pass',
      find: "(isTidying || one.type !== 'WriteRefused')",
      replace: "one.type !== 'WriteRefused'",
    },
  ]),
  ...inFile('src/experiment/services.ts', EXPERIMENT, [
    {
      name: 'a Service goes although the status still names it',
      find: ' && !told.includes(name))',
      replace: ')',
    },
    {
      name: 'a Service goes before its pods',
      find: 'return desired > 0 || availableReplicas(found) > 0',
      replace: 'return desired > 0',
    },
  ]),
  ...inFile('src/experiment/templates.ts', EXPERIMENT, [
    {
      name: 'a Service that has no port is named to those who send users',
      find: 'return ports.length === 0',
      replace: 'return ports.length < 0',
    },
  ]),
  ...inFile('src/experiment/situation.ts', EXPERIMENT, [
    {
      name: 'it ends before the analyses that it stops have ended',
      find: 'return analyses.every(one => one.isDone)',
      replace: 'return analyses.length > 0',
    },
    {
      name: 'it runs when the pods of one template are there',
      find: "const isAvailable = templates.every(one => one.word === 'Running')",
      replace: "const isAvailable = templates.some(one => one.word === 'Running')",
    },
  ]),
  ...inFile('src/experiment/decide.ts', EXPERIMENT, [
    {
      name: 'a broken spec keeps what is to end for ever',
      find: 'if (problem !== undefined && !isEnding(snapshot.experiment))',
      replace: 'if (problem !== undefined)',
    },
  ]),
  ...inFile(
    'src/rollout/gather/routed.ts',
    ['src/rollout/gather'],
    [
      {
        name: 'routes that give an experiment nothing keep its pods',
        find: 'weight > 0 ? [service] : []',
        replace: 'weight >= 0 ? [service] : []',
      },
      {
        name: 'what routes give to experiments is not looked at',
        find: 'router.read(found)?.others ?? {}',
        replace: 'router.read({})?.others ?? {}',
      },
    ],
  ),
  ...inFile(
    'src/rollout/route-writes.ts',
    ['src/rollout/gather'],
    [
      {
        name: 'with a mistake an experiment that has ended keeps its users',
        find: 'if (canary.weight !== found.canary) return canary.weight < found.canary',
        replace: 'return canary.weight < found.canary',
      },
    ],
  ),
  ...inFile(
    'src/rollout/canary/weights.ts',
    ['src/rollout/gather'],
    [
      {
        name: 'with a mistake a weight of an experiment that was not recorded is not told',
        find: '...found.map(([serviceName, weight]) => ({ weight, serviceName }))]',
        replace: ']',
      },
    ],
  ),
  ...inFile('src/rollout/experiment/state.ts', EXPERIMENT_STEP, [
    {
      name: 'an invalid Experiment holds its step for ever',
      find: "const is = invalid === undefined ? outcomeOf(phase) : 'failed'",
      replace: 'const is = outcomeOf(phase)',
    },
    {
      name: 'a template keeps its users when its pods have gone, until its Experiment says so',
      find: 'availableReplicas > 0 && hasPods(story, experiment, podTemplateHash)',
      replace: 'availableReplicas > 0',
    },
    {
      name: 'a template gets users before its pods are there',
      find: "if (serviceName === undefined || status !== 'Running' || !isThere) return undefined",
      replace: 'if (serviceName === undefined || !isThere) return undefined',
    },
    {
      name: 'weights come before all templates are there',
      find: "if (experiment.status?.phase !== 'Running') return []",
      replace: 'if (experiment.status === undefined) return []',
    },
    {
      name: 'an Experiment that is terminated keeps its users',
      find: 'experiment === undefined || isNew || experiment.spec.terminate === true',
      replace: 'experiment === undefined || isNew',
    },
    {
      name: 'an Experiment that nobody needs goes on',
      find: 'const kept = new Set(counts ? [name] : [])',
      replace: 'const kept = new Set(story.snapshot.experiments.map(one => one.metadata.name))',
    },
  ]),
  ...inFile('src/rollout/canary/intent.ts', EXPERIMENT_STEP, [
    {
      name: 'the weights of templates come on top of all',
      find: 'weight: maxWeight - aim.weight - beside }',
      replace: 'weight: maxWeight - aim.weight + 0 * beside }',
    },
  ]),
]
