// The list of all commands of `kubectl argo rollouts`. Each is loaded when it is called, and not before.
import type { Command, Flag } from './command.ts'
import { NO_COLOUR, OUTPUT, WATCH } from './global-flags.ts'

const ALL_NAMESPACES: Flag = {
  name: 'all-namespaces',
  short: 'A',
  kind: 'switch',
  about: 'List those of all namespaces',
}

const GET: readonly Command[] = [
  {
    path: ['get', 'rollout'],
    aliases: ['ro', 'rollouts'],
    args: ['ROLLOUT_NAME'],
    summary: 'Show a rollout and all that belongs to it',
    about: 'Shows a rollout and the tree of its revisions, ReplicaSets, pods, experiments and analyses.',
    examples: [
      ['Show a rollout', 'get rollout guestbook'],
      ['Follow it', 'get rollout guestbook --watch'],
    ],
    flags: [
      WATCH,
      NO_COLOUR,
      OUTPUT,
      { name: 'timeout-seconds', kind: 'text', value: 'SECONDS', about: 'Stop following after this time' },
    ],
    load: () => import('./get/get-rollout.ts'),
  },
  {
    path: ['get', 'experiment'],
    aliases: ['exp', 'experiments'],
    args: ['EXPERIMENT_NAME'],
    summary: 'Show an experiment and all that belongs to it',
    examples: [['Follow an experiment', 'get experiment baseline-and-canary --watch']],
    flags: [WATCH, NO_COLOUR, OUTPUT],
    load: () => import('./get/get-experiment.ts'),
  },
  {
    path: ['list', 'rollouts'],
    aliases: ['ro', 'rollout'],
    summary: 'List rollouts',
    examples: [
      ['List the rollouts of a namespace', 'list rollouts'],
      ['List those of all namespaces, and go on with what changes', 'list rollouts -A --watch --timestamps'],
    ],
    flags: [
      ALL_NAMESPACES,
      { name: 'name', kind: 'text', value: 'NAME', about: 'Only the rollout of this name' },
      WATCH,
      { name: 'timestamps', kind: 'switch', about: 'Print when each line was printed' },
      OUTPUT,
    ],
    load: () => import('./get/list-rollouts.ts'),
  },
  {
    path: ['list', 'experiments'],
    aliases: ['exp', 'experiment'],
    summary: 'List experiments',
    flags: [ALL_NAMESPACES, OUTPUT],
    load: () => import('./get/list-experiments.ts'),
  },
  {
    path: ['status'],
    args: ['ROLLOUT_NAME'],
    summary: 'Tell whether a rollout is healthy, or wait until it is',
    about: 'Waits until the rollout is Healthy (exit status 0) or Degraded (1), printing where it stands.',
    examples: [
      ['Wait for a rollout', 'status guestbook'],
      ['Wait, but no longer than ten minutes', 'status guestbook --timeout 10m'],
      ['Just ask', 'status guestbook --watch=false'],
    ],
    flags: [
      { ...WATCH, default: true, about: 'Wait until the rollout is done' },
      {
        name: 'timeout',
        short: 't',
        kind: 'text',
        value: 'DURATION',
        default: '0s',
        about: 'How long to wait; 0 is for ever',
      },
      OUTPUT,
    ],
    load: () => import('./get/status.ts'),
  },
  {
    path: ['completion'],
    args: ['SHELL'],
    summary: 'Print the completion script for bash, zsh or fish',
    examples: [['Complete in this bash', 'completion bash > rollouts.bash && source rollouts.bash']],
    load: () => import('./completion.ts'),
  },
  {
    path: ['options'],
    summary: 'List the flags that every command has',
    load: () => import('./options.ts'),
  },
  {
    path: ['version'],
    summary: 'Print the version',
    flags: [{ name: 'short', kind: 'switch', about: 'Only the number' }, OUTPUT],
    load: () => import('./get/version.ts'),
  },
]

const DASHBOARD: Command = {
  path: ['dashboard'],
  summary: 'Serve the dashboard on this machine',
  about:
    "Serves a page that shows the rollouts live, and the API of Argo Rollouts' own dashboard, with the rights of\n" +
    'the kubeconfig. Only this machine can reach it, and only with the link that is printed.',
  examples: [
    ['Serve it', 'dashboard'],
    ['Print another link to one that runs', 'dashboard --url'],
  ],
  flags: [
    {
      name: 'port',
      short: 'p',
      kind: 'text',
      value: 'NUMBER',
      default: '3100',
      about: 'The port to serve on',
    },
    {
      name: 'root-path',
      kind: 'text',
      value: 'PATH',
      default: 'rollouts',
      about: 'The path that all is below',
    },
    { name: 'url', kind: 'switch', about: 'Print a new link to the dashboard that runs on the port' },
    {
      name: 'print-token',
      kind: 'switch',
      about: 'Print the token of the dashboard on the port, for scripts',
    },
  ],
  load: () => import('./dashboard.ts'),
}

const ACT: readonly Command[] = [
  {
    path: ['abort'],
    args: ['ROLLOUT_NAME...'],
    summary: 'Give an update up',
    about:
      'Gives an update up: traffic goes back to the stable version.\n' +
      'The rollout is Degraded until it is retried or its spec changes.',
    examples: [['Abort a rollout', 'abort guestbook']],
    load: async () => ({ run: (await import('./act/run.ts')).runAbort }),
  },
  {
    path: ['create'],
    summary: 'Create objects from files',
    about:
      'Creates Rollouts, Experiments, AnalysisTemplates, ClusterAnalysisTemplates and AnalysisRuns from files.',
    examples: [
      ['Create an experiment and follow it', 'create -f experiment.yaml --watch'],
      ['Run an analysis by hand', 'create analysisrun --from success-rate -a service-name=shop'],
    ],
    flags: [
      {
        name: 'filename',
        short: 'f',
        kind: 'list',
        value: 'FILE',
        about: 'The file of an object (may be repeated)',
      },
      WATCH,
      NO_COLOUR,
    ],
    load: async () => ({ run: (await import('./act/create.ts')).runCreate }),
  },
  {
    path: ['create', 'analysisrun'],
    aliases: ['ar', 'analysisruns'],
    summary: 'Create an analysis run from a template',
    examples: [
      ['From a template of the cluster', 'create analysisrun --from success-rate -a service-name=shop'],
      ['From a file', 'create analysisrun --from-file template.yaml'],
    ],
    flags: [
      {
        name: 'argument',
        short: 'a',
        kind: 'list',
        value: 'NAME=VALUE',
        about: 'An argument (may be repeated)',
      },
      { name: 'from', kind: 'text', value: 'NAME', about: 'Template of the cluster' },
      { name: 'from-file', kind: 'text', value: 'FILE', about: 'Template in a file' },
      { name: 'generate-name', kind: 'text', value: 'NAME', about: 'How the name of the run begins' },
      { name: 'global', kind: 'switch', about: 'Take a ClusterAnalysisTemplate' },
      { name: 'instance-id', kind: 'text', value: 'ID', about: 'Whose controller is to measure' },
      { name: 'name', kind: 'text', value: 'NAME', about: 'The name of the run' },
    ],
    load: async () => ({ run: (await import('./act/create.ts')).runCreateAnalysisRun }),
  },
  {
    path: ['pause'],
    args: ['ROLLOUT_NAME...'],
    summary: 'Let an update stand still',
    examples: [['Pause a rollout', 'pause guestbook']],
    load: async () => ({ run: (await import('./act/run.ts')).runPause }),
  },
  {
    path: ['promote'],
    args: ['ROLLOUT_NAME'],
    summary: 'Let a paused update go on',
    about: 'Lets a paused update go on; one that is not paused skips its present step.',
    examples: [
      ['Promote a paused rollout', 'promote guestbook'],
      ['Skip analyses, pauses and steps, up to the end', 'promote guestbook --full'],
    ],
    flags: [
      { name: 'full', kind: 'switch', about: 'Skip all analyses, pauses and steps' },
      {
        name: 'skip-current-step',
        short: 'c',
        kind: 'switch',
        about: 'Skip the present step',
        deprecated: 'use without the flag instead ex: promote ROLLOUT_NAME',
      },
      {
        name: 'skip-all-steps',
        short: 'a',
        kind: 'switch',
        about: 'Skip all steps',
        deprecated: 'use --full instead',
      },
    ],
    load: async () => ({ run: (await import('./act/run.ts')).runPromote }),
  },
  {
    path: ['restart'],
    args: ['ROLLOUT_NAME'],
    summary: 'Replace all pods, some at a time',
    examples: [
      ['Restart the pods of a rollout', 'restart guestbook'],
      ['Restart them in ten minutes', 'restart guestbook --in 10m'],
    ],
    flags: [
      {
        name: 'in',
        short: 'i',
        kind: 'text',
        value: 'DURATION',
        about: 'How long to wait before the restart',
      },
    ],
    load: async () => ({ run: (await import('./act/run.ts')).runRestart }),
  },
  {
    path: ['retry', 'rollout'],
    aliases: ['ro', 'rollouts'],
    args: ['ROLLOUT_NAME...'],
    summary: 'Try an aborted update again',
    examples: [['Retry a rollout', 'retry rollout guestbook']],
    load: async () => ({ run: (await import('./act/run.ts')).runRetryRollout }),
  },
  {
    path: ['retry', 'experiment'],
    aliases: ['exp', 'experiments'],
    args: ['EXPERIMENT_NAME...'],
    summary: 'Begin an experiment anew',
    load: async () => ({ run: (await import('./act/run.ts')).runRetryExperiment }),
  },
  {
    path: ['set', 'image'],
    args: ['ROLLOUT_NAME', 'CONTAINER=IMAGE'],
    summary: 'Change the image of a container',
    about:
      'Changes the image of a container, in the rollout or in the Deployment that it refers to.\n' +
      '* means every container.',
    examples: [['Set an image', 'set image guestbook web=guestbook:v2']],
    load: async () => ({ run: (await import('./act/run.ts')).runSetImage }),
  },
  {
    path: ['terminate', 'analysisrun'],
    aliases: ['ar', 'analysisruns'],
    args: ['ANALYSISRUN_NAME...'],
    summary: 'Stop an analysis early',
    load: async () => ({ run: (await import('./act/run.ts')).runTerminateAnalysisRun }),
  },
  {
    path: ['terminate', 'experiment'],
    aliases: ['exp', 'experiments'],
    args: ['EXPERIMENT_NAME...'],
    summary: 'Stop an experiment early',
    load: async () => ({ run: (await import('./act/run.ts')).runTerminateExperiment }),
  },
  {
    path: ['undo'],
    args: ['ROLLOUT_NAME'],
    summary: 'Go back to an earlier revision',
    about:
      'Puts the pod template of an earlier revision back; the rollout then updates to it as to any other.',
    examples: [
      ['Go back to the revision before', 'undo guestbook'],
      ['Go back to revision 3', 'undo guestbook --to-revision=3'],
    ],
    flags: [
      {
        name: 'to-revision',
        kind: 'text',
        value: 'NUMBER',
        default: '0',
        about: 'The revision to go back to; 0 is the one before the newest',
      },
    ],
    load: async () => ({ run: (await import('./act/run.ts')).runUndo }),
  },
]

export const COMMANDS: readonly Command[] = [...GET, ...ACT, DASHBOARD].toSorted((a, b) =>
  a.path.join(' ') < b.path.join(' ') ? -1 : 1,
)
